"""Parts of an RDS Proxy: the secret with the credentials, the IAM role, the security group rules and the target."""

import json
from typing import TYPE_CHECKING, TypedDict

import pulumi
import pulumi_aws as aws

from edge_postgres.core.inputs import apply_input
from edge_postgres.origins.rds.context import PORT, AwsContext

if TYPE_CHECKING:
    from pulumi_aws.iam import Role, RolePolicy
    from pulumi_aws.rds import Proxy, ProxyDefaultTargetGroup, ProxyTarget
    from pulumi_aws.secretsmanager import Secret, SecretVersion
    from pulumi_aws.vpc import SecurityGroupEgressRule, SecurityGroupIngressRule

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
"""The trust policy of an IAM role that RDS may assume."""
_MAX_CONNECTIONS_PERCENT = 90
"""Percentage of the database's connections that the proxy may use.

Clients that connect without the proxy, such as migrations and dashboards, use the other connections.
"""


class Target(TypedDict):
    """The identifier of the database behind a proxy. Either the instance or the cluster is None."""

    instance: str | None
    cluster: str | None


def create_credentials_secret(
    context: AwsContext, user: pulumi.Input[str], password: pulumi.Output[str]
) -> "tuple[Secret, SecretVersion]":
    """Creates the secret from which the proxy reads user and password. Returns the secret and its version."""
    secret = aws.secretsmanager.Secret(
        f"{context.name}-secret",
        name=context.physical_name("credentials"),
        description="Credentials of the proxy",
        # The secret is a copy of the password. A recovery window would reserve the secret's name after the deletion.
        recovery_window_in_days=0,
        **context.common("secret"),
    )
    version = aws.secretsmanager.SecretVersion(
        f"{context.name}-secret-version",
        secret_id=secret.id,
        secret_string=pulumi.Output.json_dumps({"username": user, "password": password}),
        region=context.region,
        opts=context.children.options("secret_version"),
    )
    return secret, version


def create_secret_reader_role(context: AwsContext, secret: "Secret") -> "tuple[Role, RolePolicy]":
    """Creates an IAM role for the proxy, which may read and decrypt one secret. Returns the role and its policy.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html, read on 2026-11-21.
    """
    via_secrets_manager = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com*"}}
    allowed = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn},
        # The account's key for Secrets Manager has no ARN before its first use.
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": via_secrets_manager},
    ]
    role = aws.iam.Role(
        f"{context.name}-role",
        name_prefix=context.role_name_prefix,
        assume_role_policy=json.dumps(_TRUST),
        tags=context.tags,
        opts=context.children.options("role"),
    )
    policy = aws.iam.RolePolicy(
        f"{context.name}-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": allowed}),
        opts=context.children.options("role_policy"),
    )
    return role, policy


def create_database_rules(
    context: AwsContext, proxy_group: pulumi.Input[str], database_group: pulumi.Input[str]
) -> "tuple[SecurityGroupEgressRule, SecurityGroupIngressRule]":
    """Creates the two security group rules that let the proxy connect to the database."""
    common = {"ip_protocol": "tcp", "from_port": PORT, "to_port": PORT}
    return (
        aws.vpc.SecurityGroupEgressRule(
            f"{context.name}-to-database",
            security_group_id=proxy_group,
            referenced_security_group_id=database_group,
            **common,
            **context.common("egress_rule"),
        ),
        aws.vpc.SecurityGroupIngressRule(
            f"{context.name}-from-proxy",
            security_group_id=database_group,
            referenced_security_group_id=proxy_group,
            **common,
            **context.common("ingress_rule"),
        ),
    )


def create_target(
    context: AwsContext, proxy: "Proxy", target: pulumi.Input[Target]
) -> "tuple[ProxyDefaultTargetGroup, ProxyTarget]":
    """Configures the default target group of the proxy, and adds the database to it."""
    group = aws.rds.ProxyDefaultTargetGroup(
        f"{context.name}-target-group",
        db_proxy_name=proxy.name,
        connection_pool_config={"max_connections_percent": _MAX_CONNECTIONS_PERCENT},
        region=context.region,
        opts=context.children.options("target_group"),
    )
    created = aws.rds.ProxyTarget(
        f"{context.name}-target",
        db_proxy_name=proxy.name,
        target_group_name=group.name,
        db_instance_identifier=apply_input(target, lambda known: known["instance"]),
        db_cluster_identifier=apply_input(target, lambda known: known["cluster"]),
        region=context.region,
        opts=context.children.options("target"),
    )
    return group, created
