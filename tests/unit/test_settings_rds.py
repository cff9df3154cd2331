"""Settings of a database on Amazon RDS: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres import stack as settings
from edge_postgres.origins.rds.arguments import RdsPostgresArgs
from edge_postgres.stack.create_database import create_database
from edge_postgres.stack.origins.rds import RdsDatabase
from tests.harness import deploy
from tests.unit.authorities import certificate
from tests.unit.sound import changed
from tests.unit.test_settings import SENTINEL, faults, load, only_fault, root, stack_file
from tests.unit.vendors import CALLS, OUTPUTS

__all__ = ["root"]

MAIN = "databases.main"
NETWORK = {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"], "public": True}


def rds(**changes: Any) -> dict[str, Any]:
    """A valid stack file with an instance."""
    database = {
        "provider": "rds",
        "region": "eu-central-1",
        "engineVersion": "17.6",
        "instanceClass": "db.t4g.medium",
        "network": NETWORK,
        "hyperdrive": {"connectionLimit": 20, "caching": "none"},
    }
    secrets = {"databases": {"main": {"password": SENTINEL}}}
    return stack_file(databases__main=changed(database, changes), secrets=secrets)


def aurora(**changes: Any) -> dict[str, Any]:
    """A valid stack file with Aurora."""
    return rds(**{"instanceClass": ..., "capacity": {"min": 0.5, "max": 4}, **changes})


def network(**changes: Any) -> dict[str, Any]:
    return rds(network=changed(NETWORK, changes))


def arguments(root: Path, file: dict[str, Any], stack: str = "dev") -> dict[str, Any]:
    """The arguments of the component."""

    def program() -> Any:
        loaded, context = settings.load(root)
        database = loaded.databases["main"]
        assert isinstance(database, RdsDatabase)
        return database.args(context)

    found: dict[str, Any] = deploy(program, config=file, secret_keys=["secrets"], stack=stack).result
    return {key: value for key, value in found.items() if value is not None}


def test_an_instance_gets_these_arguments(root: Path) -> None:
    assert arguments(root, rds()) == {
        "region": "eu-central-1",
        "engine_version": "17.6",
        "instance_class": "db.t4g.medium",
        "multi_az": False,
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "public": True,
        "open_to_the_internet": False,
        "managed_password": False,
        "backup_days": 7,
        "deletion_protection": True,
        "final_snapshot": True,
        "allow_major_version_upgrade": False,
    }


def test_aurora_gets_its_capacity(root: Path) -> None:
    found = arguments(root, aurora())
    assert (found["min_capacity"], found["max_capacity"], "instance_class" in found) == (0.5, 4.0, False)


def test_storage_is_passed_on(root: Path) -> None:
    found = arguments(root, rds(storage={"allocated": 50, "maximum": 200}))
    assert (found["allocated_storage"], found["max_allocated_storage"]) == (50, 200)


def test_a_prefix_list_is_passed_on(root: Path) -> None:
    assert arguments(root, network(prefixListId="pl-0a"))["ingress_prefix_list_id"] == "pl-0a"


def test_every_setting_is_an_argument_of_the_component(root: Path) -> None:
    everything = rds(
        multiAz=True,
        network={**NETWORK, "securityGroupIds": ["sg-0a"], "prefixListId": "pl-0a"},
        storage={"allocated": 500, "maximum": 2000, "iops": 16000, "throughput": 600},
        allowMajorVersionUpgrade=True,
        applyImmediately=True,
        backupWindow="02:00-02:30",
        maintenanceWindow="sun:03:00-sun:03:30",
        kmsKeyArn="arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000",
        restore={"source": "orders", "time": "latest"},
        identifier="shop",
        database="shop",
        user="worker",
        passwordSecret="databases.main.password",
        caIdentifier="rds-ca-rsa4096-g1",
        region="eu-central-1",
        tags={"team": "shop"},
        maxConnections=100,
        reservedConnections=3,
    )
    assert set(arguments(root, everything)) <= set(RdsPostgresArgs.__annotations__)
    assert set(arguments(root, aurora(managedPassword=True, rotationSync="EventBridge"))) <= set(
        RdsPostgresArgs.__annotations__
    )


def test_an_explicit_identifier_overrides_that_of_the_stack(root: Path) -> None:
    assert arguments(root, rds(identifier="shop"))["identifier"] == "shop"


@pytest.mark.parametrize(("stack", "kept"), [("dev", True), ("prod", True), ("local", False), ("pr-12", False)])
def test_only_disposable_stacks_are_not_protected(stack: str, kept: bool, root: Path) -> None:
    found = arguments(root, rds(), stack)
    assert (found["deletion_protection"], found["final_snapshot"]) == (kept, kept)


def test_protection_can_be_set(root: Path) -> None:
    assert arguments(root, rds(deletionProtection=False))["deletion_protection"] is False
    assert arguments(root, rds(finalSnapshot=True), "pr-12")["final_snapshot"] is True


@pytest.mark.parametrize("version", [17.1, 17])
def test_a_version_without_quotes_is_rejected(version: float, root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.engineVersion", rds(engineVersion=version))
    assert f"must be a string, got the number {version}." in complaint
    assert "Put the version in quotes." in complaint


def test_an_invalid_version_is_rejected(root: Path) -> None:
    assert "got 17.x" in only_fault(root, f"{MAIN}.engineVersion", rds(engineVersion="17.x"))


def test_class_and_capacity_together_are_rejected(root: Path) -> None:
    file = rds(capacity={"min": 0.5, "max": 4})
    assert "cannot be combined with a capacity" in only_fault(root, f"{MAIN}.instanceClass", file)


def test_a_database_without_class_and_capacity_is_rejected(root: Path) -> None:
    assert "is required if no capacity is set" in only_fault(root, f"{MAIN}.instanceClass", rds(instanceClass=...))


def test_a_capacity_out_of_bounds_is_rejected(root: Path) -> None:
    file = aurora(capacity={"min": 4, "max": 2})
    assert "which is 4 ACU, got 2 ACU" in only_fault(root, f"{MAIN}.capacity.max", file)


def test_an_incomplete_capacity_is_rejected(root: Path) -> None:
    assert only_fault(root, f"{MAIN}.capacity.max", aurora(capacity={"min": 1})) == "is required. Set it."


def test_storage_together_with_a_capacity_is_rejected(root: Path) -> None:
    file = aurora(storage={"allocated": 20, "maximum": 100})
    assert "cannot be combined with `capacity`" in only_fault(root, f"{MAIN}.storage", file)


def test_storage_that_cannot_grow_is_rejected(root: Path) -> None:
    file = rds(storage={"allocated": 100, "maximum": 100})
    assert "must be from 110 to 65536 GiB" in only_fault(root, f"{MAIN}.storage.maximum", file)


def test_storage_that_is_too_small_is_rejected(root: Path) -> None:
    assert "must be from 20 to 65536 GiB" in only_fault(
        root, f"{MAIN}.storage.allocated", rds(storage={"allocated": 10})
    )


def test_a_private_database_is_rejected_without_a_route(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.network.public", network(public=...))
    assert "because Cloudflare cannot connect to a private address" in complaint
    assert "or set `network.public` to true" in complaint


def test_one_subnet_is_rejected(root: Path) -> None:
    assert "at least two different subnets" in only_fault(
        root, f"{MAIN}.network.subnetIds", network(subnetIds=["subnet-0a"])
    )


def test_two_kinds_of_access_rules_are_rejected(root: Path) -> None:
    file = network(prefixListId="pl-0a", openToTheInternet=True)
    assert "cannot be combined with `openToTheInternet`" in only_fault(root, f"{MAIN}.network.prefixListId", file)


def test_too_few_backups_are_rejected(root: Path) -> None:
    assert "Set a number from 7 to 35" in only_fault(root, f"{MAIN}.backupDays", rds(backupDays=1))


def test_a_managed_password_without_a_sync_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.managedPassword", rds(managedPassword=True))
    assert "would keep an outdated copy" in complaint


def test_a_managed_password_with_a_sync_is_accepted(root: Path) -> None:
    found = arguments(root, rds(managedPassword=True, rotationSync="a schedule in CI"))
    assert (found["managed_password"], found["rotation_sync"]) == (True, "a schedule in CI")


def test_a_sync_without_a_managed_password_is_rejected(root: Path) -> None:
    assert "requires a password that AWS rotates" in only_fault(
        root, f"{MAIN}.rotationSync", rds(rotationSync="a schedule in CI")
    )


def test_a_given_password_together_with_a_managed_one_is_rejected(root: Path) -> None:
    file = rds(managedPassword=True, rotationSync="CI", passwordSecret="databases.main.password")
    assert "cannot be combined with a password" in only_fault(root, f"{MAIN}.managedPassword", file)


def test_a_password_as_its_path_is_not_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, rds(passwordSecret=SENTINEL)))


def test_a_reserved_user_name_of_rds_is_rejected(root: Path) -> None:
    assert "cannot be admin" in only_fault(root, f"{MAIN}.user", rds(user="admin"))


@pytest.mark.parametrize("setting", ["identifier", "database", "user"])
def test_an_invalid_name_is_rejected(setting: str, root: Path) -> None:
    assert "start with a letter" in only_fault(root, f"{MAIN}.{setting}", rds(**{setting: "1-Shop"}))


def test_a_limit_above_the_connections_of_the_class_is_rejected(root: Path) -> None:
    file = rds(hyperdrive={"connectionLimit": 400, "caching": "none"})
    assert " 383  accepted by the database" in only_fault(root, f"{MAIN}.hyperdrive.connectionLimit", file)


def test_a_limit_above_the_connections_of_the_capacity_is_rejected(root: Path) -> None:
    file = aurora(hyperdrive={"connectionLimit": 900, "caching": "none"})
    assert " 823  accepted by the database" in only_fault(root, f"{MAIN}.hyperdrive.connectionLimit", file)


def test_a_limit_can_be_the_remaining_connections_of_the_class(root: Path) -> None:
    stack, _ = load(root, rds(hyperdrive={"connectionLimit": "auto", "caching": "none"}))
    assert stack.databases["main"].connections() == (383, 5)


def test_explicit_connections_override_the_class(root: Path) -> None:
    stack, _ = load(root, rds(maxConnections=100, reservedConnections=3))
    assert stack.databases["main"].connections() == (100, 3)


def test_an_unknown_class_needs_explicit_connections_for_auto(root: Path) -> None:
    file = rds(instanceClass="db.x2g.large", hyperdrive={"connectionLimit": "auto", "caching": "none"})
    assert "Set `maxConnections`" in only_fault(root, f"{MAIN}.hyperdrive.connectionLimit", file)


@pytest.mark.parametrize("example", ["rds", "aurora"])
def test_an_example_has_no_error(example: str, root: Path) -> None:
    text = Path(__file__).parents[2].joinpath(f"examples/{example}.yaml").read_text()
    config = {key.removeprefix("edge-postgres:"): value for key, value in yaml.safe_load(text)["config"].items()}
    config["workers"]["api"]["bundle"] = "worker.js"
    stack, _ = load(root, config, secret_keys=())
    assert isinstance(stack.databases["main"], RdsDatabase)


@pytest.mark.parametrize(
    ("path", "file", "problem"),
    [
        ("storage.iops", rds(storage={"allocated": 20, "iops": 12000}), "requires at least 400 GiB"),
        ("storage.throughput", rds(storage={"allocated": 400, "throughput": 4000}), "at most a quarter"),
        ("backupWindow", rds(backupWindow="2:00"), "must be a daily time range in UTC, got 2:00"),
        (
            "maintenanceWindow",
            rds(backupWindow="03:00-03:30", maintenanceWindow="sun:03:00-sun:03:30"),
            "overlaps with the backup",
        ),
        ("kmsKeyArn", rds(kmsKeyArn="alias/shop"), "must be the ARN of a KMS key"),
        ("restore.source", rds(restore={"source": "shop"}), "has a source and no time"),
        ("restore.snapshot", rds(restore={}), "is required without a source"),
        ("restore.time", rds(restore={"source": "shop", "time": "now"}), "must be `latest` or a time in UTC"),
        (
            "applyImmediately",
            rds(allowMajorVersionUpgrade=True, applyImmediately=False),
            "cannot be false together with `allowMajorVersionUpgrade`",
        ),
        ("identifier", aurora(identifier="x" * 56), "must have at most 55 characters for Aurora"),
    ],
)
def test_a_setting_that_aws_would_reject_later_is_rejected(
    path: str, file: dict[str, Any], problem: str, root: Path
) -> None:
    assert problem in only_fault(root, f"{MAIN}.{path}", file)


def test_the_names_contain_every_setting_that_cannot_change(root: Path) -> None:
    def program() -> Any:
        return {"names": settings.load(root)[0].names}

    file = rds(identifier="shop", region="eu-west-1", restore={"snapshot": "old"})
    names = deploy(program, config=file, secret_keys=["secrets"]).exports["names"].value
    assert names["databases"]["main"]["fixed"] == {
        "provider": "rds",
        "identifier": "shop",
        "instanceClass": "an instance class",
        "network.vpcId": "vpc-0a",
        "database": "app",
        "user": "app",
        "region": "eu-west-1",
        "kmsKeyArn": "",
        "restore": "old",
    }


# The CA of the server.


def verified(root: Path, common_name: str | None, **changes: Any) -> dict[str, Any]:
    """A stack file with a bundle of two CAs of RDS, of which Hyperdrive has the one with the common name."""
    names = [f"Amazon RDS eu-central-1 Root CA {kind} G1" for kind in ("RSA2048", "ECC384")]
    (root / "rds.pem").write_text("".join(certificate(name).pem for name in names))
    tls = {"mode": "verify-full", "caFile": "rds.pem", **({"caCommonName": common_name} if common_name else {})}
    return rds(hyperdrive={"connectionLimit": 20, "caching": "none", "tls": tls}, **changes)


@pytest.mark.parametrize(("name", "identifier"), [("RSA2048 G1", None), ("ECC384 G1", "rds-ca-ecc384-g1")])
def test_hyperdrive_verifies_with_the_ca_that_signs_the_server(root: Path, name: str, identifier: str | None) -> None:
    given = {"caIdentifier": identifier} if identifier else {}
    assert load(root, verified(root, name, **given))


@pytest.mark.parametrize(("name", "identifier"), [("ECC384 G1", None), ("RSA2048 G1", "rds-ca-ecc384-g1")])
def test_a_ca_of_rds_that_does_not_sign_the_server_is_rejected(root: Path, name: str, identifier: str | None) -> None:
    given = {"caIdentifier": identifier} if identifier else {}
    complaint = only_fault(root, f"{MAIN}.hyperdrive.tls.caCommonName", verified(root, name, **given))
    assert "signs the certificate of the server. Set `caCommonName` to" in complaint


def test_a_bundle_without_a_common_name_has_one_error(root: Path) -> None:
    assert "exactly one CA" in only_fault(root, f"{MAIN}.hyperdrive.tls.caFile", verified(root, None))


# Rotation.

ROLES = {
    "a": {"user": "one", "passwordSecret": "databases.main.password"},
    "b": {"user": "two", "passwordSecret": "databases.main.password"},
}


@pytest.mark.parametrize("size", [{}, {"instanceClass": ..., "capacity": {"min": 0.5, "max": 8}}])
def test_roles_that_the_stack_cannot_create_are_rejected(size: dict[str, Any], root: Path) -> None:
    complaint = only_fault(root, "databases.main.credentials", rds(credentials={"activeSlot": "a"}, **size))
    assert complaint.startswith("requires access for the machine that runs `pulumi up`")
    assert "`network.additionalRanges`" in complaint


@pytest.mark.parametrize(
    "access",
    [
        {"additionalRanges": ["203.0.113.7/32"]},
        {"prefixListId": "pl-0a1b2c3d"},
        {"openToTheInternet": True},
        {"securityGroupIds": ["sg-0a1b2c3d"]},
    ],
)
def test_roles_can_be_created_if_other_clients_can_connect(access: dict[str, Any], root: Path) -> None:
    load(root, rds(network={**NETWORK, **access}, credentials={"activeSlot": "a"}))


def test_existing_roles_need_no_access(root: Path) -> None:
    load(root, rds(credentials={"activeSlot": "a", **ROLES}))


def test_additional_ranges_of_an_open_database_are_rejected(root: Path) -> None:
    network = {**NETWORK, "additionalRanges": ["203.0.113.7/32"], "openToTheInternet": True}
    complaint = only_fault(root, "databases.main.network.additionalRanges", rds(network=network))
    assert "cannot be combined with `openToTheInternet`" in complaint


@pytest.mark.parametrize("credentials", [{}, {"adminUser": "root", "adminPasswordSecret": "databases.main.password"}])
def test_the_master_as_the_group_role_is_rejected(credentials: dict[str, Any], root: Path) -> None:
    network = {**NETWORK, "additionalRanges": ["203.0.113.7/32"]}
    file = rds(network=network, credentials={"activeSlot": "a", "ownerRole": "app", **credentials})
    assert "got app" in only_fault(root, "databases.main.credentials.ownerRole", file)


def test_the_roles_act_as_an_owner_that_is_not_the_master(root: Path) -> None:
    network = {**NETWORK, "additionalRanges": ["203.0.113.7/32"]}
    stack, _ = load(root, rds(network=network, credentials={"activeSlot": "a"}))
    assert (stack.databases["main"].login, stack.databases["main"].default_owner_role) == ("app", "app_owner")


@pytest.mark.parametrize(
    ("size", "server"),
    [({}, "main-instance"), ({"instanceClass": ..., "capacity": {"min": 0.5, "max": 8}}, "main-cluster")],
)
def test_the_roles_are_deleted_with_the_server(size: dict[str, Any], server: str, root: Path) -> None:
    network = {**NETWORK, "additionalRanges": ["203.0.113.7/32"]}

    def program() -> None:
        stack, context = settings.load(root)
        create_database("main", stack.databases["main"], context)

    file = rds(network=network, credentials={"activeSlot": "a"}, **size)
    run = deploy(program, config=file, secret_keys=["secrets"], outputs=OUTPUTS, calls=CALLS)
    roles = run.all("pulumi-python:dynamic/postgres:Role")
    assert len(roles) == 2
    assert {role.wire.deletedWith.rsplit("::", 1)[1] for role in roles} == {server}
