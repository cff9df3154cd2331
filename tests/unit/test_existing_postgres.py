"""`ExistingPostgres`: outputs, defaults, warnings, and rejected arguments."""

import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from tests.harness import Export, deploy, rejected
from tests.unit.sound import CONFIG, HOST, PASSWORD, URL, existing, hyperdrive, origin

Given = Callable[[Any], Any]

PARTS = origin(port=...)
RDS_HOST = "shop.cluster-abc.eu-central-1.rds.amazonaws.com"


def exported(given: Given = lambda value: value, **args: Any) -> dict[str, Export]:
    """Returns the fields of the origin as exports. ``given`` converts each argument."""
    return deploy(lambda: existing(**{key: given(value) for key, value in args.items()}).origin).exports


def values(exports: dict[str, Export]) -> dict[str, Any]:
    return {key: export.value for key, export in exports.items() if export.value is not None}


# Outputs.


def test_it_creates_nothing() -> None:
    assert [entry.type for entry in deploy(lambda: existing(url=URL)).registrations] == [
        "edge-postgres:index:ExistingPostgres"
    ]


def test_a_connection_string_gives_all_parts(given: Given, preview: bool) -> None:
    exports = deploy(lambda: existing(url=given(URL)).origin, preview=preview).exports
    assert values(exports) == {
        "host": HOST, "port": 5432, "database": "app", "user": "app", "password": PASSWORD
    }  # fmt: skip


def test_the_parts_and_the_connection_string_give_the_same_origin(given: Given, preview: bool) -> None:
    def program() -> Any:
        return existing(**{key: given(value) for key, value in PARTS.items()}).origin

    assert values(deploy(program, preview=preview).exports) == values(exported(url=URL))


@pytest.mark.parametrize("args", [{"url": URL}, PARTS], ids=["url", "parts"])
def test_the_password_is_always_a_secret(args: dict[str, Any], given: Given) -> None:
    assert exported(given, **args)["password"].secret


def test_only_the_password_is_a_secret_of_plain_parts() -> None:
    assert {key for key, export in exported(**PARTS).items() if export.secret} == {"password"}


def test_a_secret_connection_string_has_secret_parts_except_tls_mode_endpoint_and_the_vendors_limits() -> None:
    exports = deploy(lambda: existing(url=pulumi.Output.secret(f"{URL}?sslmode=require")).origin).exports
    plain = {key for key, export in exports.items() if not export.secret}
    assert plain == {"sslmode", "max_connections", "reserved_connections", "endpoint"}


def test_the_client_secret_of_access_is_a_secret() -> None:
    exports = exported(**PARTS, access_client_id="id", access_client_secret="token")
    assert exports["access_client_secret"].secret


def test_the_flat_outputs_are_the_fields_of_the_origin() -> None:
    def program() -> dict[str, Any]:
        found = existing(**PARTS, sslmode="require")
        return {key: getattr(found, key) for key in ("host", "port", "database", "user", "password", "sslmode")}

    exports = deploy(program).exports
    assert values(exports) == values(exported(**PARTS, sslmode="require"))
    assert exports["password"].secret


@pytest.mark.parametrize(
    ("key", "value"),
    [("ca_certificate_id", "ca"), ("max_connections", 100), ("reserved_connections", 3), ("endpoint", "direct")],
)
@pytest.mark.parametrize("args", [{"url": URL}, PARTS], ids=["url", "parts"])
def test_other_arguments_are_fields_of_the_origin(args: dict[str, Any], key: str, value: Any, given: Given) -> None:
    exports = deploy(lambda: existing(**args, **{key: given(value)}).origin).exports
    assert exports[key].value == value


def test_the_default_port_is_that_of_postgres() -> None:
    assert exported(**PARTS)["port"].value == 5432


@pytest.mark.parametrize(
    ("host", "port"), [("x-do-user-1.b.db.ondigitalocean.com", 25060), ("x.aws-eu.cockroachlabs.cloud", 26257)]
)
def test_the_default_port_is_that_of_the_vendor(host: str, port: int, given: Given) -> None:
    assert exported(given, url=f"postgres://app:pw@{host}/app")["port"].value == port
    assert exported(given, **{**PARTS, "host": host})["port"].value == port


