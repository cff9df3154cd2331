"""Resources of `EcsConnector`: secret, execution role, log, security group rules, task definition."""

import json

import pulumi
import pulumi_aws as aws

from edge_postgres.origins.rds.context import RdsContext
from edge_postgres.routes.connectors import READY, RUN, USER

_LOG_DAYS = 30
_CPU_UNITS = 256
_MEMORY_MIB = 512
"""CPU and memory of the smallest Fargate task."""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
# https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/tunnel-with-firewall/
# (7844 with both protocols). AWS and the image's registry use 443. Read 2026-11-21.
_TO_CLOUDFLARE = (("https", "tcp", 443), ("tunnel-tcp", "tcp", 7844), ("tunnel-udp", "udp", 7844))


def create_token_secret(
    site: RdsContext, token: pulumi.Input[str]
) -> tuple[aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion]:
    """Creates the secret from which ECS reads the token, and its value."""
    secret = aws.secretsmanager.Secret(
        f"{site.name}-secret",
        name=site.physical_name("tunnel-token"),
        description="Token of a Cloudflare tunnel",
        # It is a copy, so a deletion loses nothing. A name in its recovery window could not be used again.
        recovery_window_in_days=0,
        **site.common,
    )
    version = aws.secretsmanager.SecretVersion(
        f"{site.name}-secret-version",
        secret_id=secret.id,
        secret_string=pulumi.Output.secret(token),
        region=site.region,
        opts=site.options,
    )
    return secret, version


def create_log_group(site: RdsContext) -> aws.cloudwatch.LogGroup:
    """Creates the log of the connectors."""
    return aws.cloudwatch.LogGroup(
        f"{site.name}-log", name=site.physical_name("connector"), retention_in_days=_LOG_DAYS, **site.common
    )


def create_execution_role(
    site: RdsContext, secret: aws.secretsmanager.Secret, log: aws.cloudwatch.LogGroup
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Creates the role with which ECS starts a task, and its policy. The task itself has no role.

    After https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html, read 2026-11-21.
    """
    allowed: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.concat(log.arn, ":*"),
        },
    ]
    role = aws.iam.Role(f"{site.name}-role", assume_role_policy=json.dumps(_TRUST), tags=site.tags, opts=site.options)
    policy = aws.iam.RolePolicy(
        f"{site.name}-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": allowed}),
        opts=site.options,
    )
    return role, policy


def create_security_rules(
    site: RdsContext,
    group_id: pulumi.Input[str],
    port: pulumi.Input[int],
    database_group: pulumi.Input[str] | None,
) -> list[pulumi.Resource]:
    """Creates the rules from the connectors to Cloudflare and to the database, and the database's rule for them."""
    rules: list[pulumi.Resource] = [
        aws.vpc.SecurityGroupEgressRule(
            f"{site.name}-to-{label}",
            security_group_id=group_id,
            ip_protocol=protocol,
            from_port=number,
            to_port=number,
            cidr_ipv4="0.0.0.0/0",
            **site.common,
        )
        for label, protocol, number in _TO_CLOUDFLARE
    ]
    rules.append(
        aws.vpc.SecurityGroupEgressRule(
            f"{site.name}-to-database",
            security_group_id=group_id,
            cidr_ipv4="0.0.0.0/0" if database_group is None else None,
            referenced_security_group_id=database_group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            **site.common,
        )
    )
    if database_group is not None:
        rules.append(
            aws.vpc.SecurityGroupIngressRule(
                f"{site.name}-into-database",
                security_group_id=database_group,
                referenced_security_group_id=group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                **site.common,
            )
        )
    return rules


def create_task_definition(
    site: RdsContext,
    image: str,
    role: aws.iam.Role,
    secret: aws.secretsmanager.Secret,
    version: aws.secretsmanager.SecretVersion,
    log: aws.cloudwatch.LogGroup,
) -> aws.ecs.TaskDefinition:
    """Creates the definition of one connector.

    Tasks read the token when they start. The definition names the version of the secret, so that a new token is a new
    definition and replaces the tasks.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html, read 2026-11-21.
    """
    container = {
        "name": "cloudflared",
        "image": image,
        "essential": True,
        "command": list(RUN),
        "secrets": [
            {"name": "TUNNEL_TOKEN", "valueFrom": pulumi.Output.concat(secret.arn, ":::", version.version_id)},
        ],
        "user": USER,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "healthCheck": {"command": ["CMD", *READY], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 30},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log.name,
                "awslogs-region": log.region,
                "awslogs-stream-prefix": "cloudflared",
            },
        },
    }
    return aws.ecs.TaskDefinition(
        f"{site.name}-task",
        family=site.physical_name("connector"),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        cpu=str(_CPU_UNITS),
        memory=str(_MEMORY_MIB),
        execution_role_arn=role.arn,
        container_definitions=pulumi.Output.json_dumps([container]),
        **site.common,
    )
