"""`RdsProxy`: the connection pooler of AWS in front of a database on RDS."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, gather_list, or_default
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name, logical_name
from edge_postgres.origins.rds.context import PORT, AwsContext
from edge_postgres.origins.rds.network_rules import validate_subnets
from edge_postgres.origins.rds.proxy_parts import (
    Target,
    create_credentials_secret,
    create_database_rules,
    create_secret_reader_role,
    create_target,
)
from edge_postgres.origins.rds.rules import validate_identifier


class RdsProxyArgs(TypedDict):
    """Arguments of RdsProxy. Most of them are outputs of an RdsPostgres or of an existing database."""

    vpc_id: pulumi.Input[str]
    """ID of the VPC of the database."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """IDs of subnets of `vpc_id` in at least two availability zones."""
    database_security_group_id: pulumi.Input[str]
    """ID of the security group of the database, which gets an ingress rule for the proxy."""
    user: pulumi.Input[str]
    """Role that the proxy authenticates as."""
    password: pulumi.Input[str]
    """Password of `user`, a secret. The component copies the password to Secrets Manager."""
    database: NotRequired[pulumi.Input[str | None]]
    """Name of the database. Default: `app`."""
    instance_identifier: NotRequired[pulumi.Input[str | None]]
    """Name of the instance at RDS. Required for an instance. Cannot be combined with `cluster_identifier`."""
    cluster_identifier: NotRequired[pulumi.Input[str | None]]
    """Name of the cluster at RDS. Required for Aurora. Both outputs of RdsPostgres can be set, because one output is
    None."""
    proxy_name: NotRequired[pulumi.Input[str | None]]
    """Name of the proxy at RDS. Default: `<project>-<stack>-<name>`."""
    region: NotRequired[pulumi.Input[str | None]]
    """Region of all created resources. Default: the region of the provider."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]] | None]]
    """Tags of all created resources."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`proxy`, `target_group`, `target`, `secret`, `secret_version`, `role`, `role_policy`,
    `security_group`, `egress_rule`, `ingress_rule`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "proxy": lambda: aws.rds.Proxy,
    "target_group": lambda: aws.rds.ProxyDefaultTargetGroup,
    "target": lambda: aws.rds.ProxyTarget,
    "secret": lambda: aws.secretsmanager.Secret,
    "secret_version": lambda: aws.secretsmanager.SecretVersion,
    "role": lambda: aws.iam.Role,
    "role_policy": lambda: aws.iam.RolePolicy,
    "security_group": lambda: aws.ec2.SecurityGroup,
    "egress_rule": lambda: aws.vpc.SecurityGroupEgressRule,
    "ingress_rule": lambda: aws.vpc.SecurityGroupIngressRule,
}


class RdsProxy(pulumi.ComponentResource):
    """An RDS Proxy in front of one instance or cluster, as an origin.

    Creates a secret with user and password, and a role that may read only this secret. Creates a security group, the
    two rules that let the proxy connect to the database, the proxy (TLS required), its target group and its target.

    Rejects unknown arguments, fewer than two subnets, and a name that RDS rejects. Requires exactly one of instance and
    cluster. Hyperdrive rejects the origin of this component, because an RDS Proxy is a second pooler and has no address
    outside of its VPC. Use an RDS Proxy for clients in the VPC. No other component creates an RDS Proxy.

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
    """Host name of the proxy, which resolves to private addresses."""
    port: pulumi.Output[float]
    """TCP port."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that clients authenticate as."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`. The proxy accepts no connection without TLS."""
    security_group_id: pulumi.Output[str]
    """ID of the security group of the proxy. Add an ingress rule to it for each client."""

    origin: PostgresOrigin
    """The proxy as an origin, for consumers in the VPC."""

    def __init__(self, name: str, args: RdsProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:RdsProxy", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, RdsProxyArgs, subject=subject)
        target = apply_inputs(
            (args.get("instance_identifier"), args.get("cluster_identifier")),
            lambda instance, cluster: validate_target(instance, cluster, subject=f"{subject}.instance_identifier"),
        )
        subnets = apply_input(
            gather_list(args["subnet_ids"]), lambda ids: validate_subnets(ids, subject=f"{subject}.subnet_ids")
        )
        proxy_name = apply_input(
            or_default(args.get("proxy_name"), default_name(name)),
            lambda text: validate_identifier(text, subject=f"{subject}.proxy_name"),
        )
        password = pulumi.Output.secret(args["password"])

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        prefix = logical_name(proxy_name, name)
        context = AwsContext(prefix, proxy_name, args.get("region"), args.get("tags"), children)
        self.secret, self.secret_version = create_credentials_secret(context, args["user"], password)
        self.role, self.role_policy = create_secret_reader_role(context, self.secret)
        self.security_group = aws.ec2.SecurityGroup(
            f"{prefix}-security-group",
            name_prefix=context.name_prefix("proxy"),
            description="Who may connect to the proxy",
            vpc_id=args["vpc_id"],
            **context.common("security_group"),
        )
        self.egress_rule, self.ingress_rule = create_database_rules(
            context, self.security_group.id, args["database_security_group_id"]
        )
        self.proxy = aws.rds.Proxy(
            f"{prefix}-proxy",
            name=proxy_name,
            engine_family="POSTGRESQL",
            require_tls=True,
            role_arn=self.role.arn,
            auths=[
                {
                    "auth_scheme": "SECRETS",
                    "secret_arn": self.secret.arn,
                    "iam_auth": "DISABLED",
                    "client_password_auth_type": "POSTGRES_SCRAM_SHA_256",
                }
            ],
            vpc_subnet_ids=subnets,
            vpc_security_group_ids=[self.security_group.id],
            **context.common_after("proxy", self.role_policy, self.secret_version),
        )
        self.target_group, self.target = create_target(context, self.proxy, target)

        self.host = self.proxy.endpoint
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(or_default(args.get("database"), "app"))
        self.user = pulumi.Output.from_input(args["user"])
        self.password = with_dependencies(password, [self.target, self.egress_rule, self.ingress_rule])
        self.sslmode = pulumi.Output.from_input("require")
        self.security_group_id = self.security_group.id
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
        self.register_outputs({"host": self.host})


def validate_target(instance: str | None, cluster: str | None, *, subject: str) -> Target:
    """Returns the two identifiers, of which one is None.

    Raises:
        ValidationError: None or both of the identifiers are set.
    """
    if instance is None and cluster is None:
        raise ValidationError(
            subject,
            "is required if `cluster_identifier` is not set",
            "Set the identifier of the instance or of the cluster.",
        )
    if instance is not None and cluster is not None:
        raise ValidationError(
            subject, "cannot be combined with `cluster_identifier`", "Remove one of the two identifiers."
        )
    return {"instance": instance, "cluster": cluster}
