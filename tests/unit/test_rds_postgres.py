"""`RdsPostgres`: created resources, outputs, and rejected arguments."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origins.rds.component import RdsPostgres
from tests.harness import MAIN, Run, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, changed, hyperdrive

Given = Callable[[Any], Any]

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MACHINE = "aws:rds/clusterInstance:ClusterInstance"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUFFIX = "random:index/randomId:RandomId"
CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"

ADDRESS = "main.abc123.eu-central-1.rds.amazonaws.com"
WRITER = "main.cluster-abc123.eu-central-1.rds.amazonaws.com"
MADE = "Hc7xWq2LmT9vBn4R"
MANAGED = {"masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:eu-central-1:1:secret:main"}]}
OUTPUTS = {
    "aws:rds/subnetGroup:SubnetGroup": {"name": "main-subnets-1"},
    PARAMETERS: {"name": "main-postgres17-1"},
    CLUSTER_PARAMETERS: {"name": "main-aurora-postgresql17-1"},
    INSTANCE: {"address": ADDRESS, "endpoint": f"{ADDRESS}:5432", **MANAGED},
    CLUSTER: {"endpoint": WRITER, "readerEndpoint": WRITER.replace("cluster-", "cluster-ro-"), **MANAGED},
    "random:index/randomPassword:RandomPassword": {"result": MADE},
    SUFFIX: {"hex": "0a1b2c3d"},
}
RANGES = {"ipv4Cidrs": ["173.245.48.0/20", "103.21.244.0/22"], "ipv6Cidrs": ["2400:cb00::/32"], "jdcloudCidrs": []}
IP_RANGES = "cloudflare:index/getIpRanges:getIpRanges"
CALLS = {
    IP_RANGES: RANGES,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": {"secretString": json.dumps({"password": "From-aws_1"})},
}
CAPACITY: dict[str, Any] = {"instance_class": ..., "min_capacity": 0.5, "max_capacity": 4}


def rds(opts: Any = None, given: Given = lambda value: value, **changes: Any) -> RdsPostgres:
    """Registers a public instance. ``given`` wraps each argument of ``changes``."""
    args = {
        "engine_version": "17.6",
        "instance_class": "db.t4g.medium",
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "public": True,
    }
    passed = {key: value if isinstance(value, bool) or value is ... else given(value) for key, value in changes.items()}
    return RdsPostgres("main", changed(args, passed), opts)  # type: ignore[arg-type]


def deployed(preview: Any = False, **changes: Any) -> Run:
    return deploy(lambda: rds(**changes) and None, preview=preview, outputs=OUTPUTS, calls=CALLS)


def origin(**changes: Any) -> dict[str, Any]:
    """The fields of the origin, as exports."""
    return deploy(lambda: rds(**changes).origin, outputs=OUTPUTS, calls=CALLS).exports


def pool(preview: Any = False, **changes: Any) -> Run:
    """A Hyperdrive with the origin of the instance."""
    program: Any = lambda: hyperdrive(origin=rds(**changes).origin) and None  # noqa: E731
    return deploy(program, preview=preview, outputs=OUTPUTS, calls=CALLS)


def warnings(caplog: pytest.LogCaptureFixture, **changes: Any) -> list[str]:
    with caplog.at_level(logging.WARNING):
        deployed(**changes)
    return [record.getMessage() for record in caplog.records]


def ranges(run: Run) -> set[str]:
    return {entry.inputs.get("cidrIpv4") or entry.inputs["cidrIpv6"] for entry in run.all(RULE)}


def waits_for(run: Run) -> set[str]:
    """Names of the resources that the Hyperdrive's origin depends on."""
    urns = run.one(CONFIG).wire.propertyDependencies["origin"].urns
    return {urn.rpartition("::")[2] for urn in urns}


# Created resources.