@pytest.mark.parametrize(
    "host", ["a.b.tsdb.cloud.timescale.com", "pg-shop.a.aivencloud.com", "monorail.proxy.rlwy.net"]
)
def test_a_missing_port_is_rejected_if_each_database_of_the_vendor_has_another_port(
    host: str, given: Given, preview: bool
) -> None:
    with rejected(
        "ExistingPostgres `main`.url: has no port", "Set the port, which the connection string in the console of"
    ):
        deploy(lambda: existing(url=given(f"postgres://app:pw@{host}/tsdb")), preview=preview)
    with rejected("ExistingPostgres `main`.port: has no port", "a separate port"):
        deploy(lambda: existing(**{**PARTS, "host": given(host)}), preview=preview)


def test_an_explicit_port_is_accepted_if_each_database_of_the_vendor_has_another_port() -> None:
    assert exported(url="postgres://app:pw@a.b.tsdb.cloud.timescale.com:31358/tsdb")["port"].value == 31358


def test_an_explicit_port_is_kept() -> None:
    assert exported(**PARTS, port=6000)["port"].value == 6000
    assert exported(url="postgres://app:pw@db.example.com:6000/app")["port"].value == 6000


@pytest.mark.parametrize("host", ["db.prisma.io", "db.abcdefghijklmnopqrst.supabase.co"])
def test_the_default_database_is_that_of_the_vendor(host: str, given: Given) -> None:
    assert exported(given, url=f"postgres://app:pw@{host}")["database"].value == "postgres"
    assert exported(given, host=host, user="app", password="pw")["database"].value == "postgres"


def test_an_explicit_database_overrides_that_of_the_vendor() -> None:
    assert exported(url="postgres://app:pw@db.prisma.io/shop")["database"].value == "shop"


def test_the_tls_mode_of_the_connection_string_is_kept() -> None:
    assert exported(url=f"{URL}?sslmode=verify-full")["sslmode"].value == "verify-full"


def test_an_explicit_tls_mode_overrides_that_of_the_connection_string(given: Given) -> None:
    exports = deploy(lambda: existing(url=f"{URL}?sslmode=disable", sslmode=given("require")).origin).exports
    assert exports["sslmode"].value == "require"


def test_an_ipv6_address_has_no_brackets_in_the_origin() -> None:
    assert exported(url="postgres://app:pw@[2606:4700::1]:5432/app")["host"].value == "2606:4700::1"


def test_an_origin_behind_a_tunnel_has_no_port() -> None:
    for args in ({"url": URL}, PARTS):
        assert "port" not in exported(**args, access_client_id="id", access_client_secret="token")


def test_an_origin_behind_a_vpc_service_has_no_address() -> None:
    assert set(exported(service_id="service", database="app", user="app", password=PASSWORD)) == {
        "service_id", "database", "user", "password"
    }  # fmt: skip


def test_none_is_treated_as_omitted() -> None:
    nothing: Any = dict.fromkeys(["url", "port", "sslmode", "access_client_id", "access_client_secret", "service_id"])
    assert values(exported(**PARTS, **nothing)) == values(exported(**PARTS))


def test_an_unknown_connection_string_is_accepted_in_a_preview_and_stays_unknown() -> None:
    def program() -> Any:
        return existing(url=random.RandomPet("pet").id).origin

    exports = deploy(program, preview=True).exports
    assert set(values(exports)) == {
        "host", "port", "database", "user", "password", "sslmode", "max_connections", "reserved_connections", "endpoint"
    }  # fmt: skip
    assert not any(export.known for export in exports.values())


# Facts that follow from the host.

AZURE = "shop.postgres.database.azure.com"
CLICKHOUSE = "shop.abc.c0.eu-west-1.aws.pg.clickhouse.cloud"


