"""What `EcsConnector` is made of: the token's secret, the role, the log, the rules of the network, the task."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from edge_postgres.origins.rds.context import RdsContext
from edge_postgres.routes.connectors import READY, RUN, USER

_LOG_DAYS = 30
_CPU_UNITS = 256
_MEMORY_MIB = 512
"""The smallest task that Fargate has."""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
# https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/tunnel-with-firewall/
# (7844 with both protocols); 443 is for AWS itself and for the image's registry. Read 2026-11-21.
_TO_CLOUDFLARE = (("https", "tcp", 443), ("tunnel-tcp", "tcp", 7844), ("tunnel-udp", "udp", 7844))


def create_token_secret(site: RdsContext, token: pulumi.Input[str]) -> tuple[Any, Any]:
    """The token where ECS reads it."""
    secret = aws.secretsmanager.Secret(
        f"{site.name}-secret",
        name=site.physical_name("tunnel-token"),
        description="Token of a Cloudflare tunnel",
        # A copy: nothing is lost with it, and a name that waits for its deletion cannot be taken again.
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


def logs(site: RdsContext) -> Any:
    """Where the connectors write to."""
    return aws.cloudwatch.LogGroup(
        f"{site.name}-log", name=site.physical_name("connector"), retention_in_days=_LOG_DAYS, **site.common
    )


def reading_role(site: RdsContext, secret: Any, log: Any) -> tuple[Any, Any]:
    """The role that ECS starts a task with: it reads one secret and writes to one log. The task itself has none.

    After https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html, read 2026-11-21.
    """
    allowed = [
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


def way_out(site: RdsContext, group_id: pulumi.Input[str], port: pulumi.Input[int], database_group: Any) -> list[Any]:
    """The rules that let the connectors out to Cloudflare and to the database, and into its security group."""
    ways = [
        aws.vpc.SecurityGroupEgressRule(
            f"{site.name}-to-{word}",
            security_group_id=group_id,
            ip_protocol=protocol,
            from_port=number,
            to_port=number,
            cidr_ipv4="0.0.0.0/0",
            **site.common,
        )
        for word, protocol, number in _TO_CLOUDFLARE
    ]
    common = {"ip_protocol": "tcp", "from_port": port, "to_port": port, **site.common}
    there = {"cidr_ipv4": "0.0.0.0/0"} if database_group is None else {"referenced_security_group_id": database_group}
    ways.append(
        aws.vpc.SecurityGroupEgressRule(f"{site.name}-to-database", security_group_id=group_id, **there, **common)
    )
    if database_group is not None:
        ways.append(
            aws.vpc.SecurityGroupIngressRule(
                f"{site.name}-into-database",
                security_group_id=database_group,
                referenced_security_group_id=group_id,
                **common,
            )
        )
    return ways


def task(site: RdsContext, image: str, role: Any, secret: Any, version: Any, log: Any) -> Any:
    """One connector. A new token is a new version of the secret, and so a new definition: tasks read it at their start.

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