def test_exactly_this_is_sent_for_an_instance() -> None:
    assert deployed().one(INSTANCE).inputs == {
        "identifier": MAIN,
        "engine": "postgres",
        "engineVersion": "17.6",
        "autoMinorVersionUpgrade": False,
        "instanceClass": "db.t4g.medium",
        "multiAz": False,
        "dbName": "app",
        "username": "app",
        "password": MADE,
        "port": 5432.0,
        "parameterGroupName": "main-postgres17-1",
        "dbSubnetGroupName": "main-subnets-1",
        "vpcSecurityGroupIds": ["main-security-group-id"],
        "publiclyAccessible": True,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "storageType": "gp3",
        "allocatedStorage": 20.0,
        "maxAllocatedStorage": 100.0,
        "storageEncrypted": True,
        "backupRetentionPeriod": 7.0,
        "copyTagsToSnapshot": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": f"{MAIN}-final-0a1b2c3d",
        "applyImmediately": False,
    }


def test_exactly_this_is_sent_for_aurora() -> None:
    run = deployed(**CAPACITY)
    assert run.all(INSTANCE) == []
    assert run.one(CLUSTER).inputs == {
        "clusterIdentifier": MAIN,
        "engine": "aurora-postgresql",
        "engineVersion": "17.6",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4.0},
        "databaseName": "app",
        "masterUsername": "app",
        "masterPassword": MADE,
        "port": 5432.0,
        "dbClusterParameterGroupName": "main-aurora-postgresql17-1",
        "dbSubnetGroupName": "main-subnets-1",
        "vpcSecurityGroupIds": ["main-security-group-id"],
        "storageEncrypted": True,
        "backupRetentionPeriod": 7.0,
        "copyTagsToSnapshot": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": f"{MAIN}-final-0a1b2c3d",
        "applyImmediately": False,
        "autoMinorVersionUpgrade": False,
    }
    assert run.one(MACHINE).inputs == {
        "identifier": f"{MAIN}-writer",
        "clusterIdentifier": MAIN,
        "engine": "aurora-postgresql",
        "instanceClass": "db.serverless",
        "dbSubnetGroupName": "main-subnets-1",
        "publiclyAccessible": True,
        "autoMinorVersionUpgrade": False,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "copyTagsToSnapshot": True,
        "applyImmediately": False,
    }


