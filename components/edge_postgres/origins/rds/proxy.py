"""`RdsProxy`: AWS's connection pooler in front of a database on RDS."""

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origins.rds.args import gathered
from edge_postgres.origins.rds.network import PORT, Site
from edge_postgres.origins.rds.rules import validate_identifier, validate_subnets

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
_SHARE_PERCENT = 90
"""Of the database's connections; the rest is for whoever connects past the proxy, a migration or a dashboard."""


class RdsProxyArgs(TypedDict):
    """Arguments of RdsProxy: the values that RdsPostgres yields."""

    vpc_id: pulumi.Input[str]
    """The VPC of the database."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets of that VPC in at least two availability zones."""
    database_security_group_id: pulumi.Input[str]
    """Security group of the database, which gets a rule for the proxy."""
    user: pulumi.Input[str]
    """Role that the proxy signs in as."""
    password: pulumi.Input[str]
    """Password of that role; becomes a secret if it is none, and is copied to Secrets Manager."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database, `app` where it is left out."""
    instance_identifier: NotRequired[pulumi.Input[str | None]]
    """What RDS calls the instance behind the proxy."""
    cluster_identifier: NotRequired[pulumi.Input[str | None]]
    """What RDS calls the Aurora cluster behind the proxy, in the place of an instance. Of what a database yields, both
    can be given: one of them is nothing."""
    proxy_name: NotRequired[pulumi.Input[str]]
    """What RDS calls the proxy; the component's name where it is left out."""
    region: NotRequired[pulumi.Input[str]]
    """Region of everything that is made; the provider's where it is left out."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags of everything that is made."""


class RdsProxy(pulumi.ComponentResource):
    """An RDS Proxy in front of one instance or cluster, as an origin.

    Creates a secret with user and password, a role that may read this secret and nothing else, a security group with
    a rule from the proxy to the database, the proxy (TLS required), its target group and its target.

    Refuses an argument it does not know, an instance and a cluster together, and neither. Hyperdrive refuses its
    origin: a proxy is a second pooler, and it has no address outside of its VPC. It is for clients within the VPC, and
    no other component makes one.

    Example::

        proxy = RdsProxy("pool", {
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f607182a"],
            "database_security_group_id": "sg-0a1b2c3d4e5f60718",
            "instance_identifier": "shop",
            "user": existing.user,
            "password": existing.password,
        })
    """

    host: pulumi.Output[str]
    """Host name of the proxy; it resolves to private addresses."""
    port: pulumi.Output[float]
    """TCP port."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`: the proxy takes nothing else."""
    security_group_id: pulumi.Output[str]
    """Security group of the proxy; a rule in it lets a client in."""

    origin: PostgresOrigin
    """All of it, for a consumer that can reach it."""

    def __init__(self, name: str, args: RdsProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:RdsProxy", name, {}, opts)
        args = validated_args(args, RdsProxyArgs, subject=name)
        identifiers = {key: args.get(f"{key}_identifier") for key in ("instance", "cluster")}
        behind = apply_inputs(
            identifiers, lambda known: validate_target(subject=f"{name}.instance_identifier", **known)
        )
        subnets = apply_input(
            gathered(args["subnet_ids"]), lambda ids: validate_subnets(ids, subject=f"{name}.subnet_ids")
        )
        called = apply_input(
            args.get("proxy_name", name), lambda word: validate_identifier(word, subject=f"{name}.proxy_name")
        )
        password = pulumi.Output.secret(args["password"])

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        site = Site(name, called, args.get("region"), args.get("tags"), children)
        secret, version = kept_secret(site, args["user"], password)
        role, policy = reading_role(site, secret)
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            name_prefix=site.begun("proxy"),
            description="Who may connect to the proxy",
            vpc_id=args["vpc_id"],
            **site.common,
        )
        way = way_to_database(site, group.id, args["database_security_group_id"])
        proxy = aws.rds.Proxy(
            f"{name}-proxy",
            name=called,
            engine_family="POSTGRESQL",
            require_tls=True,
            role_arn=role.arn,
            auths=[
                {
                    "auth_scheme": "SECRETS",
                    "secret_arn": secret.arn,
                    "iam_auth": "DISABLED",
                    "client_password_auth_type": "POSTGRES_SCRAM_SHA_256",
                }
            ],
            vpc_subnet_ids=subnets,
            vpc_security_group_ids=[group.id],
            **site.after(policy, version),
        )
        target = targeted(site, proxy, behind)

        self.host = proxy.endpoint
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(args.get("database", "app"))
        self.user = pulumi.Output.from_input(args["user"])
        self.password = with_dependencies(password, [target, *way])
        self.sslmode = pulumi.Output.from_input("require")
        self.security_group_id = group.id
        self.origin = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
            "sslmode": self.sslmode,
            "endpoint": "pooled",
            "reach": "private",
        }
        self.register_outputs({})


