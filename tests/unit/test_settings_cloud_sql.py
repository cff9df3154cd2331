"""Settings of an instance of Google Cloud SQL: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres import stack as settings
from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs
from edge_postgres.stack.origins.cloud_sql import CloudSqlDatabase
from tests.harness import deploy
from tests.unit.authorities import certificate
from tests.unit.sound import CONFIG, changed
from tests.unit.test_cloud_sql_postgres import ADDRESS, CALLS, INSTANCE, OUTPUTS
from tests.unit.test_settings import SENTINEL, faults, load, only_fault, root, stack_file

__all__ = ["root"]

MAIN = "databases.main"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples/cloud-sql.yaml"


def cloud_sql(**changes: Any) -> dict[str, Any]:
    """A valid stack file with an instance."""
    database = {
        "provider": "cloud-sql",
        "region": "europe-west3",
        "tier": "db-custom-2-7680",
        "database": "app",
        "user": "worker",
        "hyperdrive": {"connectionLimit": 20, "caching": "none"},
    }
    return stack_file(databases__main=changed(database, changes))


def limited(limit: Any, **changes: Any) -> dict[str, Any]:
    return cloud_sql(hyperdrive={"connectionLimit": limit, "caching": "none"}, **changes)


def arguments(root: Path, file: dict[str, Any], stack: str = "dev") -> dict[str, Any]:
    """The arguments of the component."""

    def program() -> Any:
        loaded, context = settings.load(root)
        database = loaded.databases["main"]
        assert isinstance(database, CloudSqlDatabase)
        return database.args(context)

    run = deploy(program, config=file, secret_keys=["secrets"], stack=stack)
    return {key: export.value for key, export in run.exports.items() if export.value is not None}


def test_the_component_gets_these_arguments(root: Path) -> None:
    assert arguments(root, cloud_sql()) == {
        "region": "europe-west3",
        "tier": "db-custom-2-7680",
        "postgres_version": "17",
        "allow_major_version_upgrade": False,
        "availability": "zonal",
        "open_to_the_internet": False,
        "deletion_protection": True,
        "final_backup": True,
        "database": "app",
        "user": "worker",
    }


def test_every_setting_is_an_argument_of_the_component(root: Path) -> None:
    everything = cloud_sql(
        postgresVersion="16",
        diskSize=20,
        availability="regional",
        authorizedNetworks=["8.8.8.8/32"],
        maxConnections=250,
        instanceName="shop-db",
        retainedBackups=14,
        transactionLogDays=5,
        backupStart="02:00",
        finalBackup=True,
        finalBackupDays=90,
        maintenanceWindow="sun:03:00",
        encryptionKeyName="projects/shop/locations/europe-west3/keyRings/main/cryptoKeys/sql",
        restore={"source": "orders", "backupId": 1},
        allowMajorVersionUpgrade=True,
        passwordSecret="databases.main.url",
    )
    found = arguments(root, everything)
    assert set(found) <= set(CloudSqlPostgresArgs.__annotations__)
    assert (found["disk_size"], found["availability"], found["max_connections"]) == (20, "regional", 250)
    assert (found["authorized_networks"], found["instance_name"]) == (["8.8.8.8/32"], "shop-db")
    assert SENTINEL in found["password"]


def test_an_invalid_name_of_the_instance_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.instanceName", cloud_sql(instanceName="Shop"))
    assert "must contain only lower-case letters, digits and hyphens" in complaint


def test_the_example_loads(root: Path) -> None:
    config = yaml.safe_load(EXAMPLE.read_text())["config"]
    file = {key.removeprefix("edge-postgres:"): value for key, value in config.items() if "edge-postgres" in key}
    file["workers"]["api"]["bundle"] = "worker.js"
    stack, _ = load(root, file)
    assert isinstance(stack.databases["main"], CloudSqlDatabase)


@pytest.mark.parametrize(("stack", "protected"), [("prod", True), ("dev", True), ("local", False), ("pr-7", False)])
def test_an_instance_is_protected_unless_its_stack_is_disposable(root: Path, stack: str, protected: bool) -> None:
    assert arguments(root, cloud_sql(), stack)["deletion_protection"] is protected


@pytest.mark.parametrize("stack", ["prod", "pr-7"])
@pytest.mark.parametrize("given", [True, False])
def test_explicit_protection_overrides_that_of_the_stack(root: Path, stack: str, given: bool) -> None:
    assert arguments(root, cloud_sql(deletionProtection=given), stack)["deletion_protection"] is given


@pytest.mark.parametrize("version", ["17", 17])
def test_a_major_version_can_be_a_string_or_a_number(root: Path, version: Any) -> None:
    assert arguments(root, cloud_sql(postgresVersion=version))["postgres_version"] == "17"


@pytest.mark.parametrize("version", ["17.6", 17.6, "POSTGRES_17"])
def test_an_invalid_major_version_is_rejected(root: Path, version: Any) -> None:
    complaint = only_fault(root, f"{MAIN}.postgresVersion", cloud_sql(postgresVersion=version))
    assert f"must be a string with a major version of Postgres, got {version}" in complaint


@pytest.mark.parametrize("setting", ["region", "tier", "database", "user"])
def test_a_missing_part_is_rejected(root: Path, setting: str) -> None:
    assert only_fault(root, f"{MAIN}.{setting}", cloud_sql(**{setting: ...})) == "is required. Set it."


def test_a_range_that_is_open_to_everyone_is_rejected(root: Path) -> None:
    file = cloud_sql(authorizedNetworks=["0.0.0.0/0"])
    assert "`openToTheInternet`" in only_fault(root, f"{MAIN}.authorizedNetworks", file)


def test_ranges_together_with_open_access_are_rejected(root: Path) -> None:
    file = cloud_sql(authorizedNetworks=["8.8.8.8/32"], openToTheInternet=True)
    assert "`authorizedNetworks`" in only_fault(root, f"{MAIN}.openToTheInternet", file)


def test_a_database_that_every_instance_contains_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.database", cloud_sql(database="postgres"))
    assert complaint == (
        "cannot be postgres, because every instance already contains a database of this name. "
        "Set another name, such as `app`."
    )


@pytest.mark.parametrize("setting", ["user", "database"])
def test_a_name_of_more_than_63_bytes_is_rejected(root: Path, setting: str) -> None:
    assert "bytes, got 64" in only_fault(root, f"{MAIN}.{setting}", cloud_sql(**{setting: "x" * 64}))


def test_a_disk_below_the_smallest_is_rejected(root: Path) -> None:
    assert (
        only_fault(root, f"{MAIN}.diskSize", cloud_sql(diskSize=5))
        == "must be at least 10 GB, got 5 GB. Set 10 GB or more."
    )


def test_an_unknown_availability_is_rejected(root: Path) -> None:
    assert "'zonal' or 'regional'" in only_fault(root, f"{MAIN}.availability", cloud_sql(availability="global"))


@pytest.mark.parametrize(
    ("given", "connections"),
    [
        ({}, (400, 3)),
        ({"tier": "db-f1-micro"}, (25, 3)),
        ({"tier": "db-perf-optimized-N-2"}, (None, 3)),
        ({"tier": "db-perf-optimized-N-2", "maxConnections": 600}, (600, 3)),
        ({"maxConnections": 100}, (100, 3)),
    ],
)
def test_tier_and_settings_determine_the_connections(root: Path, given: Any, connections: Any) -> None:
    stack, _ = load(root, cloud_sql(**given))
    assert stack.databases["main"].connections() == connections


def test_a_limit_above_the_free_connections_of_the_tier_is_rejected(root: Path) -> None:
    assert load(root, limited(10, tier="db-f1-micro"))
    assert next(iter(faults(root, limited(23, tier="db-f1-micro")))) == f"{MAIN}.hyperdrive.connectionLimit"


def test_a_limit_that_is_auto_needs_a_known_tier(root: Path) -> None:
    assert load(root, limited("auto"))
    file = limited("auto", tier="db-perf-optimized-N-2")
    complaint = only_fault(root, f"{MAIN}.hyperdrive.connectionLimit", file)
    assert "Set `maxConnections`" in complaint


def test_no_value_of_a_secret_is_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, cloud_sql(password=SENTINEL, passwordSecret=SENTINEL)))


@pytest.mark.parametrize(
    ("path", "file", "problem"),
    [
        ("tier", cloud_sql(tier="db-custom-3-11520"), "must have 1 vCPU or an even number"),
        ("diskSize", cloud_sql(tier="db-c4a-highmem-2", diskSize=10, maxConnections=100), "must be at least 20 GB"),
        ("retainedBackups", cloud_sql(retainedBackups=6), "must be at least the number of days of transaction logs"),
        ("transactionLogDays", cloud_sql(transactionLogDays=8), "must be from 1 to 7 days for this tier"),
        ("finalBackupDays", cloud_sql(finalBackup=False, finalBackupDays=30), "requires `finalBackup`"),
        ("backupStart", cloud_sql(backupStart="2:00"), "must be a time in UTC"),
        ("maintenanceWindow", cloud_sql(maintenanceWindow="sun"), "must be a day and a full hour in UTC"),
        ("encryptionKeyName", cloud_sql(encryptionKeyName="sql"), "must be the complete name of a key"),
        ("restore.time", cloud_sql(restore={"source": "shop"}), "is required without a backup"),
        (
            "restore.time",
            cloud_sql(restore={"source": "shop", "time": "2026-11-30T09:45:00Z", "backupId": 1}),
            "cannot be combined with `backupId`",
        ),
    ],
)
def test_a_setting_that_google_would_reject_later_is_rejected(
    path: str, file: dict[str, Any], problem: str, root: Path
) -> None:
    assert problem in only_fault(root, f"{MAIN}.{path}", file)


def test_a_disposable_stack_keeps_no_last_backup(root: Path) -> None:
    assert arguments(root, cloud_sql(), "pr-12")["final_backup"] is False


# Private address, and the CA of the instance.

NETWORK = "projects/shop/global/networks/main"
TUNNEL = {"kind": "access-tunnel", "hostname": "db.example.com", "zoneId": "0" * 32, "connector": "none"}
SERVICE = {"kind": "vpc-service", "certificateVerification": "disabled", "connector": "none"}


def behind_tls(**tls: Any) -> dict[str, Any]:
    return cloud_sql(hyperdrive={"connectionLimit": 20, "caching": "none", "tls": tls})


@pytest.mark.parametrize("route", [TUNNEL, SERVICE])
def test_an_instance_with_a_private_address_has_a_route(root: Path, route: dict[str, Any]) -> None:
    found = arguments(root, cloud_sql(privateNetwork=NETWORK, route=route))
    assert found["private_network"] == NETWORK


@pytest.mark.parametrize(
    ("path", "changes", "problem"),
    [
        ("privateNetwork", {"privateNetwork": NETWORK}, "requires a `route`"),
        ("privateNetwork", {"privateNetwork": "main", "route": TUNNEL}, "must be the complete name of a VPC network"),
        ("route", {"route": TUNNEL}, "requires `privateNetwork`, because a public instance needs no route"),
        (
            "privateNetwork",
            {"privateNetwork": NETWORK, "route": TUNNEL, "openToTheInternet": True},
            "cannot be combined with `openToTheInternet`",
        ),
        (
            "route.certificateVerification",
            {"privateNetwork": NETWORK, "route": {"kind": "vpc-service", "connector": "none"}},
            "is verify_full, which requires a host name",
        ),
    ],
)
def test_a_private_address_that_cloudflare_cannot_reach_is_rejected(
    path: str, changes: dict[str, Any], problem: str, root: Path
) -> None:
    assert problem in only_fault(root, f"{MAIN}.{path}", cloud_sql(**changes))


def test_verify_full_is_rejected_before_the_instance_exists(root: Path) -> None:
    (root / "ca.pem").write_text(certificate("Google CA").pem)
    complaint = only_fault(root, f"{MAIN}.hyperdrive.tls.mode", behind_tls(mode="verify-full", caFile="ca.pem"))
    assert complaint.startswith("cannot be `verify-full`, because the certificate of an instance does not contain")


@pytest.mark.parametrize(
    ("path", "tls", "problem"),
    [
        ("ca", {"mode": "require", "ca": "instance"}, "cannot be combined with `mode: require`"),
        ("ca", {"mode": "verify-ca", "ca": "instance", "caCommonName": "x"}, "cannot be combined with `caCommonName`"),
        ("mode", {"mode": "verify-full", "ca": "instance"}, "cannot be `verify-full`"),
    ],
)
def test_a_mode_that_does_not_fit_the_ca_of_the_instance_is_rejected(
    path: str, tls: dict[str, Any], problem: str, root: Path
) -> None:
    assert problem in only_fault(root, f"{MAIN}.hyperdrive.tls.{path}", behind_tls(**tls))


def test_the_ca_of_an_instance_is_rejected_for_a_database_without_an_instance(root: Path) -> None:
    file = stack_file(databases__main__hyperdrive__tls={"mode": "verify-ca", "ca": "instance"})
    assert "is only for `cloud-sql`" in only_fault(root, f"{MAIN}.hyperdrive.tls.ca", file)


@pytest.mark.parametrize("preview", [False, True])
def test_hyperdrive_verifies_the_instance_with_the_ca_of_the_instance(root: Path, preview: bool) -> None:
    ca = certificate("Google Cloud SQL Server CA").pem
    (root / "worker.js").write_text("export default {};")

    def program() -> None:
        loaded, context = settings.load(root)
        settings.create_database("main", loaded.databases["main"], context)

    run = deploy(
        program,
        config=behind_tls(mode="verify-ca", ca="instance"),
        secret_keys=["secrets"],
        outputs={**OUTPUTS, INSTANCE: {"publicIpAddress": ADDRESS, "serverCaCerts": [{"cert": ca}]}},
        calls=CALLS,
        stack="dev",
        preview=preview,
    )
    if not preview:
        uploaded = run.one("cloudflare:index/mtlsCertificate:MtlsCertificate")
        assert (uploaded.inputs["certificates"], uploaded.inputs["ca"]) == (ca, True)
        assert run.one(CONFIG).inputs["mtls"]["sslmode"] == "verify-ca"
    assert run.one("cloudflare:index/mtlsCertificate:MtlsCertificate").urn in run.one(CONFIG).wire.dependencies


def test_roles_that_the_stack_cannot_create_are_rejected(root: Path) -> None:
    complaint = only_fault(root, "databases.main.credentials", cloud_sql(credentials={"activeSlot": "a"}))
    assert complaint.startswith("requires access for the machine that runs `pulumi up`")
    assert "`additionalNetworks`" in complaint


@pytest.mark.parametrize(
    "access",
    [{"additionalNetworks": ["8.8.8.8/32"]}, {"authorizedNetworks": ["8.8.8.8/32"]}, {"openToTheInternet": True}],
)
def test_roles_can_be_created_if_other_clients_can_connect(access: dict[str, Any], root: Path) -> None:
    load(root, cloud_sql(credentials={"activeSlot": "a"}, **access))


def test_roles_of_an_instance_with_a_private_address_need_a_machine_in_its_network(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def program() -> None:
        loaded, context = settings.load(root)
        settings.create_database("main", loaded.databases["main"], context)

    file = cloud_sql(privateNetwork=NETWORK, route=TUNNEL, credentials={"activeSlot": "a"})
    run = deploy(program, config=file, secret_keys=["secrets"], outputs=OUTPUTS, calls=CALLS, stack="dev", preview=True)
    assert len(run.all("pulumi-python:dynamic/postgres:Role")) == 2
    warning = "databases.main.credentials: `pulumi up` connects to the private address of the database"
    assert warning in caplog.text


def test_the_user_of_the_instance_as_the_group_role_is_rejected(root: Path) -> None:
    credentials = {"activeSlot": "a", "ownerRole": "worker"}
    file = cloud_sql(additionalNetworks=["8.8.8.8/32"], credentials=credentials)
    assert "got worker" in only_fault(root, "databases.main.credentials.ownerRole", file)