def test_the_server_requires_tls() -> None:
    forced = [{"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}]
    instance, aurora = deployed().one(PARAMETERS).inputs, deployed(**CAPACITY).one(CLUSTER_PARAMETERS).inputs
    assert (instance["parameters"], instance["family"]) == (forced, "postgres17")
    assert (aurora["parameters"], aurora["family"]) == (forced, "aurora-postgresql17")


def test_a_group_in_use_can_be_replaced_before_it_is_deleted() -> None:
    # With a fixed name, the provider would delete the group first. It cannot delete a parameter group in use.
    begun = {entry.inputs["namePrefix"] for entry in deployed().registrations if "namePrefix" in entry.inputs}
    assert begun == {f"{MAIN}-subnets-", f"{MAIN}-postgres-", f"{MAIN}-postgres17-"}
    assert [entry.name for entry in deployed().registrations if "name" in entry.inputs] == []


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_a_server_is_not_deleted_before_its_replacement_exists(kind: dict[str, Any]) -> None:
    server = deployed(**kind).one(CLUSTER if kind else INSTANCE).wire
    assert (server.deleteBeforeReplaceDefined, server.deleteBeforeReplace) == (True, False)


def test_the_standby_of_aurora_depends_on_the_writer() -> None:
    run = deployed(**CAPACITY, multi_az=True)
    writer, standby = sorted(run.all(MACHINE), key=lambda entry: entry.name == "main-standby")
    assert standby.inputs["identifier"] == f"{MAIN}-standby"
    assert writer.urn in standby.wire.dependencies


def test_rds_creates_the_standby_of_an_instance() -> None:
    assert deployed(multi_az=True).one(INSTANCE).inputs["multiAz"] is True


def test_a_full_version_disables_automatic_upgrades(given: Given) -> None:
    assert deployed(given=given, engine_version="17.6").one(INSTANCE).inputs["autoMinorVersionUpgrade"] is False
    assert deployed(given=given, engine_version="17").one(INSTANCE).inputs["autoMinorVersionUpgrade"] is True
    assert deployed(**CAPACITY, given=given, engine_version="17").one(MACHINE).inputs["autoMinorVersionUpgrade"] is True


def test_physical_names_begin_with_the_identifier(given: Given) -> None:
    run = deployed(given=given, identifier="shop-prod-main")
    named = [entry.inputs.get("identifier") or entry.inputs.get("namePrefix") for entry in run.registrations]
    assert {name for name in named if name} == {
        "shop-prod-main", "shop-prod-main-subnets-", "shop-prod-main-postgres-", "shop-prod-main-postgres17-"
    }  # fmt: skip


@pytest.mark.parametrize("kind", [{}, {**CAPACITY, "multi_az": True}], ids=["instance", "aurora"])
def test_region_and_tags_are_on_every_resource_at_aws(kind: dict[str, Any], given: Given) -> None:
    run = deployed(**kind, given=given, region="eu-west-1", tags={"team": "shop"})
    there = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert [entry.name for entry in there if entry.inputs.get("region") != "eu-west-1"] == []
    assert [entry.name for entry in there if entry.inputs.get("tags") != {"team": "shop"}] == []


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_a_disposable_database_keeps_no_snapshot(kind: dict[str, Any]) -> None:
    found = deployed(**kind, deletion_protection=False, final_snapshot=False).one(CLUSTER if kind else INSTANCE).inputs
    assert (found["deletionProtection"], found["skipFinalSnapshot"]) == (False, True)
    assert "finalSnapshotIdentifier" not in found


def test_storage_can_grow_to_five_times_its_size(given: Given) -> None:
    assert deployed(given=given, allocated_storage=50).one(INSTANCE).inputs["maxAllocatedStorage"] == 250
    assert deployed(given=given, allocated_storage=20000).one(INSTANCE).inputs["maxAllocatedStorage"] == 65536


def test_explicit_storage_is_sent(given: Given) -> None:
    found = deployed(given=given, allocated_storage=20, max_allocated_storage=22).one(INSTANCE).inputs
    assert (found["allocatedStorage"], found["maxAllocatedStorage"]) == (20, 22)


# Clients that may connect.


def test_each_of_cloudflares_ranges_has_a_rule(preview: bool) -> None:
    run = deployed(preview)
    assert ranges(run) == {"173.245.48.0/20", "103.21.244.0/22", "2400:cb00::/32"}
    ports = {(entry.inputs["fromPort"], entry.inputs["toPort"], entry.inputs["ipProtocol"]) for entry in run.all(RULE)}
    assert ports == {(5432, 5432, "tcp")}


def test_mocks_without_ranges_of_cloudflare_are_rejected() -> None:
    with rejected("RdsPostgres `main`.ingress_ranges: is omitted", "`getIpRanges` returned no ranges"):
        deploy(lambda: rds() and None, outputs=OUTPUTS, calls={**CALLS, IP_RANGES: {}})


def test_explicit_ranges_replace_those_of_cloudflare(given: Given, preview: bool) -> None:
    run = deployed(preview, given=given, ingress_ranges=["192.0.2.0/24", "192.0.2.0/24", "2001:db8::/32"])
    assert ranges(run) == {"192.0.2.0/24", "2001:db8::/32"}
    assert run.answers.called == []  # type: ignore[attr-defined]


def test_an_explicit_range_can_be_an_output() -> None:
    run = deploy(lambda: rds(ingress_ranges=[pulumi.Output.from_input("192.0.2.0/24")]) and None, outputs=OUTPUTS)
    assert ranges(run) == {"192.0.2.0/24"}


def test_a_preview_shows_the_rule_of_a_range_that_is_not_known_yet() -> None:
    def program() -> None:
        rds(ingress_ranges=["192.0.2.0/24", random.RandomPet("later").id])

    run = deploy(program, preview=True, outputs=OUTPUTS)
    assert {entry.name for entry in run.all(RULE)} == {"main-ingress-192-0-2-0-24", "main-ingress-1"}


def test_a_list_that_a_preview_does_not_know_causes_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    deploy(lambda: rds(ingress_ranges=pulumi.Output.from_input(["192.0.2.0/24"])) and None, outputs=OUTPUTS)
    assert "RdsPostgres `main`.ingress_ranges: is an Output, so that a preview shows no rules" in caplog.text
    caplog.clear()
    deploy(lambda: rds(ingress_ranges=[pulumi.Output.from_input("192.0.2.0/24")]) and None, outputs=OUTPUTS)
    assert caplog.text == ""


def test_a_prefix_list_replaces_the_ranges(given: Given) -> None:
    rule = deployed(given=given, ingress_prefix_list_id="pl-0a").one(RULE).inputs
    assert (rule["prefixListId"], "cidrIpv4" in rule, "cidrIpv6" in rule) == ("pl-0a", False, False)


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_additional_ranges_may_connect_besides_those_of_cloudflare(kind: dict[str, Any]) -> None:
    only_cloudflare = deployed(**kind).all(RULE)
    run = deployed(**kind, additional_ranges=["203.0.113.7/32"])
    assert len(run.all(RULE)) == len(only_cloudflare) + 1
    assert "203.0.113.7/32" in [rule.inputs.get("cidrIpv4") for rule in run.all(RULE)]


def test_additional_ranges_may_connect_to_a_private_database() -> None:
    run = deployed(public=..., additional_ranges=["10.0.0.0/16"])
    assert [rule.inputs["cidrIpv4"] for rule in run.all(RULE)] == ["10.0.0.0/16"]


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_a_private_database_has_no_public_address_and_no_ingress_rule(kind: dict[str, Any], preview: bool) -> None:
    run = deployed(preview, **kind, public=...)
    assert run.one(MACHINE if kind else INSTANCE).inputs["publiclyAccessible"] is False
    assert run.all(RULE) == []
    assert run.answers.called == []  # type: ignore[attr-defined]


def test_open_to_the_internet_adds_rules_for_every_address() -> None:
    run = deployed(open_to_the_internet=True)
    assert ranges(run) == {"0.0.0.0/0", "::/0"}
    assert run.answers.called == []  # type: ignore[attr-defined]


def test_additional_security_groups_are_added_to_the_created_one(given: Given) -> None:
    found = deployed(given=given, security_group_ids=["sg-0b"]).one(INSTANCE).inputs["vpcSecurityGroupIds"]
    assert found == ["main-security-group-id", "sg-0b"]


# The password.


def test_a_password_of_letters_and_digits_is_generated() -> None:
    assert deployed().one("random:index/randomPassword:RandomPassword").inputs == {"length": 32, "special": False}


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_a_given_password_is_a_secret(kind: dict[str, Any], given: Given) -> None:
    run = deployed(**kind, given=given, password=PASSWORD)
    server = run.one(CLUSTER if kind else INSTANCE)
    assert server.secrets == {"masterPassword" if kind else "password"}
    assert PASSWORD not in str([entry.public for entry in run.registrations])
    assert run.all("random:index/randomPassword:RandomPassword") == []


def test_a_given_password_is_passed_on_as_a_secret(given: Given) -> None:
    found = origin(given=given, password=PASSWORD)["password"]
    assert (found.value, found.secret) == (PASSWORD, True)


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_a_managed_password_is_read_from_its_aws_secret(kind: dict[str, Any]) -> None:
    def program() -> dict[str, Any]:
        return {"password": rds(**kind, managed_password=True, rotation_sync="a schedule in CI").password}

    run = deploy(program, outputs=OUTPUTS, calls=CALLS)
    server = run.one(CLUSTER if kind else INSTANCE)
    assert server.inputs["manageMasterUserPassword"] is True
    assert server.secrets == set()
    assert (run.exports["password"].value, run.exports["password"].secret) == ("From-aws_1", True)
    assert run.all("random:index/randomPassword:RandomPassword") == []


def test_hyperdrive_rejects_a_password_that_aws_changes(preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.password: is rotated by its vendor", "Use a password that its vendor does not change."
    ):
        pool(preview, managed_password=True)


def test_the_name_of_the_job_is_an_output_that_policies_read() -> None:
    run = pool(managed_password=True, rotation_sync="a schedule in CI")
    (registered,) = (found for urn, found in run.monitor.component_outputs.items() if "RdsPostgres" in urn)
    assert registered["rotation_sync"] == "a schedule in CI"


def test_hyperdrive_accepts_a_managed_password_with_a_rotation_sync() -> None:
    assert pool(managed_password=True, rotation_sync="a schedule in CI").one(CONFIG).inputs["origin"]["password"]


# Outputs.


def test_the_origin_of_an_instance_has_these_fields() -> None:
    exports = origin()
    assert {key: export.value for key, export in exports.items()} == {
        "host": ADDRESS,
        "port": 5432,
        "database": "app",
        "user": "app",
        "password": MADE,
        "sslmode": "require",
        "endpoint": "direct",
        "reach": "public",
        "password_rotates": False,
        "max_connections": 383,
        "reserved_connections": 5,
    }
    assert {key for key, export in exports.items() if export.secret} == {"password"}


def test_the_origin_of_aurora_is_its_writer() -> None:
    assert origin(**CAPACITY)["host"].value == WRITER


def test_the_flat_outputs_are_the_fields_of_the_origin() -> None:
    flat = ("host", "port", "database", "user", "password", "sslmode", "max_connections", "reserved_connections")

    def program() -> dict[str, Any]:
        found = rds()
        return {key: getattr(found, key) for key in flat}

    fields = origin()
    assert deploy(program, outputs=OUTPUTS, calls=CALLS).exports == {key: fields[key] for key in flat}


def test_the_outputs_name_the_created_server() -> None:
    def program() -> dict[str, Any]:
        found = rds(**CAPACITY)
        return {
            "group": found.security_group_id,
            "instance": found.instance_identifier,
            "cluster": found.cluster_identifier,
        }

    exports = deploy(program, outputs=OUTPUTS, calls=CALLS).exports
    assert [export.value for export in exports.values()] == ["main-security-group-id", None, MAIN]


def test_hyperdrive_waits_for_the_instance_and_its_rules() -> None:
    rules = {f"main-ingress-{part}" for part in ("173-245-48-0-20", "103-21-244-0-22", "2400-cb00---32")}
    assert {"main-instance", *rules} <= waits_for(pool())


def test_hyperdrive_waits_for_the_cluster_and_its_writer() -> None:
    assert {"main-cluster", "main-writer", "main-ingress-2400-cb00---32"} <= waits_for(pool(**CAPACITY))


def test_hyperdrive_waits_with_a_given_and_with_a_managed_password_too() -> None:
    for password in ({"password": PASSWORD}, {"managed_password": True, "rotation_sync": "CI"}):
        assert {"main-instance", "main-ingress-2400-cb00---32"} <= waits_for(pool(**password))


def test_depends_on_of_the_component_applies_to_every_resource_at_aws() -> None:
    def program() -> None:
        first = random.RandomPet("first")
        rds(pulumi.ResourceOptions(depends_on=[first]), **CAPACITY, multi_az=True)

    run = deploy(program, outputs=OUTPUTS, calls=CALLS)
    first = run.one("random:index/randomPet:RandomPet").urn
    there = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert len(there) == 9
    assert [entry.name for entry in there if first not in entry.wire.dependencies] == []


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_hyperdrive_rejects_a_private_database_and_names_the_routes(kind: dict[str, Any]) -> None:
    with rejected(
        "Hyperdrive `main`.origin.reach: is private", "connects from the Internet", "`service_id` (Workers VPC)"
    ):
        pool(**kind, public=...)


def test_hyperdrives_limit_is_below_the_connections_of_the_class() -> None:
    with rejected("must be at most 378, got 400 (the database accepts 383 connections, of which 5 must stay free)"):
        deploy(lambda: hyperdrive(origin=rds().origin, connection_limit=400) and None, outputs=OUTPUTS, calls=CALLS)


def test_explicit_connections_override_the_class(given: Given) -> None:
    found = origin(given=given, max_connections=100, reserved_connections=3)
    assert (found["max_connections"].value, found["reserved_connections"].value) == (100, 3)


# Warnings.


def test_an_unknown_class_has_no_number_of_connections_and_causes_a_warning(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    (warning,) = warnings(caplog, given=given, instance_class="db.x2g.large")
    assert "RdsPostgres `main`.instance_class: is db.x2g.large, whose memory is unknown" in warning
    assert "Set `max_connections`" in warning
    found = origin(given=given, instance_class="db.x2g.large").get("max_connections")
    assert found is None or found.value is None


def test_an_unknown_class_is_accepted_with_explicit_connections(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert warnings(caplog, instance_class="db.x2g.large", max_connections=500) == []


def test_a_capacity_that_can_pause_causes_a_warning(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    (warning,) = warnings(caplog, given=given, **{**CAPACITY, "min_capacity": 0})
    assert "RdsPostgres `main`.min_capacity: is 0. Aurora pauses" in warning


def test_a_capacity_that_cannot_pause_causes_no_warning(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog, given=given, **CAPACITY) == []


# Rejected arguments. The rules have separate tests.


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("engine_version", "17.x", "got 17.x"),
        ("subnet_ids", ["subnet-0a"], "must have at least two different subnets"),
        ("identifier", "Main", "got Main"),
        ("identifier", "sg-main", "cannot begin with `sg-`"),
        ("database", "rdsadmin", "cannot be rdsadmin, which RDS reserves"),
        ("user", "admin", "which RDS reserves"),
        ("password", "short", "must have 8 to 128 printable ASCII characters"),
        ("ingress_ranges", ["0.0.0.0/0"], "which is the Internet"),
        ("backup_days", 6, "must be from 7 days (the minimum of edge-postgres) to 35 days"),
        ("allocated_storage", 19, "must be from 20 to 65536 GiB (gp3 storage), got 19"),
        ("max_allocated_storage", 20, "must be from 22 to 65536 GiB, got 20 GiB"),
    ],
)
def test_a_value_that_breaks_a_rule_is_rejected(argument: str, value: Any, problem: str, given: Given) -> None:
    with rejected(f"RdsPostgres `main`.{argument}: ", problem):
        deployed(given=given, **{argument: value})


def test_an_invalid_value_is_rejected_in_a_preview_too(given: Given) -> None:
    with rejected("RdsPostgres `main`.engine_version: must be a version of Postgres, at least 10, got 17.x"):
        deployed(preview=True, given=given, engine_version="17.x")


def test_a_capacity_out_of_bounds_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "RdsPostgres `main`.max_capacity: must have a minimum capacity that is a multiple of 0.5 ACU, got 0.3 ACU"
    ):
        deployed(preview, given=given, **{**CAPACITY, "min_capacity": 0.3})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"instance_class": ...}, "RdsPostgres `main`.instance_class: is required if no capacity is set"),
        (
            {"min_capacity": 0.5, "max_capacity": 4},
            "RdsPostgres `main`.instance_class: cannot be combined with a capacity",
        ),
        ({"instance_class": ..., "max_capacity": 4}, "RdsPostgres `main`.max_capacity: also requires `min_capacity`"),
        (
            {**CAPACITY, "allocated_storage": 20},
            "RdsPostgres `main`.allocated_storage: cannot be combined with a capacity",
        ),
        (
            {**CAPACITY, "max_allocated_storage": 20},
            "RdsPostgres `main`.max_allocated_storage: cannot be combined with a capacity",
        ),
        (
            {"managed_password": True, "password": PASSWORD},
            "RdsPostgres `main`.managed_password: cannot be combined with a password",
        ),
        ({"rotation_sync": "CI"}, "RdsPostgres `main`.rotation_sync: requires a password that AWS rotates"),
        (
            {"public": ..., "ingress_ranges": ["192.0.2.0/24"]},
            "RdsPostgres `main`.ingress_ranges: requires a public database",
        ),
        (
            {"public": ..., "ingress_prefix_list_id": "pl-0a"},
            "RdsPostgres `main`.ingress_prefix_list_id: requires a public database",
        ),
        (
            {"public": ..., "open_to_the_internet": True},
            "RdsPostgres `main`.open_to_the_internet: requires a public database",
        ),
        (
            {"ingress_ranges": ["192.0.2.0/24"], "ingress_prefix_list_id": "pl-0a"},
            "cannot be combined with `ingress_prefix",
        ),
        (
            {"ingress_ranges": ["192.0.2.0/24"], "open_to_the_internet": True},
            "cannot be combined with `open_to_the_internet`",
        ),
    ],
)
def test_a_contradiction_is_rejected_before_anything_is_created(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        deployed(**changes)


def test_an_unknown_argument_is_rejected_with_a_suggestion() -> None:
    with rejected("RdsPostgres `main`.subnets_ids: unknown argument. Did you mean `subnet_ids`?"):
        deployed(subnets_ids=[])


def test_unknown_values_are_accepted_in_a_preview() -> None:
    def program() -> None:
        later = random.RandomPet("later").id
        rds(engine_version=later, instance_class=later, identifier=later, password=later, ingress_ranges=[later])

    assert deploy(program, preview=True, outputs=OUTPUTS).one(INSTANCE)
