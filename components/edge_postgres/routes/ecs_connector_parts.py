"""Resources of `EcsConnector`: secret, execution role, log, security group rules, task definition."""

import json
import re

import pulumi
import pulumi_aws as aws

from edge_postgres.origins.rds.context import AwsContext
from edge_postgres.routes.connectors import READY, RUN, USER

_LOG_DAYS = 30
_CPU_UNITS = 256
_MEMORY_MIB = 512
"""CPU and memory of the smallest Fargate task."""
_ECR = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(?P<cn>\.cn)?|on\.aws)"
    r"/(?P<repository>[a-z0-9._/-]+)"
)
"""An image in a private repository of Amazon ECR."""
_TRUST = {  # Lets ECS assume the execution role.
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
# https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/tunnel-with-firewall/
# Read 2026-11-21. The tunnel uses port 7844 with both protocols. AWS and the image's registry use port 443. Each entry
# has a label, the protocol and the port.
_TO_CLOUDFLARE = (("https", "tcp", 443), ("tunnel-tcp", "tcp", 7844), ("tunnel-udp", "udp", 7844))


def create_token_secret(
    context: AwsContext, token: pulumi.Input[str]
) -> tuple[aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion]:
    """Creates the secret from which ECS reads the tunnel's token, and the version of the secret that has the token."""
    secret = aws.secretsmanager.Secret(
        f"{context.name}-secret",
        name=context.physical_name("tunnel-token"),
        description="Token of a Cloudflare tunnel",
        # The secret is a copy, so a deletion loses nothing. AWS blocks the name of a secret during its recovery window.
        recovery_window_in_days=0,
        **context.common("secret"),
    )
    version = aws.secretsmanager.SecretVersion(
        f"{context.name}-secret-version",
        secret_id=secret.id,
        secret_string=pulumi.Output.secret(token),
        region=context.region,
        opts=context.children.options("secret_version"),
    )
    return secret, version


def create_log_group(context: AwsContext) -> aws.cloudwatch.LogGroup:
    """Creates the log group of the connectors."""
    return aws.cloudwatch.LogGroup(
        f"{context.name}-log",
        name=context.physical_name("connector"),
        retention_in_days=_LOG_DAYS,
        **context.common("log_group"),
    )


def create_execution_role(
    context: AwsContext, secret: aws.secretsmanager.Secret, log: aws.cloudwatch.LogGroup, image: str
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Creates the role with which ECS starts a task, and the policy of this role. The task itself has no role.

    The role may pull the image if it is in a private repository of Amazon ECR.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html, read on
    2026-11-21.
    """
    allowed: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.concat(log.arn, ":*"),
        },
        *pull_statements(image),
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


def pull_statements(image: str) -> list[dict[str, object]]:
    """Returns the statements of a policy that allow to pull an image of Amazon ECR. Empty for other registries.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html, read on 2026-11-30.
    """
    found = _ECR.match(image)
    if not found:
        return []
    partition = "aws-cn" if found["cn"] else "aws-us-gov" if found["region"].startswith("us-gov-") else "aws"
    repository = f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/{found['repository']}"
    return [
        # A token is not for one repository, so AWS accepts no ARN.
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            "Resource": repository,
        },
    ]


def create_security_rules(
    context: AwsContext,
    group_id: pulumi.Input[str],
    port: pulumi.Input[int],
    database_group: pulumi.Input[str] | None,
) -> tuple[list[aws.vpc.SecurityGroupEgressRule], aws.vpc.SecurityGroupIngressRule | None]:
    """Creates the rules that allow connections from the connectors to Cloudflare, AWS and the database.

    If `database_group` is set, a rule in that group allows the connections of the connectors. Without this group, the
    connectors may connect to the port of the database at every address.
    """
    egress_rules = [
        aws.vpc.SecurityGroupEgressRule(
            f"{context.name}-to-{label}",
            security_group_id=group_id,
            ip_protocol=protocol,
            from_port=number,
            to_port=number,
            cidr_ipv4="0.0.0.0/0",
            **context.common("egress_rules"),
        )
        for label, protocol, number in _TO_CLOUDFLARE
    ]
    egress_rules.append(
        aws.vpc.SecurityGroupEgressRule(
            f"{context.name}-to-database",
            security_group_id=group_id,
            cidr_ipv4="0.0.0.0/0" if database_group is None else None,
            referenced_security_group_id=database_group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            **context.common("egress_rules"),
        )
    )
    if database_group is None:
        return egress_rules, None
    ingress_rule = aws.vpc.SecurityGroupIngressRule(
        f"{context.name}-into-database",
        security_group_id=database_group,
        referenced_security_group_id=group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        **context.common("ingress_rule"),
    )
    return egress_rules, ingress_rule


def create_task_definition(
    context: AwsContext,
    image: str,
    role: aws.iam.Role,
    secret: aws.secretsmanager.Secret,
    version: aws.secretsmanager.SecretVersion,
    log: aws.cloudwatch.LogGroup,
) -> aws.ecs.TaskDefinition:
    """Creates the ECS task definition of a connector.

    A second container starts when the connector is connected, and ends at once. ECS reports the task as running only
    when all of its containers have started. Without it, ECS would report the first tasks of a service before their
    tunnel is connected, and Hyperdrive would connect too early. Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html, and
    https://github.com/aws/amazon-ecs-agent/issues/2143. Both were read on 2026-11-30.

    Tasks read the token when they start. The definition contains the version of the secret, so that a new token creates
    a new definition and ECS replaces the tasks. Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html, read on 2026-11-21.
    """
    unprivileged = {
        "image": image,
        "user": USER,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    }
    connector = {
        **unprivileged,
        "name": "cloudflared",
        "essential": True,
        "command": list(RUN),
        "secrets": [
            {"name": "TUNNEL_TOKEN", "valueFrom": pulumi.Output.concat(secret.arn, ":::", version.version_id)},
        ],
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
    ready = {
        **unprivileged,
        "name": "ready",
        "essential": False,
        "command": ["version"],
        "dependsOn": [{"containerName": "cloudflared", "condition": "HEALTHY"}],
    }
    return aws.ecs.TaskDefinition(
        f"{context.name}-task",
        family=context.physical_name("connector"),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        cpu=str(_CPU_UNITS),
        memory=str(_MEMORY_MIB),
        execution_role_arn=role.arn,
        container_definitions=pulumi.Output.json_dumps([connector, ready]),
        **context.common("task_definition"),
    )
