"""`CloudSqlPostgres`: created resources, outputs, and rejected arguments."""

import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres
from tests.harness import MAIN, Run, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, changed, hyperdrive

Given = Callable[[Any], Any]
Arrival = tuple[Given, bool]

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
GENERATED = "random:index/randomPassword:RandomPassword"

ADDRESS = "34.107.10.20"
RANGES = ["173.245.48.0/20", "103.21.244.0/22"]
OUTPUTS = {
    INSTANCE: {"publicIpAddress": ADDRESS, "serverCaCerts": [{"cert": "PEM"}]},
    GENERATED: {"result": PASSWORD},
}
IP_RANGES = "cloudflare:index/getIpRanges:getIpRanges"
CALLS = {IP_RANGES: {"ipv4Cidrs": RANGES, "ipv6Cidrs": ["2400:cb00::/32"]}}
SOUND = {"region": "europe-west3", "tier": "db-custom-2-7680", "database": "app", "user": "worker"}


def cloud_sql(opts: Any = None, **changes: Any) -> CloudSqlPostgres:
    return CloudSqlPostgres("main", changed(SOUND, changes), opts)  # type: ignore[arg-type]


def deployed(program: Callable[[], Any], **options: Any) -> Run:
    return deploy(program, outputs=OUTPUTS, calls=CALLS, **options)