@pytest.mark.parametrize(("host", "most", "kept"), [(AZURE, None, 15), (CLICKHOUSE, 500, None), (HOST, None, None)])
def test_the_connection_limits_of_a_vendor_follow_from_the_host(
    host: str, most: int | None, kept: int | None, given: Given
) -> None:
    expected = {key: number for key, number in [("max_connections", most), ("reserved_connections", kept)] if number}
    for args in ({"url": f"postgres://app:pw@{host}/app"}, {**PARTS, "host": host}):
        found = values(exported(given, **args))
        assert {key: found[key] for key in found if key.endswith("_connections")} == expected


def test_explicit_connection_limits_override_those_of_the_vendor(given: Given) -> None:
    explicit = {"max_connections": 40, "reserved_connections": 2}
    found = values(exported(given, url=f"postgres://app:pw@{CLICKHOUSE}/app", **explicit))
    assert {key: found[key] for key in explicit} == explicit


def test_the_limit_of_hyperdrive_stays_below_the_unreserved_connections() -> None:
    def program(limit: int) -> None:
        hyperdrive(origin=existing(**{**PARTS, "host": AZURE}, max_connections=50).origin, connection_limit=limit)

    deploy(lambda: program(35))
    with rejected("must be at most 35, got 36 (the database accepts 50 connections, of which 15 must stay free)"):
        deploy(lambda: program(36))


def test_a_secret_connection_string_does_not_make_the_limit_a_secret() -> None:
    def program() -> Any:
        pool = hyperdrive(origin=existing(url=pulumi.Output.secret(f"postgres://app:pw@{CLICKHOUSE}/app")).origin)
        return {"limit": pool.connection_limit}

    assert deploy(program).exports["limit"] == Export(value=10, known=True, secret=False)


@pytest.mark.parametrize("argument", ["url", "host"])
def test_a_reader_endpoint_causes_one_warning(argument: str, given: Given, caplog: pytest.LogCaptureFixture) -> None:
    reader = "shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com"
    values_of = {"url": f"postgres://app:pw@{reader}/app", "host": reader}
    parts = {} if argument == "url" else PARTS
    deploy(lambda: existing(**{**parts, argument: given(values_of[argument])}))
    (record,) = [record for record in caplog.records if "replicas" in record.getMessage()]
    assert (
        f"ExistingPostgres `main`.{argument}: is the host of read replicas, which reject writes" in record.getMessage()
    )


def test_a_writer_endpoint_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    deploy(lambda: existing(**{**PARTS, "host": RDS_HOST}, max_connections=100, password_rotates=False))
    assert caplog.text == ""


# Passwords that rotate, and an unknown number of connections.


