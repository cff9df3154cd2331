"""The RDS graphs on a simulated AWS: references are valid, and the created objects have the requested values.

moto checks references and order, and stores the given values. It checks no values and no security groups of a database:
other tests cover the values, and this module stores the security groups. It calls the EC2 of moto directly, because
boto3 takes a second to load the model of EC2.
"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend
from pulumi.runtime import mocks

from edge_postgres.origins.rds.component import RdsPostgres
from edge_postgres.origins.rds.proxy import RdsProxy
from tests.harness import Run, deploy, reveal
from tests.unit.sound import changed

RANGES = {"ipv4Cidrs": ["173.245.48.0/20"], "ipv6Cidrs": ["2400:cb00::/32"]}
TLS_ONLY = ("rds.force_ssl", "1", "pending-reboot")


def plain(value: Any) -> Any:
    """Inputs in the form of boto3: without secret envelopes, and with integers."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def named(names: dict[str, str], inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs that AWS supports, by their names at AWS."""
    return {ours: inputs[theirs] for ours, theirs in names.items() if theirs in inputs}


SHARED = {
    "Engine": "engine",
    "EngineVersion": "engineVersion",
    "DBSubnetGroupName": "dbSubnetGroupName",
    "VpcSecurityGroupIds": "vpcSecurityGroupIds",
    "StorageEncrypted": "storageEncrypted",
    "BackupRetentionPeriod": "backupRetentionPeriod",
    "DeletionProtection": "deletionProtection",
    "CopyTagsToSnapshot": "copyTagsToSnapshot",
    "ManageMasterUserPassword": "manageMasterUserPassword",
    "Port": "port",
}
MACHINE = {
    "DBInstanceClass": "instanceClass",
    "PubliclyAccessible": "publiclyAccessible",
    "CACertificateIdentifier": "caCertIdentifier",
    "AutoMinorVersionUpgrade": "autoMinorVersionUpgrade",
}
INSTANCE = SHARED | MACHINE | {
    "DBInstanceIdentifier": "identifier",
    "DBName": "dbName",
    "MasterUsername": "username",
    "MasterUserPassword": "password",
    "DBParameterGroupName": "parameterGroupName",
    "AllocatedStorage": "allocatedStorage",
    "MaxAllocatedStorage": "maxAllocatedStorage",
    "StorageType": "storageType",
    "MultiAZ": "multiAz",
}  # fmt: skip
CLUSTER = SHARED | {
    "DBClusterIdentifier": "clusterIdentifier",
    "DatabaseName": "databaseName",
    "MasterUsername": "masterUsername",
    "MasterUserPassword": "masterPassword",
    "DBClusterParameterGroupName": "dbClusterParameterGroupName",
}
CLUSTER_INSTANCE = MACHINE | {
    "DBInstanceIdentifier": "identifier",
    "DBClusterIdentifier": "clusterIdentifier",
    "Engine": "engine",
    "DBSubnetGroupName": "dbSubnetGroupName",
}


