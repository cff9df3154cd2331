"""`EcsConnector`: connectors of a tunnel as tasks of ECS, in the network of a database on AWS."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws

from edge_postgres.core.args import read_fields, subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, gather_list, or_default, reject_none, require_value
from edge_postgres.core.numbers import to_int
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import READABLE, PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name, logical_name
from edge_postgres.origins.rds.context import PORT, AwsContext
from edge_postgres.origins.rds.network_rules import validate_group_prefix
from edge_postgres.routes.connectors import IMAGE, TASKS, validate_image, validate_tasks, validate_token
from edge_postgres.routes.ecs_connector_parts import (
    create_execution_role,
    create_log_group,
    create_security_rules,
    create_task_definition,
    create_token_secret,
)


class EcsConnectorArgs(TypedDict):
    """Arguments of EcsConnector."""

    origin: pulumi.Input[PostgresOrigin]
    """The output `origin` of the route. The connector's own output `origin` has the same values, and its password
    resolves when the connectors are connected."""
    tunnel_token: pulumi.Input[str | None]
    """The output `tunnel_token` of the route. The component always treats the token as a secret and copies it to AWS
    Secrets Manager."""
    vpc_id: pulumi.Input[str]
    """ID of the database's VPC."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """IDs of subnets in the VPC with a route to the Internet: through a NAT gateway, or through an internet gateway
    together with `public_ip`."""
    database_security_group_id: NotRequired[pulumi.Input[str | None]]
    """ID of the database's security group, in which the component creates a rule for the connectors. Without this
    argument, allow connections from the output `security_group_id` yourself."""
    port: NotRequired[pulumi.Input[float | None]]
    """TCP port of the database. Default: 5432."""
    public_ip: NotRequired[bool]
    """True gives each task a public address, for subnets without a NAT gateway. The security group rejects all incoming
    connections. Default: false."""
    tasks: NotRequired[pulumi.Input[float | None]]
    """Number of connectors that run at the same time. Default: 2."""
    image: NotRequired[str]
    """Image of `cloudflared` with a digest, or with a version other than `latest`. The tasks may pull it from a private
    repository of Amazon ECR, and from public registries. Default: a version that each release of edge-postgres sets."""
    cluster_arn: NotRequired[pulumi.Input[str | None]]
    """ARN of the ECS cluster that runs the tasks. Default: the component creates a cluster."""
    connector_name: NotRequired[pulumi.Input[str | None]]
    """Prefix of the names of all created resources at AWS. Default: `<project>-<stack>-<name>`."""
    region: NotRequired[pulumi.Input[str | None]]
    """Region of all created resources. Default: the region of the provider."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]] | None]]
    """Tags of all created resources."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`service`, `task_definition`, `cluster`, `secret`, `secret_version`, `log_group`, `role`,
    `role_policy`, `security_group`, `egress_rules`, `ingress_rule`): arguments of the child that replace those of the
    component."""


CHILDREN: ChildClasses = {
    "service": lambda: aws.ecs.Service,
    "task_definition": lambda: aws.ecs.TaskDefinition,
    "cluster": lambda: aws.ecs.Cluster,
    "secret": lambda: aws.secretsmanager.Secret,
    "secret_version": lambda: aws.secretsmanager.SecretVersion,
    "log_group": lambda: aws.cloudwatch.LogGroup,
    "role": lambda: aws.iam.Role,
    "role_policy": lambda: aws.iam.RolePolicy,
    "security_group": lambda: aws.ec2.SecurityGroup,
    "egress_rules": lambda: aws.vpc.SecurityGroupEgressRule,
    "ingress_rule": lambda: aws.vpc.SecurityGroupIngressRule,
}


