"""Direct TCP: the variables of a Worker, and the hosts that its socket can reach."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from edge_postgres.origin.hosts import pooled_endpoint_hint
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp import DirectStyle, render_direct_variables
from tests.harness import Export, deploy, rejected
from tests.unit.sound import HOST, PASSWORD, SCRIPT, access, changed, existing, origin, unknown, vpc, worker

Given = Callable[[Any], Any]
NEON = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
AWKWARD = "p@ss/w:rd %41"


def variables(**changes: Any) -> DatabaseVariables:
    """Returns the variables of a Worker for a self-hosted pooler. ``changes`` are arguments."""
    args = {"origin": origin(endpoint="pooled"), "accept_open_network": True}
    return render_direct_variables(changed(args, changes), subject="api.direct")  # type: ignore[arg-type]


def deploy_to(host: str, **changes: Any) -> Any:
    """Deploys the variables of a direct connection to a host."""
    port = changes.pop("port", 5432)
    return deploy(lambda: exported(variables(origin=origin(host=host, port=port), **changes)))


def exported(found: DatabaseVariables) -> dict[str, Any]:
    return {**found.plain, **found.secret}


def parameters(host: Callable[[], Any] = lambda: HOST, **changes: Any) -> dict[str, Export]:
    def program() -> dict[str, Any]:
        found = origin(endpoint="pooled", host=host(), port=changes.pop("port", 5432), password=AWKWARD)
        return exported(variables(origin=found, style="parameters", **changes))

    return deploy(program).exports


# Variables.


def test_the_connection_string_is_a_secret_with_an_explicit_tls_mode(given: Given) -> None:
    found = deploy(lambda: exported(variables(origin=origin(host=given(HOST), endpoint="pooled")))).exports
    assert {name: (each.value, each.secret) for name, each in found.items()} == {
        "DB_URL": (f"postgresql://app:{PASSWORD}@{HOST}:5432/app?sslmode=require", True)
    }


def test_every_part_of_the_connection_string_is_encoded() -> None:
    awkward = origin(endpoint="pooled", user="a/b", password=AWKWARD, database="d?b", host="2001:4860::1")
    found = deploy(lambda: exported(variables(origin=awkward, allow_clear_text=True))).exports["DB_URL"]
    assert found.value == ("postgresql://a%2Fb:p%40ss%2Fw%3Ard%20%2541@[2001:4860::1]:5432/d%3Fb?sslmode=disable")


def test_parameters_are_plain_except_the_password(given: Given) -> None:
    found = parameters(lambda: given(HOST))
    assert {name: each.value for name, each in found.items()} == {
        "DB_HOST": HOST,
        "DB_PORT": "5432",
        "DB_NAME": "app",
        "DB_USERNAME": "app",
        "DB_SSLMODE": "require",
        "DB_PASSWORD": AWKWARD,
    }
    assert {name for name, each in found.items() if each.secret} == {"DB_PASSWORD"}


def test_a_float_from_another_language_becomes_a_port_of_digits() -> None:
    assert parameters(port=6543.0)["DB_PORT"].value == "6543"


def test_the_names_of_plain_and_secret_variables_are_known_in_a_preview() -> None:
    found = deploy(lambda: variables(style="parameters"), preview=True).result
    assert (sorted(found.plain), sorted(found.secret)) == (
        ["DB_HOST", "DB_NAME", "DB_PORT", "DB_SSLMODE", "DB_USERNAME"],
        ["DB_PASSWORD"],
    )


def test_the_names_of_the_variables_can_be_set() -> None:
    names = {"host": "PGHOST", "user": "DB_USER", "password": "PG_SECRET", "sslmode": "PGSSLMODE"}
    assert sorted(parameters(names=names)) == ["DB_NAME", "DB_PORT", "DB_USER", "PGHOST", "PGSSLMODE", "PG_SECRET"]
    assert list(deploy(lambda: variables(names={"url": "DATABASE_URL"})).result.secret) == ["DATABASE_URL"]


@pytest.mark.parametrize("style", list(DirectStyle))
def test_the_variables_contain_the_tls_mode_for_clear_text(style: DirectStyle) -> None:
    found = deploy(lambda: exported(variables(style=style, allow_clear_text=True))).exports
    mode = found["DB_URL"].value.rpartition("sslmode=")[2] if "DB_URL" in found else found["DB_SSLMODE"].value
    assert mode == "disable"


def test_an_unknown_host_is_accepted_in_a_preview() -> None:
    found = deploy(lambda: exported(variables(origin=origin(host=unknown()))), preview=True).exports
    assert (found["DB_URL"].known, found["DB_URL"].secret) == (False, True)


@pytest.mark.parametrize("style", list(DirectStyle))
def test_a_worker_has_the_password_in_a_secret_binding_only(style: DirectStyle, bundle: str) -> None:
    direct = {"origin": origin(endpoint="pooled"), "style": style, "accept_open_network": True}
    script = deploy(lambda: worker(bundle, direct=direct)).one(SCRIPT)
    holding = [binding for binding in script.inputs["bindings"] if PASSWORD in json.dumps(binding)]
    assert [binding["type"] for binding in holding] == ["secret_text"]
    assert PASSWORD not in json.dumps(script.public)


# Names.


def test_a_name_for_an_unknown_variable_is_rejected() -> None:
    with rejected("api.direct.names.username: is an unknown variable of this style", "`user`"):
        variables(style="parameters", names={"username": "DB_USER"})


def test_a_name_for_a_parameter_is_rejected_with_the_style_url() -> None:
    with rejected("api.direct.names.user:", "Use one of `url`."):
        variables(names={"user": "DB_USER"})


@pytest.mark.parametrize("name", ["DB-USER", "1DB", ""])
def test_a_name_that_is_not_a_javascript_name_is_rejected(name: str) -> None:
    with rejected("api.direct.names.user: must have JavaScript names"):
        variables(style="parameters", names={"user": name})


def test_two_variables_with_the_same_name_are_rejected() -> None:
    with rejected("must have unique names, got DB_HOST, which", "`host` has too"):
        variables(style="parameters", names={"database": "DB_HOST"})


# Hosts and ports.


@pytest.mark.parametrize("host", ["10.0.0.7", "192.168.1.2", "fd00::1", "db.internal", "localhost", "127.0.0.1"])
def test_a_private_host_or_a_loopback_host_is_rejected(host: str) -> None:
    with rejected(f"api.direct.origin.host: must be public, got {host}, which only ", "Workers VPC"):
        deploy_to(host, allow_clear_text=True)


def test_a_host_with_a_private_reach_is_rejected() -> None:
    with rejected("api.direct.origin.reach: must be public", "Workers VPC"):
        deploy(lambda: exported(variables(origin=origin(host=unknown(), reach="private"))), preview=True)
    with rejected("which only a private network can reach"):
        deploy(lambda: exported(variables(origin=origin(reach=pulumi.Output.from_input("private")))))


def test_a_host_that_is_an_output_is_checked_when_it_is_known() -> None:
    with rejected("api.direct.origin.host: must be public, got 10.0.0.7"):
        deploy(lambda: exported(variables(origin=origin(host=pulumi.Output.from_input("10.0.0.7")))))


def test_the_local_stack_connects_to_this_machine_without_an_accepted_open_network() -> None:
    found = deploy_to("127.0.0.1", allow_loopback=True, accept_open_network=...).exports
    assert found["DB_URL"].value.endswith("@127.0.0.1:5432/app?sslmode=require")


@pytest.mark.parametrize("host", ["104.16.1.2", "2606:4700::1111"])
def test_an_address_of_cloudflare_is_rejected(host: str) -> None:
    with rejected(f"must not be an address of Cloudflare, got {host} "):
        deploy_to(host, allow_clear_text=True)


def test_a_host_that_is_not_a_postgres_server_is_rejected() -> None:
    with rejected("must be a Postgres server, got accelerate.prisma-data.net", "db.prisma.io"):
        deploy_to("accelerate.prisma-data.net")


@pytest.mark.parametrize("found", [access(), vpc(), origin(mtls_certificate_id="m"), origin(ca_certificate_id="c")])
def test_a_setting_that_only_hyperdrive_supports_is_rejected(found: Any) -> None:
    with rejected("requires Hyperdrive, because only Hyperdrive supports network routes", "Use Hyperdrive instead."):
        variables(origin=found)


def test_an_origin_without_a_port_is_rejected() -> None:
    with rejected("api.direct.origin.port: is required"):
        variables(origin=origin(port=...))


@pytest.mark.parametrize("port", [0, 70000])
def test_an_invalid_port_is_rejected(port: int) -> None:
    with rejected("api.direct.origin.port: must be from 1 to 65535, got "):
        variables(origin=origin(port=port))


def test_an_invalid_endpoint_is_rejected() -> None:
    with rejected("api.direct.origin.endpoint: must be `direct` or `pooled`"):
        variables(origin=origin(endpoint="proxied"))


# TLS.


@pytest.mark.parametrize(
    "host",
    [
        "shop.abc.eu-central-1.rds.amazonaws.com",
        "shop.cluster-abc.eu-central-1.rds.amazonaws.com",
        "db.abcdefghijklmnopqrst.supabase.co",
        "aws-0-eu-central-1.pooler.supabase.com",
        "shop-do-user-1.b.db.ondigitalocean.com",
        "shop.aivencloud.com",
    ],
)
def test_a_certificate_that_the_vendor_signed_itself_is_rejected(host: str) -> None:
    with rejected(
        f"api.direct.origin.host: must have a certificate of a public CA, got {host}", "Use Hyperdrive instead."
    ):
        deploy_to(host)


def test_an_rds_proxy_is_rejected_with_clear_text_too() -> None:
    with rejected("which only a private network can reach"):
        deploy_to("shop.proxy-abc.eu-central-1.rds.amazonaws.com", allow_clear_text=True)


def test_an_ip_address_is_rejected_because_no_certificate_contains_it() -> None:
    with rejected("must be a host name, got ", "Set the host name in the server's certificate, or use Hyperdrive."):
        deploy_to("34.120.1.2")


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
def test_a_mode_that_the_runtime_does_not_have_is_rejected(mode: str, given: Given) -> None:
    with rejected(f"api.direct.origin.sslmode: must be `require` or omitted, got {mode} ", "public CAs"):
        deploy(lambda: exported(variables(origin=origin(sslmode=given(mode)))))


def test_the_mode_disable_needs_clear_text(given: Given) -> None:
    with rejected("api.direct.origin.sslmode: must be `require` or omitted, got disable", "`allow_clear_text`"):
        deploy(lambda: exported(variables(origin=origin(sslmode=given("disable")))))
    found = deploy(lambda: exported(variables(origin=origin(sslmode=given("disable")), allow_clear_text=True)))
    assert found.exports["DB_URL"].value.endswith("?sslmode=disable")


def test_clear_text_is_rejected_where_tls_works() -> None:
    with rejected(
        "api.direct.allow_clear_text: cannot be combined with", "Neon requires TLS", "Omit `allow_clear_text`."
    ):
        deploy_to(NEON, allow_clear_text=True)


def test_clear_text_is_rejected_at_a_vendor_that_requires_tls() -> None:
    with rejected("Amazon RDS requires TLS", "Use Hyperdrive instead."):
        deploy_to("shop.abc.eu-central-1.rds.amazonaws.com", allow_clear_text=True)


def test_clear_text_causes_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    deploy_to("aws-0-eu-central-1.pooler.supabase.com", port=6543, allow_clear_text=True)
    (record,) = caplog.records
    assert "in clear text" in record.getMessage()


# Networks, poolers and passwords.


def test_an_open_network_has_to_be_accepted() -> None:
    with rejected("api.direct.accept_open_network: must be true for db.example.com", "the whole Internet"):
        deploy_to(HOST, accept_open_network=...)


@pytest.mark.parametrize("host", [NEON, "pooled.db.prisma.io"])
def test_a_vendor_with_an_open_network_needs_no_accepted_open_network(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert host in deploy_to(host, accept_open_network=...).exports["DB_URL"].value
    assert caplog.text == ""


def test_a_database_without_a_pooler_causes_one_warning(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    deploy_to("ep-cool-name.eu-central-1.aws.neon.tech")
    (record,) = caplog.records
    assert "Each request opens a connection" in record.getMessage()
    assert f"Use the pooled endpoint {NEON}:5432." in record.getMessage()


def test_an_explicit_pooler_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    deploy(lambda: exported(variables(style="parameters")))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("db.prisma.io", "Use the pooled endpoint pooled.db.prisma.io:5432."),
        (
            "shop.postgres.database.azure.com",
            "Use port 6432 of this host, where the pooler of Azure Database for PostgreSQL answers.",
        ),
        (HOST, "Use the address of a connection pooler, and set `endpoint` to `pooled`."),
    ],
)
def test_the_hint_names_the_pooler_of_a_known_vendor(host: str, hint: str) -> None:
    assert pooled_endpoint_hint(host, 5432) == hint


def test_a_password_that_rotates_is_rejected() -> None:
    with rejected("api.direct.origin.password: is rotated by its vendor"):
        variables(origin=origin(password_rotates=True))


def test_parameters_from_a_secret_connection_string_are_rejected() -> None:
    def program() -> Any:
        url = pulumi.Output.secret(f"postgres://app:{PASSWORD}@{NEON}/app")
        return exported(variables(origin=existing(url=url).origin, style="parameters"))

    with rejected("would show a secret in a plain variable", "Set `style` to `url`."):
        deploy(program)


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("api.direct.allow_cleartext: unknown argument", "`allow_clear_text`"):
        variables(allow_cleartext=True)