class Aws(mocks.Mocks):
    """moto behind Pulumi's mocks: inputs become calls of boto3, and its responses become outputs."""

    def __init__(self) -> None:
        self.rds, self.secrets, self.iam = (
            boto3.client(service, "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
            for service in ("rds", "secretsmanager", "iam")
        )
        network = get_backend("ec2")["123456789012"]["us-east-1"]
        self.vpc = network.create_vpc("10.0.0.0/16").id
        self.subnets = [
            network.create_subnet(self.vpc, f"10.0.{number}.0/24", availability_zone=zone).id
            for number, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        self.rules: dict[str, list[dict[str, Any]]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom:
            return None, {}
        make = getattr(self, args.typ.partition("/")[2].partition(":")[0])
        identifier, outputs = make(args.name, plain(reveal(args.inputs)))
        return identifier, {**args.inputs, **outputs}

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token.startswith("cloudflare:"):
            return RANGES
        return {"secretString": self.secrets.get_secret_value(SecretId=args.args["secretId"])["SecretString"]}

    def randomPassword(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return name, {"result": "Hc7xWq2LmT9vBn4R"}

    def randomId(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return name, {"hex": "0a1b2c3d"}

    def subnetGroup(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        names = {"DBSubnetGroupDescription": "description", "SubnetIds": "subnetIds"}
        whole = f"{inputs['namePrefix']}1"
        self.rds.create_db_subnet_group(DBSubnetGroupName=whole, **named(names, inputs))
        return whole, {"name": whole}

    def securityGroup(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.rules[f"sg-{name}"] = []
        return f"sg-{name}", {}

    def securityGroupIngressRule(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.rules[inputs["securityGroupId"]].append(inputs)
        return f"sgr-{name}", {}

    def securityGroupEgressRule(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return self.securityGroupIngressRule(name, inputs)

    def parameterGroup(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return self.parameters("db_parameter_group", "DBParameterGroup", inputs)

    def clusterParameterGroup(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return self.parameters("db_cluster_parameter_group", "DBClusterParameterGroup", inputs)

    def parameters(self, call: str, noun: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        names = {"DBParameterGroupFamily": "family", "Description": "description"}
        group = {f"{noun}Name": f"{inputs['namePrefix']}1"}
        getattr(self.rds, f"create_{call}")(**group, **named(names, inputs))
        parameters = [
            named({"ParameterName": "name", "ParameterValue": "value", "ApplyMethod": "applyMethod"}, parameter)
            for parameter in inputs["parameters"]
        ]
        getattr(self.rds, f"modify_{call}")(**group, Parameters=parameters)
        return group[f"{noun}Name"], {"name": group[f"{noun}Name"]}

    def instance(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        created = self.rds.create_db_instance(**named(INSTANCE, inputs))["DBInstance"]
        return created["DBInstanceIdentifier"], {"address": created["Endpoint"]["Address"], **self.managed(created)}

    def cluster(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        scaling = inputs["serverlessv2ScalingConfiguration"]
        capacity = {"MinCapacity": scaling["minCapacity"], "MaxCapacity": scaling["maxCapacity"]}
        created = self.rds.create_db_cluster(**named(CLUSTER, inputs), ServerlessV2ScalingConfiguration=capacity)
        return inputs["clusterIdentifier"], {
            "endpoint": created["DBCluster"]["Endpoint"],
            **self.managed(created["DBCluster"]),
        }

    def clusterInstance(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.rds.create_db_instance(**named(CLUSTER_INSTANCE, inputs))
        return inputs["identifier"], {}

    def managed(self, created: dict[str, Any]) -> dict[str, Any]:
        secret = created.get("MasterUserSecret")
        return {"masterUserSecrets": [{"secretArn": secret["SecretArn"]}] if secret else []}

    def secret(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        arn = self.secrets.create_secret(Name=inputs["name"])["ARN"]
        return arn, {"arn": arn}

    def secretVersion(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        names = {"SecretId": "secretId", "SecretString": "secretString"}
        return self.secrets.put_secret_value(**named(names, inputs))["VersionId"], {}

    def role(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        whole = f"{inputs['namePrefix']}1"
        created = self.iam.create_role(RoleName=whole, AssumeRolePolicyDocument=inputs["assumeRolePolicy"])["Role"]
        return whole, {"arn": created["Arn"], "name": whole}

    def rolePolicy(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.iam.put_role_policy(RoleName=inputs["role"], PolicyName=name, PolicyDocument=inputs["policy"])
        return name, {}

    def proxy(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        names = {"AuthScheme": "authScheme", "SecretArn": "secretArn", "IAMAuth": "iamAuth"}
        created = self.rds.create_db_proxy(
            DBProxyName=inputs["name"],
            EngineFamily=inputs["engineFamily"],
            RequireTLS=inputs["requireTls"],
            RoleArn=inputs["roleArn"],
            VpcSubnetIds=inputs["vpcSubnetIds"],
            VpcSecurityGroupIds=inputs["vpcSecurityGroupIds"],
            Auth=[named(names, auth) for auth in inputs["auths"]],
        )
        return inputs["name"], {"endpoint": created["DBProxy"]["Endpoint"]}

    def proxyDefaultTargetGroup(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        (found,) = self.rds.describe_db_proxy_target_groups(DBProxyName=inputs["dbProxyName"])["TargetGroups"]
        return name, {"name": found["TargetGroupName"]}

    def proxyTarget(self, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self.rds.register_db_proxy_targets(
            DBProxyName=inputs["dbProxyName"],
            TargetGroupName=inputs["targetGroupName"],
            DBInstanceIdentifiers=[inputs["dbInstanceIdentifier"]],
        )
        return name, {}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """One simulated account for all tests. Their resources have different names."""
    with mock_aws():
        yield Aws()


def database(aws: Aws, name: str, **changes: Any) -> RdsPostgres:
    args = {
        "identifier": name,
        "engine_version": "17.6",
        "instance_class": "db.t4g.medium",
        "vpc_id": aws.vpc,
        "subnet_ids": aws.subnets,
        "public": True,
    }
    return RdsPostgres(name, changed(args, changes))  # type: ignore[arg-type]


def deployed(aws: Aws, name: str, **changes: Any) -> Run:
    return deploy(lambda: database(aws, name, **changes).origin, answers=aws)


CAPACITY: dict[str, Any] = {"instance_class": ..., "min_capacity": 0.5, "max_capacity": 4}


def forced(found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(entry["ParameterName"], entry["ParameterValue"], entry["ApplyMethod"]) for entry in found]


def test_an_instance_has_the_requested_values(aws: Aws) -> None:
    run = deployed(aws, "single", allocated_storage=50, backup_days=14)
    (found,) = aws.rds.describe_db_instances(DBInstanceIdentifier="single")["DBInstances"]
    assert run.exports["host"].value == found["Endpoint"]["Address"]
    assert found["StorageEncrypted"]
    assert found["DeletionProtection"]
    assert found["PubliclyAccessible"]
    assert found["CopyTagsToSnapshot"]
    assert (found["BackupRetentionPeriod"], found["AllocatedStorage"]) == (14, 50)
    assert found["StorageType"] == "gp3"
    assert found["DBSubnetGroup"]["VpcId"] == aws.vpc
    assert found["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"


def test_the_parameter_group_requires_tls(aws: Aws) -> None:
    deployed(aws, "forced")
    (found,) = aws.rds.describe_db_instances(DBInstanceIdentifier="forced")["DBInstances"]
    (group,) = found["DBParameterGroups"]
    read = aws.rds.describe_db_parameters(DBParameterGroupName=group["DBParameterGroupName"])
    assert forced(read["Parameters"]) == [TLS_ONLY]


def test_only_cloudflare_can_connect_through_the_security_group(aws: Aws) -> None:
    deployed(aws, "reached")
    (found,) = aws.rds.describe_db_instances(DBInstanceIdentifier="reached")["DBInstances"]
    (group,) = found["VpcSecurityGroups"]
    opened = [rule.get("cidrIpv4") or rule["cidrIpv6"] for rule in aws.rules[group["VpcSecurityGroupId"]]]
    assert sorted(opened) == ["173.245.48.0/20", "2400:cb00::/32"]


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_a_protected_database_is_not_deleted(aws: Aws, kind: str) -> None:
    name = f"protected-{kind}"
    deployed(aws, name, **(CAPACITY if kind == "cluster" else {}))
    delete = getattr(aws.rds, f"delete_db_{kind}")
    identifier = "DBInstanceIdentifier" if kind == "instance" else "DBClusterIdentifier"
    with pytest.raises(aws.rds.exceptions.ClientError, match="protect"):
        delete(**{identifier: name, "SkipFinalSnapshot": True})


def test_aurora_has_the_requested_values(aws: Aws) -> None:
    run = deployed(aws, "elastic", **CAPACITY)
    (found,) = aws.rds.describe_db_clusters(DBClusterIdentifier="elastic")["DBClusters"]
    assert run.exports["host"].value == found["Endpoint"]
    assert found["StorageEncrypted"]
    assert found["DeletionProtection"]
    assert found["BackupRetentionPeriod"] == 7
    assert found["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 4.0}
    assert [member["DBInstanceIdentifier"] for member in found["DBClusterMembers"]] == ["elastic-writer"]
    read = aws.rds.describe_db_cluster_parameters(DBClusterParameterGroupName=found["DBClusterParameterGroup"])
    assert forced(read["Parameters"]) == [TLS_ONLY]
    (writer,) = aws.rds.describe_db_instances(DBInstanceIdentifier="elastic-writer")["DBInstances"]
    assert (writer["DBInstanceClass"], writer["PubliclyAccessible"]) == ("db.serverless", True)


@pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])
def test_the_password_that_aws_creates_is_read(aws: Aws, kind: dict[str, Any]) -> None:
    # moto's managed password is always the same.
    name = "managed-aurora" if kind else "managed"
    run = deployed(aws, name, **kind, managed_password=True, rotation_sync="a schedule in CI")
    assert (run.exports["password"].value, run.exports["password"].secret) == ("P@55w0rd!", True)


def test_a_proxy_refers_to_its_database_secret_and_role(aws: Aws) -> None:
    def program() -> Any:
        found = database(aws, "shop", public=...)
        return RdsProxy(
            "pool",
            {
                "proxy_name": "pool",
                "vpc_id": aws.vpc,
                "subnet_ids": aws.subnets,
                "database_security_group_id": found.security_group_id,
                "instance_identifier": found.instance_identifier,
                "user": found.user,
                "password": found.password,
            },
        ).origin

    run = deploy(program, answers=aws)
    (proxy,) = aws.rds.describe_db_proxies(DBProxyName="pool")["DBProxies"]
    (target,) = aws.rds.describe_db_proxy_targets(DBProxyName="pool")["Targets"]
    assert run.exports["host"].value == proxy["Endpoint"]
    assert proxy["RequireTLS"]
    assert target["RdsResourceId"] == "shop"
    kept = aws.secrets.get_secret_value(SecretId=proxy["Auth"][0]["SecretArn"])["SecretString"]
    assert json.loads(kept) == {"username": "app", "password": "Hc7xWq2LmT9vBn4R"}
    policy = aws.iam.get_role_policy(RoleName=proxy["RoleArn"].rpartition("/")[2], PolicyName="pool-policy")
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == proxy["Auth"][0]["SecretArn"]


def test_an_invalid_reference_fails(aws: Aws) -> None:
    # The tests above rely on this: an invalid reference fails.
    with pytest.raises(Exception, match="subnet-0a"):
        deployed(aws, "lost", subnet_ids=["subnet-0a", "subnet-0b"])
