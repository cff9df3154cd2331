"""`RdsProxy`: created resources, outputs, and rejected arguments."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random

from edge_postgres.origins.rds.component import RdsPostgres
from edge_postgres.origins.rds.proxy import RdsProxy
from tests.harness import MAIN, Run, deploy, rejected
from tests.unit.sound import PASSWORD, changed, hyperdrive

Given = Callable[[Any], Any]

PROXY = "aws:rds/proxy:Proxy"
TARGET = "aws:rds/proxyTarget:ProxyTarget"
TARGETS = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

POOL = "edge-postgres-dev-pool"
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pool-credentials-AbCdEf"
HOST = "pool.proxy-abc123.eu-central-1.rds.amazonaws.com"
OUTPUTS = {
    SECRET: {"arn": ARN},
    ROLE: {"arn": "arn:aws:iam::123456789012:role/pool", "name": "pool-role-1a2b3c4"},
    PROXY: {"endpoint": HOST},
    TARGETS: {"name": "default"},
}


def proxy(opts: Any = None, given: Given = lambda value: value, **changes: Any) -> RdsProxy:
    """Registers a proxy. ``given`` wraps each argument of ``changes``."""
    args = {
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "database_security_group_id": "sg-database",
        "instance_identifier": "main",
        "user": "app",
        "password": PASSWORD,
    }
    wrapped = {key: value if value is ... else given(value) for key, value in changes.items()}
    return RdsProxy("pool", changed(args, wrapped), opts)  # type: ignore[arg-type]


def deployed(preview: Any = False, **changes: Any) -> Run:
    return deploy(lambda: proxy(**changes) and None, preview=preview, outputs=OUTPUTS)


def pool(preview: Any = False, **changes: Any) -> Run:
    """A Hyperdrive with the origin of the proxy; ``changes`` are fields of the origin."""

    def program() -> None:
        hyperdrive(origin=changed({**proxy().origin}, changes))

    return deploy(program, preview=preview, outputs=OUTPUTS)


# Created resources.


def test_exactly_this_is_sent_for_the_proxy() -> None:
    assert deployed().one(PROXY).inputs == {
        "name": POOL,
        "engineFamily": "POSTGRESQL",
        "requireTls": True,
        "roleArn": "arn:aws:iam::123456789012:role/pool",
        "auths": [
            {
                "authScheme": "SECRETS",
                "secretArn": ARN,
                "iamAuth": "DISABLED",
                "clientPasswordAuthType": "POSTGRES_SCRAM_SHA_256",
            }
        ],
        "vpcSubnetIds": ["subnet-0a", "subnet-0b"],
        "vpcSecurityGroupIds": [f"{POOL}-security-group-id"],
    }


def test_only_rds_can_assume_the_role() -> None:
    (statement,) = json.loads(deployed().one(ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert statement == {"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"}


def test_the_role_can_read_only_the_secret_of_the_proxy() -> None:
    policy = deployed().one(POLICY).inputs
    assert policy["role"] == "pool-role-1a2b3c4"
    assert json.loads(policy["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": ARN},
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com*"}},
        },
    ]


def test_user_and_password_are_in_the_secret_of_the_proxy(given: Given, preview: bool) -> None:
    run = deployed(preview, given=given, user="worker", password=PASSWORD)
    version = run.one(VERSION)
    assert json.loads(version.inputs["secretString"]) == {"username": "worker", "password": PASSWORD}
    assert version.secrets == {"secretString"}
    assert PASSWORD not in str([entry.public for entry in run.registrations])


def test_the_proxy_depends_on_its_secret_and_its_policy() -> None:
    run = deployed()
    assert {run.one(POLICY).urn, run.one(VERSION).urn} <= set(run.one(PROXY).wire.dependencies)


def test_an_instance_is_the_target(given: Given) -> None:
    run = deployed(given=given, instance_identifier="shop")
    assert run.one(TARGET).inputs == {
        "dbProxyName": POOL, "targetGroupName": "default", "dbInstanceIdentifier": "shop"
    }  # fmt: skip
    assert run.one(TARGETS).inputs == {"dbProxyName": POOL, "connectionPoolConfig": {"maxConnectionsPercent": 90}}


def test_a_cluster_is_the_target(given: Given) -> None:
    target = deployed(given=given, instance_identifier=..., cluster_identifier="shop").one(TARGET).inputs
    assert target == {"dbProxyName": POOL, "targetGroupName": "default", "dbClusterIdentifier": "shop"}


def test_only_connections_from_the_proxy_to_the_database_are_allowed() -> None:
    run = deployed()
    egress, ingress = run.one(EGRESS).inputs, run.one(INGRESS).inputs
    port = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}
    own, database = f"{POOL}-security-group-id", "sg-database"
    assert egress == {"securityGroupId": own, "referencedSecurityGroupId": database, **port}
    assert ingress == {"securityGroupId": database, "referencedSecurityGroupId": own, **port}


def test_physical_names_begin_with_the_name_of_the_proxy(given: Given) -> None:
    run = deployed(given=given, proxy_name="shop-pool")
    named = {entry.inputs.get("name") or entry.inputs.get("namePrefix") for entry in run.registrations}
    assert named - {None} == {"shop-pool", "shop-pool-", "shop-pool-credentials", "shop-pool-proxy-"}


def test_region_and_tags_are_on_every_resource_that_supports_them(given: Given) -> None:
    run = deployed(given=given, region="eu-west-1", tags={"team": "shop"})
    at_aws = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert {entry.type for entry in at_aws if "region" not in entry.inputs} == {ROLE, POLICY}
    assert {entry.type for entry in at_aws if "tags" not in entry.inputs} == {POLICY, VERSION, TARGETS, TARGET}


def test_depends_on_of_the_component_applies_to_every_child() -> None:
    run = deploy(lambda: proxy(pulumi.ResourceOptions(depends_on=[random.RandomPet("first")])) and None)
    first = run.one("random:index/randomPet:RandomPet").urn
    at_aws = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert len(at_aws) == 10
    assert [entry.name for entry in at_aws if first not in entry.wire.dependencies] == []


def test_the_outputs_of_a_database_are_accepted() -> None:
    def program() -> None:
        database = RdsPostgres(
            "main",
            {
                "engine_version": "17.6",
                "instance_class": "db.t4g.medium",
                "vpc_id": "vpc-0a",
                "subnet_ids": ["subnet-0a", "subnet-0b"],
            },
        )
        proxy(
            database_security_group_id=database.security_group_id,
            instance_identifier=database.instance_identifier,
            cluster_identifier=database.cluster_identifier,
            user=database.user,
            password=database.password,
        )

    run = deploy(program, outputs=OUTPUTS)
    target = run.one(TARGET).inputs
    assert (target["dbInstanceIdentifier"], "dbClusterIdentifier" in target) == (MAIN, False)
    assert run.one(VERSION).secrets == {"secretString"}


# Outputs.


def test_the_origin_is_private_and_pooled() -> None:
    exports = deploy(lambda: proxy().origin, outputs=OUTPUTS).exports
    assert {key: export.value for key, export in exports.items()} == {
        "host": HOST,
        "port": 5432,
        "database": "app",
        "user": "app",
        "password": PASSWORD,
        "sslmode": "require",
        "endpoint": "pooled",
        "reach": "private",
    }
    assert {key for key, export in exports.items() if export.secret} == {"password"}


def test_the_flat_outputs_are_the_fields_of_the_origin() -> None:
    flat = ("host", "port", "database", "user", "password", "sslmode")

    def program() -> dict[str, Any]:
        found = proxy()
        return {key: getattr(found, key) for key in flat}

    fields = deploy(lambda: proxy().origin, outputs=OUTPUTS).exports
    assert deploy(program, outputs=OUTPUTS).exports == {key: fields[key] for key in flat}


def test_the_password_depends_on_the_target_and_the_security_group_rules() -> None:
    def program() -> None:
        random.RandomPassword("reader", length=8, keepers={"password": proxy().password})

    reader = deploy(program, outputs=OUTPUTS).one("random:index/randomPassword:RandomPassword")
    waited = {urn.rpartition("::")[2] for urn in reader.wire.propertyDependencies["keepers"].urns}
    assert {f"{POOL}-target", f"{POOL}-to-database", f"{POOL}-from-proxy"} <= waited


# Consumers that reject its origin.


def test_hyperdrive_rejects_a_second_pooler_and_names_the_database_itself(preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.endpoint: is a pooled endpoint",
        "Use the direct endpoint of the database instead of its pooler.",
    ):
        pool(preview)


def test_hyperdrive_rejects_a_private_address_even_if_it_is_declared_direct(preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.host: must be public, got ", "which only a private network can reach"):
        pool(preview, host="database.example.com", endpoint="direct")


def test_hyperdrive_rejects_a_proxy_behind_a_route_as_a_second_pooler() -> None:
    with rejected("Hyperdrive `main`.origin.endpoint: is a pooled endpoint"):
        pool(port=..., access_client_id="id", access_client_secret="token")


# Rejected arguments.


def test_an_instance_together_with_a_cluster_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "RdsProxy `pool`.instance_identifier: cannot be combined with `cluster_identifier`. "
        "Remove one of the two identifiers."
    ):
        deployed(preview, given=given, cluster_identifier="shop")


def test_a_proxy_without_a_database_is_rejected() -> None:
    with rejected("RdsProxy `pool`.instance_identifier: is required if `cluster_identifier` is not set"):
        deployed(instance_identifier=...)


def test_one_subnet_is_rejected(given: Given, preview: bool) -> None:
    with rejected("RdsProxy `pool`.subnet_ids: must have at least two different subnets"):
        deployed(preview, given=given, subnet_ids=["subnet-0a"])


def test_an_invalid_name_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "RdsProxy `pool`.proxy_name: must start with a letter, not end with a hyphen, and have at most 63", "got Pool"
    ):
        deployed(preview, given=given, proxy_name="Pool")


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("RdsProxy `pool`.cluster_id: unknown argument. Did you mean `cluster_identifier`?"):
        deployed(cluster_id="shop")


def test_a_missing_security_group_is_rejected() -> None:
    with rejected("RdsProxy `pool`.database_security_group_id: is required"):
        deployed(database_security_group_id=...)
