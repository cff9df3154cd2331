"""No secret is in plain text in inputs, outputs, validation errors or logs."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import edge_postgres
from tests.harness import Run, conceal, deploy
from tests.unit.authorities import certificate
from tests.unit.sound import existing, hyperdrive, origin, worker

Given = Callable[[Any], Any]

SECRETS = {
    "password": "Zq7xKv9wJu3yHh5m",
    "token": "Wm4tRb8nLc6pXe2s",
    "key": "Ys9fGk3vQd7hNj5a",
}
URL = f"postgres://app:{SECRETS['password']}@db.example.com/app?application_name=app"


@pytest.fixture(params=["plain", "output", "secret"])
def given(request: pytest.FixtureRequest) -> Given:
    """A function that returns a value unchanged, as an Output, or as a secret Output."""
    wrappers: dict[str, Given] = {
        "plain": lambda value: value,
        "output": pulumi.Output.from_input,
        "secret": pulumi.Output.secret,
    }
    return wrappers[request.param]


def leaked(text: str) -> set[str]:
    """Returns the secrets of which a string shows a part, in upper or lower case."""
    return {
        name
        for name, secret in SECRETS.items()
        if any(secret[at : at + 6].lower() in text.lower() for at in range(len(secret) - 5))
    }


def leaks(run: Run) -> dict[str, set[str]]:
    """Returns the secrets in plain text, by place."""
    open_to_read = {entry.name: entry.public for entry in run.registrations}
    open_to_read |= {f"outputs of {urn}": conceal(found) for urn, found in run.monitor.component_outputs.items()}
    open_to_read |= {f"export {key}": export.value for key, export in run.exports.items() if not export.secret}
    return {where: found for where, value in open_to_read.items() if (found := leaked(str(value)))}


def from_url(given: Given) -> Any:
    return existing(url=given(URL)).origin


def from_parts(given: Given) -> Any:
    return existing(**origin(password=given(SECRETS["password"]))).origin


def from_tunnel(given: Given) -> Any:
    token = {"access_client_id": "id", "access_client_secret": given(SECRETS["token"])}
    return existing(**origin(port=..., password=given(SECRETS["password"])), **token).origin


def from_fields(given: Given) -> Any:
    token = {"access_client_id": "id", "access_client_secret": given(SECRETS["token"])}
    return {**origin(port=..., password=given(SECRETS["password"])), **token}


@pytest.mark.parametrize("source", [from_url, from_parts, from_tunnel, from_fields])
def test_no_secret_is_in_plain_text(
    source: Callable[[Given], Any], given: Given, preview: bool, bundle: str, caplog: pytest.LogCaptureFixture
) -> None:
    def program() -> dict[str, Any]:
        pool = hyperdrive(origin=source(given))
        created = worker(bundle, hyperdrive={"HYPERDRIVE": pool.hyperdrive_id}, secrets={"KEY": given(SECRETS["key"])})
        return {"pool": pool.hyperdrive_id, "limit": pool.connection_limit, "worker": created.script_name}

    with caplog.at_level(logging.DEBUG):
        run = deploy(program, preview=preview)
    assert leaks(run) == {}
    assert leaked(caplog.text) == set()


def test_an_origin_without_its_secrets_is_in_plain_text(given: Given) -> None:
    assert leaks(deploy(lambda: from_tunnel(given))) == {}
    assert leaks(deploy(lambda: from_url(given))) == {}


def test_the_flat_password_is_a_secret(given: Given) -> None:
    assert leaks(deploy(lambda: {"password": existing(url=given(URL)).password})) == {}


def test_the_check_finds_a_leak_in_inputs_outputs_and_exports(bundle: str) -> None:
    class Leaky(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("test:index:Leaky", "leaky", {})
            self.register_outputs({"url": URL})

    def program() -> Any:
        Leaky()
        hyperdrive(config_name=pulumi.Output.from_input(SECRETS["token"]))
        return {"key": SECRETS["key"].upper()}

    found = leaks(deploy(program))
    assert set.union(*found.values()) == set(SECRETS)
    assert len(found) == 3


CERTIFICATE = certificate("worker", ca=False)
PASSWORD, TOKEN, KEY = SECRETS["password"], SECRETS["token"], SECRETS["key"]
NEON = "ep-x-pooler.eu-central-1.aws.neon.tech"

# Programs that are rejected while they hold a secret.


def previews(preview: Any) -> Any:
    of_a_project: Any = {"account_id": "a", "production_branch": "main", "compatibility_date": "2026-11-01"}
    args: Any = {**of_a_project, "production": {}, "preview": preview}
    return edge_postgres.PagesProject("site", args)


def stored(value: Any) -> Any:
    secrets: Any = {"key": {"value": value}}
    return edge_postgres.SecretsStore("secrets", {"account_id": "a", "store_name": "s", "secrets": secrets})


FAULTY: dict[str, Callable[[Given, str], Any]] = {
    "a raw special character in the password": lambda given, _: existing(url=given(f"postgres://a:{PASSWORD}#x@h/d")),
    "a port that is a piece of the password": lambda given, _: existing(url=given(f"postgres://a:b@h:{PASSWORD}/d")),
    "a scheme that is a password": lambda given, _: existing(url=given(f"{PASSWORD}://a:b@h/d")),
    "a mode that is a password": lambda given, _: existing(url=given(f"postgres://a:b@h/d?sslmode={PASSWORD}")),
    "a connection string beside its parts": lambda given, _: existing(url=given(URL), password=given(PASSWORD)),
    "no database": lambda given, _: existing(url=given(f"postgres://app:{PASSWORD}@db.example.com")),
    "a name that is too long": lambda given, _: existing(**origin(user=given(PASSWORD * 5))),
    "a connection string as host": lambda given, _: existing(**origin(host=given(URL))),
    "a connection string as host of a leaf": lambda given, _: hyperdrive(origin=origin(host=given(URL))),
    "a password as port": lambda given, _: hyperdrive(origin=origin(port=given(PASSWORD))),
    "a pooled host": lambda given, _: hyperdrive(
        origin=existing(url=given(f"postgres://a:{PASSWORD}@{NEON}/d")).origin
    ),
    "a private host": lambda given, _: hyperdrive(origin=existing(url=given(f"postgres://a:{PASSWORD}@h/d")).origin),
    "a verify mode without a CA": lambda given, _: hyperdrive(
        origin=existing(url=given(f"postgres://a:{PASSWORD}@db.example.com/d?sslmode=verify-full")).origin
    ),
    "a token with a port": lambda given, _: existing(
        **origin(), access_client_id="i", access_client_secret=given(TOKEN)
    ),
    "half a token": lambda given, _: hyperdrive(origin=origin(port=..., access_client_secret=given(TOKEN))),
    "an origin as one value": lambda given, _: hyperdrive(origin=given(URL)),
    "a password among the variables": lambda given, bundle: worker(bundle, vars={"LINK": given(URL)}),
    "a variable named like a password": lambda given, bundle: worker(bundle, vars={"DB_PASSWORD": given(PASSWORD)}),
    "one name twice": lambda given, bundle: worker(bundle, vars={"KEY": "x"}, secrets={"KEY": given(KEY)}),
    "a secret that is too large": lambda given, bundle: worker(bundle, secrets={"KEY": given(KEY * 999)}),
    "a password among the variables of previews": lambda given, _: previews({"vars": {"LINK": given(URL)}}),
    "a stored secret that is too large": lambda given, _: stored(given(KEY * 9999)),
    "a stored secret that is no text": lambda given, _: stored(given([KEY])),
    "a secret with a bad name": lambda given, bundle: worker(bundle, secrets={"A-B": given(KEY)}),
    "a secret that is no text": lambda given, bundle: worker(bundle, secrets={"KEY": given([KEY])}),
    "a connection string as project reference": lambda given, _: edge_postgres.SupabasePostgres(
        "main", {"project_ref": given(URL), "user": "u", "password": given(PASSWORD)}
    ),
    "a password that RDS does not take": lambda given, _: edge_postgres.RdsPostgres(
        "main",
        {
            "engine_version": "17.6",
            "instance_class": "db.t4g.micro",
            "vpc_id": "vpc-0a",
            "subnet_ids": ["subnet-0a", "subnet-0b"],
            "password": given(f"{PASSWORD}/"),
        },
    ),
    "what is no private key": lambda given, _: edge_postgres.OriginCertificates(
        "main",
        {"account_id": "a", "client_certificate_pem": CERTIFICATE.pem, "client_key_pem": given(KEY)},
    ),
    "what is no certificate": lambda given, _: edge_postgres.OriginCertificates(
        "main", {"account_id": "a", "ca_pem": given(PASSWORD)}
    ),
    "one password for two slots": lambda given, _: edge_postgres.DatabaseRoles(
        "main",
        {"origin": origin(), "active_slot": "a", "users": {"a": "x", "b": "y"}, "passwords": {"a": given(PASSWORD)}},
    ),
    "a password as a slot": lambda given, _: edge_postgres.DatabaseRoles(
        "main", {"origin": origin(), "active_slot": "a", "admin_password": given(PASSWORD)}
    ),
}


@pytest.mark.parametrize("case", FAULTY)
def test_neither_a_validation_error_nor_its_cause_contains_a_secret(
    case: str, given: Given, preview: bool, bundle: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(pulumi.RunError) as error:
        deploy(lambda: FAULTY[case](given, bundle) and None, preview=preview)
    assert leaked("".join(traceback.format_exception(error.value))) == set()
    assert leaked(caplog.text) == set()