def settings(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = deployed(lambda: cloud_sql(**changes) and None).one(INSTANCE).inputs["settings"]
    return found


def networks(**changes: Any) -> list[str]:
    return [entry["value"] for entry in settings(**changes)["ipConfiguration"]["authorizedNetworks"]]


@pytest.fixture(params=["plain in an update", "an output in a preview"])
def arrival(request: pytest.FixtureRequest) -> Arrival:
    """A plain value in an update, and an output in a preview."""
    return (lambda value: value, False) if request.param.startswith("plain") else (pulumi.Output.from_input, True)


# Created resources.


def test_it_creates_an_instance_a_database_a_role_and_a_password() -> None:
    types = {entry.type for entry in deployed(lambda: cloud_sql() and None).registrations}
    assert types == {"edge-postgres:index:CloudSqlPostgres", INSTANCE, DATABASE, USER, GENERATED}


def test_the_instance_has_a_public_address_and_accepts_tls_only() -> None:
    network = settings()["ipConfiguration"]
    assert (network["ipv4Enabled"], network["sslMode"]) == (True, "ENCRYPTED_ONLY")


def test_only_the_ipv4_ranges_of_cloudflare_may_connect_in_a_stable_order(preview: bool) -> None:
    run = deployed(lambda: cloud_sql() and None, preview=preview)
    assert run.one(INSTANCE).inputs["settings"]["ipConfiguration"]["authorizedNetworks"] == [
        {"name": "cloudflare", "value": network} for network in sorted(RANGES)
    ]


def test_mocks_without_ranges_of_cloudflare_are_rejected() -> None:
    with rejected("CloudSqlPostgres `main`.authorized_networks: is omitted", "`getIpRanges` returned no ranges"):
        deploy(lambda: cloud_sql() and None, calls={IP_RANGES: {}})


def test_explicit_ranges_replace_the_ranges_of_cloudflare(given: Given) -> None:
    own = ["198.41.128.0/17", "8.8.8.8"]
    run = deployed(lambda: cloud_sql(authorized_networks=given(own)) and None)
    found = run.one(INSTANCE).inputs["settings"]["ipConfiguration"]["authorizedNetworks"]
    assert [entry["value"] for entry in found] == ["198.41.128.0/17", "8.8.8.8/32"]


def test_additional_ranges_may_connect_besides_those_of_cloudflare(given: Given) -> None:
    run = deployed(lambda: cloud_sql(additional_networks=given(["8.8.8.8"])) and None)
    found = run.one(INSTANCE).inputs["settings"]["ipConfiguration"]["authorizedNetworks"]
    assert [entry["value"] for entry in found] == [*sorted(RANGES), "8.8.8.8/32"]


def test_a_range_of_the_list_may_be_an_output() -> None:
    run = deployed(lambda: cloud_sql(authorized_networks=["8.8.8.8", pulumi.Output.from_input("9.9.9.9")]) and None)
    found = run.one(INSTANCE).inputs["settings"]["ipConfiguration"]["authorizedNetworks"]
    assert [entry["value"] for entry in found] == ["8.8.8.8/32", "9.9.9.9/32"]


def test_the_internet_may_connect_only_with_open_to_the_internet() -> None:
    assert networks(open_to_the_internet=True) == ["0.0.0.0/0"]
    assert "0.0.0.0/0" not in networks(open_to_the_internet=False)


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_protection_has_the_same_value_in_pulumi_and_at_google(protected: bool) -> None:
    instance = deployed(lambda: cloud_sql(deletion_protection=protected) and None).one(INSTANCE).inputs
    assert (instance["deletionProtection"], instance["settings"]["deletionProtectionEnabled"]) == (protected,) * 2


def test_an_instance_is_protected_by_default() -> None:
    instance = deployed(lambda: cloud_sql() and None).one(INSTANCE).inputs
    assert (instance["deletionProtection"], instance["settings"]["deletionProtectionEnabled"]) == (True, True)


def test_daily_backups_and_point_in_time_recovery_are_on() -> None:
    backups = settings()["backupConfiguration"]
    assert (backups["enabled"], backups["pointInTimeRecoveryEnabled"]) == (True, True)
    assert backups["backupRetentionSettings"] == {"retainedBackups": 7}
    assert settings(retained_backups=30)["backupConfiguration"]["backupRetentionSettings"]["retainedBackups"] == 30


def test_the_edition_of_the_tier_is_sent(given: Given) -> None:
    run = deployed(lambda: cloud_sql(tier=given("db-perf-optimized-N-2")) and None)
    assert run.one(INSTANCE).inputs["settings"]["edition"] == "ENTERPRISE_PLUS"


@pytest.mark.parametrize(("availability", "expected"), [(..., "ZONAL"), ("zonal", "ZONAL"), ("regional", "REGIONAL")])
def test_an_instance_runs_in_one_zone_or_in_two(availability: Any, expected: str) -> None:
    assert settings(availability=availability)["availabilityType"] == expected


def test_the_disk_grows_and_its_growth_is_not_shown_as_a_change() -> None:
    run = deployed(lambda: cloud_sql(disk_size=20) and None)
    assert run.one(INSTANCE).inputs["settings"]["diskSize"] == 20
    assert run.one(INSTANCE).inputs["settings"]["diskAutoresize"] is True
    assert "settings.diskSize" in run.one(INSTANCE).wire.ignoreChanges


@pytest.mark.parametrize(("insights", "expected"), [(True, {"queryInsightsEnabled": True}), (False, None), (..., None)])
def test_google_stores_statistics_of_queries_only_on_request(insights: Any, expected: Any) -> None:
    assert settings(query_insights=insights).get("insightsConfig") == expected


def test_the_default_version_is_17(given: Given) -> None:
    assert deployed(lambda: cloud_sql() and None).one(INSTANCE).inputs["databaseVersion"] == "POSTGRES_17"
    run = deployed(lambda: cloud_sql(postgres_version=given("16")) and None)
    assert run.one(INSTANCE).inputs["databaseVersion"] == "POSTGRES_16"


def test_region_labels_project_and_name_are_passed_on(given: Given) -> None:
    args = {"region": "us-east1", "labels": {"team": "shop"}, "project": "shop-1", "instance_name": "shop-dev-main"}
    run = deployed(lambda: cloud_sql(**{key: given(value) for key, value in args.items()}) and None)
    instance = run.one(INSTANCE).inputs
    assert (instance["region"], instance["project"], instance["name"]) == ("us-east1", "shop-1", "shop-dev-main")
    assert instance["settings"]["userLabels"] == {"team": "shop"}
    assert [run.one(type_).inputs["project"] for type_ in (DATABASE, USER)] == ["shop-1", "shop-1"]


def test_the_default_name_of_the_instance_has_project_and_stack() -> None:
    assert deployed(lambda: cloud_sql() and None).one(INSTANCE).inputs["name"] == MAIN


def test_database_and_role_are_kept_when_they_are_removed_from_the_stack() -> None:
    run = deployed(lambda: cloud_sql() and None)
    assert [run.one(type_).inputs["deletionPolicy"] for type_ in (DATABASE, USER)] == ["ABANDON", "ABANDON"]


def test_database_and_role_are_created_in_sequence() -> None:
    run = deployed(lambda: cloud_sql() and None)
    assert run.one(DATABASE).inputs["instance"] == run.one(USER).inputs["instance"] == MAIN
    assert run.one(DATABASE).urn in run.one(USER).wire.dependencies
    assert run.one(INSTANCE).urn in run.one(DATABASE).wire.dependencies


@pytest.mark.parametrize("password", [..., "own-password"])
def test_the_role_has_the_password_of_the_origin(password: Any, given: Given) -> None:
    def program() -> Any:
        return {"password": cloud_sql(password=password if password is ... else given(password)).password}

    run = deployed(program)
    expected = PASSWORD if password is ... else password
    assert run.one(USER).inputs["password"] == run.exports["password"].value == expected
    assert run.exports["password"].secret
    assert run.one(USER).secrets == {"password"}


def test_no_password_is_generated_with_an_explicit_password() -> None:
    assert deployed(lambda: cloud_sql(password="own-password") and None).all(GENERATED) == []


# Outputs.


def test_the_origin_is_the_public_address() -> None:
    run = deployed(lambda: cloud_sql().origin)
    assert {key: export.value for key, export in run.exports.items()} == {
        "host": ADDRESS, "port": 5432, "database": "app", "user": "worker", "password": PASSWORD,
        "sslmode": "require", "max_connections": 400, "reserved_connections": 3,
    }  # fmt: skip


def test_the_flat_outputs_are_the_fields_of_the_origin() -> None:
    def flat() -> dict[str, Any]:
        found = cloud_sql()
        return {key: getattr(found, key) for key in found.origin}

    assert deployed(flat).exports == deployed(lambda: cloud_sql().origin).exports


def test_the_ca_of_the_instance_is_an_output() -> None:
    run = deployed(lambda: {"ca": cloud_sql().server_ca_certificate})
    assert run.exports["ca"].value == "PEM"


def test_hyperdrive_waits_for_instance_database_and_role() -> None:
    run = deployed(lambda: hyperdrive(origin=cloud_sql().origin) and None)
    needed = {run.one(type_).urn for type_ in (INSTANCE, DATABASE, USER)}
    assert needed <= set(run.one(CONFIG).wire.dependencies)


def test_depends_on_of_the_component_applies_to_its_instance() -> None:
    def program() -> None:
        cloud_sql(pulumi.ResourceOptions(depends_on=[random.RandomPet("api")]))

    assert any(urn.endswith("::api") for urn in deployed(program).one(INSTANCE).wire.dependencies)


def test_an_unknown_address_is_accepted_in_a_preview() -> None:
    def program() -> Any:
        found = cloud_sql()
        hyperdrive(origin=found.origin)
        return {"host": found.host}

    run = deploy(program, calls=CALLS, preview=True)
    assert not run.exports["host"].known
    assert run.one(CONFIG).inputs["origin"]["user"] == "worker"


# Connections.


def test_an_unknown_tier_causes_a_warning(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run = deployed(lambda: cloud_sql(tier=given("db-perf-optimized-N-2")).origin)
    assert run.exports.get("max_connections") is None or run.exports["max_connections"].value is None
    assert "CloudSqlPostgres `main`.tier: is db-perf-optimized-N-2" in caplog.text
    assert "Set `max_connections`" in caplog.text


def test_a_known_tier_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    deployed(lambda: cloud_sql() and None)
    assert caplog.text == ""


def test_an_explicit_number_of_connections_is_sent_and_overrides_the_tier(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    run = deployed(lambda: cloud_sql(max_connections=given(250.0), tier="db-perf-optimized-N-2").origin)
    assert run.one(INSTANCE).inputs["settings"]["databaseFlags"] == [{"name": "max_connections", "value": "250"}]
    assert run.exports["max_connections"].value == 250
    assert caplog.text == ""


def test_without_a_number_no_flag_is_sent() -> None:
    assert "databaseFlags" not in settings()


def test_the_limit_of_hyperdrive_stays_below_the_connections_of_the_tier() -> None:
    deployed(lambda: hyperdrive(origin=cloud_sql(tier="db-f1-micro").origin, connection_limit=22) and None)
    with rejected("must be at most 22, got 23 (the database accepts 25 connections, of which 3 must stay free)"):
        deployed(lambda: hyperdrive(origin=cloud_sql(tier="db-f1-micro").origin, connection_limit=23) and None)


# Each argument is rejected once here. The rules have separate tests.

INVALID: dict[str, tuple[Any, str]] = {
    "authorized_networks": (["8.8.8.8/32", "0.0.0.0/0"], "cannot contain 0.0.0.0/0, which is the Internet"),
    "instance_name": (
        "Main",
        "must contain only lower-case letters, digits and hyphens, start with a letter and not end with a hyphen, "
        "got Main",
    ),
    "postgres_version": ("17.6", "must be a string with a major version of Postgres, got 17.6"),
    "disk_size": (9, "must be at least 10 GB, got 9 GB. Set 10 GB or more."),
    "database": ("postgres", "cannot be postgres, because every instance already contains"),
    "user": ("x" * 64, "must have a user name of 1 to 63 bytes, got 64"),
    "password": ("", "must not be empty"),
    "retained_backups": (7.5, "must be an integer, got 7.5."),
    "max_connections": (99.5, "must be an integer, got 99.5."),
}


@pytest.mark.parametrize("argument", INVALID)
def test_an_invalid_argument_is_rejected(argument: str, arrival: Arrival) -> None:
    given, preview = arrival
    value, words = INVALID[argument]
    with rejected(f"CloudSqlPostgres `main`.{argument}: {words}"):
        deployed(lambda: cloud_sql(**{argument: given(value)}) and None, preview=preview)


def test_ranges_cannot_be_combined_with_an_open_network() -> None:
    with rejected("CloudSqlPostgres `main`.open_to_the_internet: cannot be combined with `authorized_networks`"):
        deployed(lambda: cloud_sql(authorized_networks=["8.8.8.8"], open_to_the_internet=True))


def test_a_name_of_a_database_has_at_most_63_bytes() -> None:
    with rejected("CloudSqlPostgres `main`.database: must have a database name of 1 to"):
        deployed(lambda: cloud_sql(database="x" * 64))


@pytest.mark.parametrize("argument", sorted(SOUND))
def test_a_missing_argument_is_rejected(argument: str) -> None:
    with rejected(f"CloudSqlPostgres `main`.{argument}: is required"):
        deployed(lambda: cloud_sql(**{argument: ...}))


def test_an_unknown_availability_is_rejected() -> None:
    with rejected("CloudSqlPostgres `main`.availability: must be one of", "got `global`", "`zonal`, `regional`"):
        deployed(lambda: cloud_sql(availability="global"))