@pytest.mark.parametrize("argument", ["url", "host"])
def test_a_host_of_rds_causes_a_warning_about_a_password_that_aws_rotates(
    argument: str, given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    parts = {} if argument == "url" else PARTS
    value = f"postgres://app:pw@{RDS_HOST}/app" if argument == "url" else RDS_HOST
    deploy(lambda: existing(**{**parts, argument: given(value)}))
    assert "ExistingPostgres `main`.password_rotates: is not set, and Amazon RDS can manage the password" in caplog.text
    assert RDS_HOST not in caplog.text


@pytest.mark.parametrize("args", [{"password_rotates": False}, {"password_rotates": True, "rotation_sync": "nightly"}])
def test_an_answer_about_the_rotation_ends_the_warning(args: Any, caplog: pytest.LogCaptureFixture) -> None:
    run = deploy(lambda: hyperdrive(origin=existing(**{**PARTS, "host": RDS_HOST}, **args).origin) and None)
    assert run.one(CONFIG).inputs["origin"]["host"] == RDS_HOST
    assert "password_rotates" not in caplog.text


def test_a_rotating_password_without_a_job_is_rejected_by_hyperdrive(given: Given) -> None:
    with rejected("Hyperdrive `main`.origin.password: is rotated by its vendor", "Or set `rotation_sync`"):
        deploy(lambda: hyperdrive(origin=existing(**PARTS, password_rotates=given(True)).origin) and None)


def test_a_job_without_a_rotating_password_is_rejected() -> None:
    with rejected("ExistingPostgres `main`.rotation_sync: requires `password_rotates`"):
        exported(**PARTS, rotation_sync="nightly")


@pytest.mark.parametrize("args", [{"url": URL}, PARTS], ids=["url", "parts"])
def test_an_unknown_number_of_connections_causes_a_warning(
    args: dict[str, Any], given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    exported(given, **args)
    (record,) = [record for record in caplog.records if "max_connections" in record.getMessage()]
    assert "ExistingPostgres `main`.max_connections: is not set, so no connection limit" in record.getMessage()
    caplog.clear()
    exported(given, **args, max_connections=100)
    assert caplog.text == ""


def test_a_database_on_the_same_machine_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    exported(**{**PARTS, "host": "localhost"})
    assert caplog.text == ""


# Outputs of resources of other providers, with the types of bridged Terraform providers.

BRIDGED: dict[str, Callable[[], dict[str, Any]]] = {
    "neon_project of kislerdm/neon": lambda: {
        "host": pulumi.Output.from_input("ep-x.eu-central-1.aws.neon.tech"),
        "database": pulumi.Output.from_input("neondb"),
        "user": pulumi.Output.from_input("neondb_owner"),
        "password": pulumi.Output.secret(PASSWORD),
    },
    "connection_uri of kislerdm/neon": lambda: {
        "url": pulumi.Output.secret(
            f"postgres://neondb_owner:{PASSWORD}@ep-x.eu-central-1.aws.neon.tech/neondb?sslmode=require"
        )
    },
    "neon_endpoint, neon_role and neon_database": lambda: {
        "host": pulumi.Output.from_input("ep-x.eu-central-1.aws.neon.tech"),
        "database": "neondb",
        "user": pulumi.Output.from_input("worker"),
        "password": pulumi.Output.secret(PASSWORD),
    },
    "direct_url of prisma/prisma-postgres": lambda: {
        "url": pulumi.Output.secret(f"postgresql://abc:{PASSWORD}@db.prisma.io:5432/postgres")
    },
    "connection of prisma/prisma-postgres": lambda: {
        "host": pulumi.Output.from_input("db.prisma.io"),
        "user": pulumi.Output.from_input("abc"),
        "password": pulumi.Output.secret(PASSWORD),
    },
    "project of supabase/supabase": lambda: {
        "host": pulumi.Output.format("db.{0}.supabase.co", pulumi.Output.from_input("abcdefghijklmnopqrst")),
        "user": "postgres",
        "password": random.RandomPassword("chosen", length=20).result,
    },
    "rds.Instance of pulumi-aws": lambda: {
        "host": pulumi.Output.from_input("shop.abc.eu-central-1.rds.amazonaws.com"),
        "port": pulumi.Output.from_input(5432.0),
        "database": pulumi.Output.from_input("app"),
        "user": pulumi.Output.from_input("app"),
        "password": pulumi.Output.secret(PASSWORD),
    },
}  # fmt: skip
COMPUTED = {"random:index/randomPassword:RandomPassword": {"result": PASSWORD}}


@pytest.mark.parametrize("resource", BRIDGED)
def test_outputs_of_other_resources_reach_hyperdrive_unchanged(resource: str, preview: bool) -> None:
    run = deploy(
        lambda: hyperdrive(origin=existing(**BRIDGED[resource]()).origin, connection_limit=5) and None,
        outputs=COMPUTED,
        preview=preview,
    )
    config = run.one(CONFIG)
    assert config.inputs["origin"]["port"] == 5432
    assert config.inputs["origin"]["database"] in ("app", "neondb", "postgres")
    assert "origin.password" in config.secrets
    assert PASSWORD not in str(config.public)


@pytest.mark.parametrize("url", ["", "  "])
def test_an_empty_connection_string_is_rejected_with_a_fix_for_prismas_provider(
    url: str, given: Given, preview: bool
) -> None:
    with rejected(
        "ExistingPostgres `main`.url: must not be empty",
        "`direct_url`",
        "set its host, user and password as separate values",
    ):
        deploy(lambda: existing(url=given(url)), preview=preview)


@pytest.mark.parametrize("part", ["host", "user", "password", "url"])
def test_an_output_of_none_is_rejected(part: str, preview: bool) -> None:
    nothing = {"url": ..., **PARTS} if part != "url" else {}

    def program() -> None:
        args = {key: value for key, value in nothing.items() if value is not ...}
        existing(**{**args, part: pulumi.Output.from_input(None)})

    with rejected(f"ExistingPostgres `main`.{part}: "):
        deploy(program, preview=preview)


def test_a_host_with_a_port_is_rejected_with_the_fix(given: Given, preview: bool) -> None:
    with rejected(
        "ExistingPostgres `main`.host: must be a host name or an IP address",
        "an output `endpoint`",
        "`address`",
        "`port`",
    ):
        deploy(lambda: existing(**{**PARTS, "host": given(f"{HOST}:5432")}), preview=preview)


@pytest.mark.parametrize("endpoint", [f"{HOST}:5432", URL, "DIRECT", ""])
def test_an_endpoint_that_is_an_address_is_rejected_and_not_shown(endpoint: str, given: Given, preview: bool) -> None:
    with pytest.raises(
        pulumi.RunError,
        match=r"ExistingPostgres `main`.endpoint: must be `direct` or `pooled`.*Set `direct` if the database itself",
    ) as error:
        deploy(lambda: existing(url=URL, endpoint=given(endpoint)) and None, preview=preview)
    assert PASSWORD not in str(error.value)


# Rejected arguments.


@pytest.mark.parametrize("part", ["host", "port", "database", "user", "password"])
def test_a_connection_string_with_a_part_is_rejected(part: str, preview: bool) -> None:
    with rejected(
        f"ExistingPostgres `main`.url: cannot be combined with `{part}`",
        "Set either the connection string or its parts.",
    ):
        deploy(lambda: existing(**{"url": URL, part: origin()[part]}), preview=preview)


@pytest.mark.parametrize("part", ["host", "user", "password"])
def test_a_missing_part_is_rejected(part: str, preview: bool) -> None:
    with rejected(f"ExistingPostgres `main`.{part}: is required without `url`"):
        deploy(lambda: existing(**origin(**{part: ...})), preview=preview)


def test_a_component_without_arguments_is_rejected() -> None:
    with rejected("ExistingPostgres `main`.host: is required without `url`"):
        deploy(existing)


def test_a_missing_database_is_rejected_if_the_vendor_has_no_default_database(given: Given, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.url: has no database name"):
        deploy(lambda: existing(url=given("postgres://app:pw@db.example.com")), preview=preview)
    with rejected("ExistingPostgres `main`.database: has no database name"):
        deploy(lambda: existing(host=given(HOST), user="app", password="pw"), preview=preview)


@pytest.mark.parametrize(("part", "most"), [("database", 63), ("user", 64)])
def test_a_name_that_is_too_long_is_rejected_and_not_shown(part: str, most: int, given: Given, preview: bool) -> None:
    with pytest.raises(pulumi.RunError, match=rf"name of 1 to {most} bytes, got 66") as error:
        deploy(lambda: existing(**origin(**{part: given("ü" * 33)})), preview=preview)
    assert "ü" not in str(error.value)


@pytest.mark.parametrize(("part", "size"), [("database", 1), ("database", 63), ("user", 1), ("user", 64)])
def test_a_name_within_the_bounds_is_accepted(part: str, size: int) -> None:
    assert exported(**origin(**{part: "x" * size}))[part].value == "x" * size


@pytest.mark.parametrize("url", [f"postgres://{'x' * 65}:pw@{HOST}/app", f"postgres://app:pw@{HOST}/{'x' * 65}"])
def test_a_long_name_in_a_connection_string_is_rejected(url: str, given: Given, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.url: must have a", "bytes, got 65"):
        deploy(lambda: existing(url=given(url)), preview=preview)


def test_an_empty_user_is_rejected(given: Given, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.user: must have a user name of 1 to", "Set the user name."):
        deploy(lambda: existing(**origin(user=given(""))), preview=preview)


def test_an_empty_password_is_rejected(given: Given, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.password: must not be empty"):
        deploy(lambda: existing(**origin(password=given(""))), preview=preview)


def test_an_ambiguous_connection_string_is_rejected(given: Given, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.url: has an unencoded `#`"):
        deploy(lambda: existing(url=given("postgres://app:p#x@db.example.com/app")), preview=preview)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_hyperdrive_rejects_a_connection_string_without_tls(mode: str, given: Given, preview: bool) -> None:
    def program() -> None:
        found = existing(url=given(f"{URL}?sslmode={mode}"))
        hyperdrive(origin=found.origin)

    with rejected(f"must be one of `require`, `verify-ca`, `verify-full`, got {mode}"):
        deploy(program, preview=preview)


@pytest.mark.parametrize("host", [URL, f"{HOST}:5432", "[2606:4700::1]", f"https://{HOST}", "", "127.1"])
def test_an_invalid_host_is_rejected_and_not_shown(host: str, given: Given, preview: bool) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"ExistingPostgres `main`.host: must be a host name or an IP address. Set only the host"
    ) as error:
        deploy(lambda: existing(**origin(host=given(host))), preview=preview)
    assert not host or host not in str(error.value)


@pytest.mark.parametrize("other", ["url", "host", "port", "access_client_id", "access_client_secret"])
def test_a_vpc_service_with_an_address_is_rejected(other: Any, preview: bool) -> None:
    with rejected(
        f"ExistingPostgres `main`.service_id: cannot be combined with `{other}`", "service contains the address"
    ):
        deploy(lambda: existing(service_id="service", **{other: 5432 if other == "port" else "x"}), preview=preview)


@pytest.mark.parametrize("part", ["user", "password"])
def test_a_vpc_service_needs_credentials(part: str) -> None:
    with rejected(f"ExistingPostgres `main`.{part}: is required without `url`"):
        deploy(lambda: existing(service_id="service", **origin(host=..., port=..., **{part: ...})))


def test_a_vpc_service_needs_a_database() -> None:
    with rejected("ExistingPostgres `main`.database: has no database name"):
        deploy(lambda: existing(service_id="service", user="app", password="pw"))


@pytest.mark.parametrize("part", ["access_client_id", "access_client_secret"])
def test_an_incomplete_access_token_is_rejected(part: Any, preview: bool) -> None:
    with rejected("ExistingPostgres `main`.access_client_id: must be set together with `access_client_secret`"):
        deploy(lambda: existing(url=URL, **{part: "x"}), preview=preview)


def test_a_port_behind_a_tunnel_is_rejected() -> None:
    with rejected(
        "ExistingPostgres `main`.port: cannot be combined with `access_client_id`", "the tunnel contains the port"
    ):
        deploy(lambda: existing(**origin(), access_client_id="id", access_client_secret="token"))


def test_an_unknown_argument_is_rejected_with_a_suggestion() -> None:
    with rejected("ExistingPostgres `main`.ssl_mode: unknown argument. Did you mean `sslmode`?"):
        deploy(lambda: existing(url=URL, ssl_mode="verify-full"))


# Warnings.


def test_parameters_that_no_connection_sends_cause_one_warning_without_their_values(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        deploy(lambda: existing(url=given(f"{URL}?statement_timeout=12345&application_name=x")))
    warning, info = [
        next(record.getMessage() for record in caplog.records if record.levelno == level)
        for level in (logging.WARNING, logging.INFO)
    ]
    assert "ExistingPostgres `main`.url: has parameters" in warning
    assert "`statement_timeout`" in warning
    assert "ALTER ROLE" in warning
    assert "application_name" not in warning
    assert "`application_name`" in info
    assert "12345" not in caplog.text


def test_the_name_of_an_unknown_parameter_is_not_shown_because_it_can_be_a_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        deploy(lambda: existing(url=f"{URL}?sslmode=require&Zq7xKv9wJu3yHh5m=x"))
    assert "that no connection method sends: 1 with an unknown name. Remove" in caplog.text
    assert "Zq7xKv9wJu3yHh5m" not in caplog.text


def test_parameters_without_an_effect_on_hyperdrive_are_dropped_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    deploy(lambda: existing(url=f"{URL}?application_name=x&pgbouncer=false", max_connections=100))
    assert caplog.text == ""
