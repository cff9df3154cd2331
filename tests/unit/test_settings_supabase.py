"""Settings of a Supabase project: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres import stack as settings
from edge_postgres.origins.supabase.component import SupabasePostgresArgs
from edge_postgres.stack.origins.supabase import SupabaseDatabase
from tests.harness import deploy
from tests.unit.sound import changed
from tests.unit.test_settings import SENTINEL, faults, load, only_fault, root, stack_file

__all__ = ["root"]

MAIN = "databases.main"
PASSWORD_PATH = "databases.main.password"
REFERENCE = "abcdefghijklmnopqrst"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples/supabase.yaml"


def supabase(**changes: Any) -> dict[str, Any]:
    """A valid stack file with a project."""
    database = {
        "provider": "supabase",
        "projectRef": REFERENCE,
        "user": "worker",
        "passwordSecret": "databases.main.password",
        "hyperdrive": {"connectionLimit": 20, "caching": "none"},
    }
    secrets = {"databases": {"main": {"password": SENTINEL}}}
    return stack_file(databases__main=changed(database, changes), secrets=secrets)


def limited(limit: Any, **changes: Any) -> dict[str, Any]:
    return supabase(hyperdrive={"connectionLimit": limit, "caching": "none"}, **changes)


def arguments(root: Path, file: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the component."""

    def program() -> Any:
        loaded, context = settings.load(root)
        database = loaded.databases["main"]
        assert isinstance(database, SupabaseDatabase)
        return database.args(context)

    exports = deploy(program, config=file, secret_keys=["secrets"]).exports
    return {key: export.value for key, export in exports.items() if export.value is not None}


def test_the_component_gets_these_arguments(root: Path) -> None:
    assert arguments(root, supabase()) == {
        "project_ref": REFERENCE, "user": "worker", "password": SENTINEL, "database": "postgres"
    }  # fmt: skip


def test_every_setting_is_an_argument_of_the_component(root: Path) -> None:
    everything = supabase(
        database="shop",
        computeSize="small",
        maxConnections=100,
        reservedConnections=40,
        sslmode="verify-full",
        caCertificateId="ca",
    )
    found = arguments(root, everything)
    assert set(found) == set(SupabasePostgresArgs.__annotations__)
    assert (found["compute_size"], found["sslmode"], found["ca_certificate_id"]) == ("small", "verify-full", "ca")


def test_the_example_loads(root: Path) -> None:
    config = yaml.safe_load(EXAMPLE.read_text())["config"]
    file = {key.removeprefix("edge-postgres:"): value for key, value in config.items()}
    file["workers"]["api"]["bundle"] = "worker.js"
    stack, _ = load(root, {**file, "secrets": {"databases": {"main": {"password": SENTINEL}}}})
    assert isinstance(stack.databases["main"], SupabaseDatabase)


@pytest.mark.parametrize("reference", ["abc", f"db.{REFERENCE}.supabase.co", "aws-0-eu-central-1.pooler.supabase.com"])
def test_an_invalid_reference_is_rejected(root: Path, reference: str) -> None:
    complaint = only_fault(root, f"{MAIN}.projectRef", supabase(projectRef=reference))
    assert complaint.startswith("must be a project reference of 20 lower-case letters and digits.")


def test_a_connection_string_as_the_reference_is_not_shown(root: Path) -> None:
    file = supabase(projectRef=f"postgres://postgres:{SENTINEL}@db.{REFERENCE}.supabase.co/postgres")
    assert SENTINEL not in only_fault(root, f"{MAIN}.projectRef", file)


def test_a_user_of_the_shared_pooler_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.user", supabase(user=f"postgres.{REFERENCE}"))
    assert complaint == (
        "must be a role of the database, got a user name of the shared pooler. "
        "Set the name without the project reference: postgres."
    )