class EcsConnector(pulumi.ComponentResource):
    """Connectors of a network route as Fargate tasks, in the network of a database on AWS.

    Creates a secret with the tunnel's token, and a role that may only read this secret and write to one log. Creates a
    security group that rejects all incoming connections. It allows outgoing ones to the database, and on the ports 443
    (AWS and the image's registry) and 7844 (Cloudflare). Creates a rule in the database's security group if
    `database_security_group_id` is set. Creates a task definition (no root user, no writable files, no capabilities), a
    cluster unless `cluster_arn` is set, and a service. The service is ready when its tasks are connected.

    Rejects unknown arguments, a tunnel without a token (an existing tunnel already has connectors), an image without
    a fixed version, and fewer than one task.

    Example::

        route = VpcServiceRoute("main", {"account_id": account_id, "origin": existing.origin})
        connector = EcsConnector("main", {
            "origin": route.origin,
            "tunnel_token": route.tunnel_token,
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f607182a"],
            "database_security_group_id": "sg-0a1b2c3d4e5f60718",
        })
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": connector.origin,
            "connection_limit": 20,
            "caching": {"disabled": True},
        })
    """

    security_group_id: pulumi.Output[str]
    """ID of the connectors' security group, for a rule in the database's security group."""
    service_arn: pulumi.Output[str]
    """ARN of the ECS service."""
    password: pulumi.Output[str]
    """Password of the database's role, a secret. Resources that use the password wait until the connectors are
    connected."""

    origin: PostgresOrigin
    """Origin of the route. Resources that use this origin wait until the connectors are connected."""

    def __init__(self, name: str, args: EcsConnectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:EcsConnector", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, EcsConnectorArgs, subject=subject)
        origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        token = apply_input(
            args["tunnel_token"], lambda token: validate_token(token, subject=f"{subject}.tunnel_token")
        )
        image = validate_image(args.get("image", IMAGE), subject=f"{subject}.image")
        tasks = apply_input(
            or_default(args.get("tasks"), TASKS), lambda tasks: validate_tasks(tasks, subject=f"{subject}.tasks")
        )
        port = apply_input(
            args.get("port"), lambda port: PORT if port is None else to_int(port, subject=f"{subject}.port")
        )

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        connector_name = apply_input(
            or_default(args.get("connector_name"), default_name(name)),
            lambda prefix: validate_group_prefix(prefix, subject=f"{subject}.connector_name"),
        )
        prefix = logical_name(connector_name, name)
        context = AwsContext(f"{prefix}-connector", connector_name, args.get("region"), args.get("tags"), children)
        self.secret, self.secret_version = create_token_secret(context, token)
        self.log_group = create_log_group(context)
        self.role, self.role_policy = create_execution_role(context, self.secret, self.log_group, image)
        self.security_group = aws.ec2.SecurityGroup(
            f"{context.name}-security-group",
            name_prefix=context.name_prefix("connector"),
            description="Connectors of a Cloudflare tunnel; nobody connects to them",
            vpc_id=args["vpc_id"],
            **context.common("security_group"),
        )
        database_group = reject_none(
            args.get("database_security_group_id"), subject=f"{subject}.database_security_group_id"
        )
        self.egress_rules, self.ingress_rule = create_security_rules(
            context, self.security_group.id, port, database_group
        )
        rules = [*self.egress_rules, *([self.ingress_rule] if self.ingress_rule else [])]
        self.task_definition = create_task_definition(
            context, image, self.role, self.secret, self.secret_version, self.log_group
        )
        self.cluster = None if "cluster_arn" in args else create_cluster(context)
        self.service = aws.ecs.Service(
            f"{context.name}-service",
            name=context.physical_name("connector"),
            cluster=self.cluster.arn
            if self.cluster
            else require_value(args["cluster_arn"], subject=f"{subject}.cluster_arn"),
            task_definition=self.task_definition.arn,
            desired_count=tasks,
            launch_type="FARGATE",
            network_configuration={
                "subnets": gather_list(args["subnet_ids"]),
                "security_groups": [self.security_group.id],
                "assign_public_ip": args.get("public_ip", False),
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            **context.common_after("service", self.role_policy, *rules),
        )

        self._ready: list[pulumi.Resource] = [self.service]
        self.security_group_id = self.security_group.id
        self.service_arn = self.service.arn
        self.origin = self.route_origin(origin)
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.register_outputs({})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the given origin with a password that resolves once the connectors are connected.

        The address does not change. The origin must be of the same database, but can have another role.
        """
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        return cast(PostgresOrigin, {**origin, "password": password})


def create_cluster(context: AwsContext) -> aws.ecs.Cluster:
    """Creates an ECS cluster that runs only the connectors."""
    return aws.ecs.Cluster(
        f"{context.name}-cluster", name=context.physical_name("connector"), **context.common("cluster")
    )