def validate_target(instance: str | None, cluster: str | None, *, subject: str) -> dict[str, str | None]:
    """The one database behind the proxy."""
    if (instance is None) == (cluster is None):
        raise ValidationError(
            subject,
            "is not given, and neither is `cluster_identifier`" if instance is None else "stands beside a cluster",
            "Name one of them.",
        )
    return {"instance": instance, "cluster": cluster}


def kept_secret(site: Site, user: pulumi.Input[str], password: pulumi.Output[str]) -> tuple[Any, Any]:
    """User and password where the proxy reads them."""
    secret = aws.secretsmanager.Secret(
        f"{site.name}-secret",
        name=site.called("credentials"),
        description="What the proxy signs in with",
        # A copy: nothing is lost with it, and a name that waits for its deletion cannot be taken again.
        recovery_window_in_days=0,
        **site.common,
    )
    version = aws.secretsmanager.SecretVersion(
        f"{site.name}-secret-version",
        secret_id=secret.id,
        secret_string=pulumi.Output.json_dumps({"username": user, "password": password}),
        region=site.region,
        opts=site.options,
    )
    return secret, version


def reading_role(site: Site, secret: Any) -> tuple[Any, Any]:
    """A role for the proxy, and what it may do: read one secret, and decrypt what Secrets Manager hands out.

    After https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html, read 2026-11-21.
    """
    via_secrets_manager = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com*"}}
    allowed = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn},
        # The key is the account's own for Secrets Manager, which has no address before it is first used.
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": via_secrets_manager},
    ]
    role = aws.iam.Role(f"{site.name}-role", assume_role_policy=json.dumps(_TRUST), tags=site.tags, opts=site.options)
    policy = aws.iam.RolePolicy(
        f"{site.name}-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": allowed}),
        opts=site.options,
    )
    return role, policy


def way_to_database(site: Site, proxy_group: pulumi.Input[str], database_group: pulumi.Input[str]) -> list[Any]:
    """The two rules that let the proxy through to the database."""
    common = {"ip_protocol": "tcp", "from_port": PORT, "to_port": PORT, **site.common}
    return [
        aws.vpc.SecurityGroupEgressRule(
            f"{site.name}-to-database",
            security_group_id=proxy_group,
            referenced_security_group_id=database_group,
            **common,
        ),
        aws.vpc.SecurityGroupIngressRule(
            f"{site.name}-from-proxy",
            security_group_id=database_group,
            referenced_security_group_id=proxy_group,
            **common,
        ),
    ]


def targeted(site: Site, proxy: Any, behind: Any) -> Any:
    """The target group that every proxy has, with our share, and the database in it."""
    group = aws.rds.ProxyDefaultTargetGroup(
        f"{site.name}-target-group",
        db_proxy_name=proxy.name,
        connection_pool_config={"max_connections_percent": _SHARE_PERCENT},
        region=site.region,
        opts=site.options,
    )
    return aws.rds.ProxyTarget(
        f"{site.name}-target",
        db_proxy_name=proxy.name,
        target_group_name=group.name,
        db_instance_identifier=apply_input(behind, itemgetter("instance")),
        db_cluster_identifier=apply_input(behind, itemgetter("cluster")),
        region=site.region,
        opts=site.options,
    )
