"""`EcsConnector`: connectors of a tunnel as tasks of ECS, in the network of a database on AWS."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input, gather_list
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origins.rds.context import PORT, RdsContext
from edge_postgres.routes.connectors import IMAGE, TASKS, validate_image, validate_tasks, validate_token
from edge_postgres.routes.ecs_connector_parts import create_token_secret, logs, reading_role, task, way_out


class EcsConnectorArgs(TypedDict):
    """Arguments of EcsConnector."""

    origin: PostgresOrigin
    """What the route yields; whoever takes this connector's own waits until it is connected."""
    tunnel_token: pulumi.Input[str | None]
    """What the route yields; becomes a secret if it is none, and is copied to Secrets Manager."""
    vpc_id: pulumi.Input[str]
    """The VPC of the database."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets of that VPC whose routes lead to the Internet: through a NAT gateway, or an internet gateway with
    `public_ip`."""
    database_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the database, which gets a rule for the connectors. Where it is left out, you let in
    `security_group_id`."""
    port: NotRequired[pulumi.Input[float]]
    """TCP port of the database, 5432 where it is left out."""
    public_ip: NotRequired[bool]
    """True gives each task a public address, for subnets without a NAT gateway. Nobody can connect to it."""
    tasks: NotRequired[pulumi.Input[float]]
    """Connectors that run at the same time, 2 where it is left out."""
    image: NotRequired[str]
    """Image of `cloudflared`, with its version."""
    cluster_arn: NotRequired[pulumi.Input[str]]
    """ECS cluster of the tasks; one is made where it is left out."""
    connector_name: NotRequired[pulumi.Input[str]]
    """Beginning of all names at AWS; the component's name where it is left out."""
    region: NotRequired[pulumi.Input[str]]
    """Region of everything that is made; the provider's where it is left out."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags of everything that is made."""


class EcsConnector(pulumi.ComponentResource):
    """Connectors of a private route as Fargate tasks, in the network of a database on AWS.

    Creates a secret with the tunnel's token, a role that may read this secret and write to one log and nothing else, a
    security group that nobody can connect to and that lets out to Cloudflare (443, 7844) and the database, a rule that
    lets it into the database's security group, a task definition (no root, nothing writable, no capabilities), a
    cluster unless one is given, and a service that counts as made when its tasks are connected.

    Refuses an argument it does not know, a tunnel without a token (one that was given to the route has connectors
    already), an image without a version, and less than one task.

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
    """Security group of the connectors; a rule in the database's group lets it in."""
    service_arn: pulumi.Output[str]
    """The ECS service."""
    password: pulumi.Output[str]
    """Password of the database's role, a secret; its readers wait until the connectors are connected."""

    origin: PostgresOrigin
    """The route's origin, once the connectors are connected."""

    def __init__(self, name: str, args: EcsConnectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:EcsConnector", name, {}, opts)
        args = validated_args(args, EcsConnectorArgs, subject=name)
        origin = validated_args(args["origin"], PostgresOrigin, subject=f"{name}.origin")
        token = apply_input(args["tunnel_token"], lambda token: validate_token(token, subject=f"{name}.tunnel_token"))
        image = validate_image(args.get("image", IMAGE), subject=f"{name}.image")
        tasks = apply_input(args.get("tasks", TASKS), lambda tasks: validate_tasks(tasks, subject=f"{name}.tasks"))
        port = apply_input(args.get("port", PORT), lambda port: to_int(port, subject=f"{name}.port"))

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        called = args.get("connector_name", name)
        site = RdsContext(f"{name}-connector", called, args.get("region"), args.get("tags"), children)
        secret, version = create_token_secret(site, token)
        log = logs(site)
        role, policy = reading_role(site, secret, log)
        group = aws.ec2.SecurityGroup(
            f"{site.name}-security-group",
            name_prefix=site.name_prefix("connector"),
            description="Connectors of a Cloudflare tunnel; nobody connects to them",
            vpc_id=args["vpc_id"],
            **site.common,
        )
        ways = way_out(site, group.id, port, args.get("database_security_group_id"))
        definition = task(site, image, role, secret, version, log)
        service = aws.ecs.Service(
            f"{site.name}-service",
            name=site.physical_name("connector"),
            cluster=args["cluster_arn"] if "cluster_arn" in args else own_cluster(site),
            task_definition=definition.arn,
            desired_count=tasks,
            launch_type="FARGATE",
            network_configuration={
                "subnets": gather_list(args["subnet_ids"]),
                "security_groups": [group.id],
                "assign_public_ip": args.get("public_ip", False),
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            **site.common_after(policy, *ways),
        )

        self._ready: list[pulumi.Resource] = [service]
        self.security_group_id = group.id
        self.service_arn = service.arn
        self.origin = self.route_origin(origin)
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.register_outputs({})

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """An origin behind the same route, once the connectors are connected: that of another role, for one."""
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(origin["password"]), self._ready)
        return cast(PostgresOrigin, {**origin, "password": password})


def own_cluster(site: RdsContext) -> Any:
    """A cluster for these tasks alone."""
    return aws.ecs.Cluster(f"{site.name}-cluster", name=site.physical_name("connector"), **site.common).arn