@pytest.mark.parametrize("setting", ["host", "port", "urlSecret"])
def test_an_address_setting_is_rejected(root: Path, setting: str) -> None:
    assert "is unknown" in only_fault(root, f"{MAIN}.{setting}", supabase(**{setting: "x"}))


@pytest.mark.parametrize("setting", ["projectRef", "user", "passwordSecret"])
def test_a_missing_part_is_rejected(root: Path, setting: str) -> None:
    assert only_fault(root, f"{MAIN}.{setting}", supabase(**{setting: ...})) == "is required. Set it."


def test_a_missing_password_is_rejected_with_the_command_that_sets_it(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.passwordSecret", {**supabase(), "secrets": {}})
    assert "edge-postgres:secrets.databases.main.password" in complaint


def test_an_unknown_size_is_rejected(root: Path) -> None:
    assert "'nano'" in only_fault(root, f"{MAIN}.computeSize", supabase(computeSize="huge"))


def test_verification_requires_a_ca(root: Path) -> None:
    assert "`caCertificateId`" in only_fault(root, f"{MAIN}.sslmode", supabase(sslmode="verify-full"))


@pytest.mark.parametrize("setting", ["user", "database"])
def test_a_name_of_more_than_63_bytes_is_rejected(root: Path, setting: str) -> None:
    assert "bytes, got 64" in only_fault(root, f"{MAIN}.{setting}", supabase(**{setting: "x" * 64}))


@pytest.mark.parametrize(
    ("given", "connections"),
    [
        ({}, (None, None)),
        ({"computeSize": "nano"}, (60, 12)),
        ({"computeSize": "2xl"}, (380, 76)),
        ({"maxConnections": 100}, (100, 20)),
        ({"computeSize": "nano", "maxConnections": 100}, (100, 20)),
        ({"computeSize": "nano", "reservedConnections": 36}, (60, 36)),
        ({"computeSize": "nano", "reservedConnections": 0}, (60, 0)),
    ],
)
def test_size_and_settings_determine_the_connections(root: Path, given: Any, connections: Any) -> None:
    stack, _ = load(root, supabase(**given))
    assert stack.databases["main"].connections() == connections


def test_a_limit_above_the_free_connections_of_the_size_is_rejected(root: Path) -> None:
    assert load(root, limited(20, computeSize="nano"))
    assert next(iter(faults(root, limited(49, computeSize="nano")))) == f"{MAIN}.hyperdrive.connectionLimit"


def test_a_limit_that_is_auto_needs_a_size(root: Path) -> None:
    assert load(root, limited("auto", computeSize="nano"))
    complaint = only_fault(root, f"{MAIN}.hyperdrive.connectionLimit", limited("auto"))
    assert "Set `computeSize` or `maxConnections`, or set `hyperdrive.connectionLimit` to a number." in complaint


def test_no_value_of_a_secret_is_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, supabase(password=SENTINEL, passwordSecret=SENTINEL)))


@pytest.mark.parametrize(
    ("stack", "changes", "setting"),
    [
        ("pr-7", {"previewDatabase": "pr_7"}, "previewDatabase"),
        (
            "dev",
            {"credentials": {"activeSlot": "a", "adminUser": "postgres", "adminPasswordSecret": PASSWORD_PATH}},
            "credentials.adminUser",
        ),
        ("dev", {}, None),
    ],
)
def test_a_setting_that_needs_ipv6_on_the_machine_of_pulumi_causes_a_warning(
    stack: str, changes: dict[str, Any], setting: str | None, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def program() -> None:
        loaded, context = settings.load(root)
        loaded.databases["main"].create("main", context)

    deploy(program, config=supabase(computeSize="small", **changes), secret_keys=["secrets"], stack=stack)
    expected = f"databases.main.{setting}: `pulumi up` connects to the direct host, which has only an IPv6 address"
    assert (expected in caplog.text) is (setting is not None)
    assert ("IPv6" in caplog.text) is (setting is not None)
