"""Settings of the connectors of a network route that the stack runs on Amazon ECS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import AfterValidator

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origins.rds.network_rules import validate_group_prefix
from edge_postgres.routes.connectors import validate_image, validate_tasks
from edge_postgres.stack.context import optional
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.routes.contract import Route
    from edge_postgres.routes.ecs_connector import EcsConnector, EcsConnectorArgs


@dataclass(frozen=True)
class AwsNetwork:
    """Network of a database at AWS. A field is None if its value is unknown."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_id: pulumi.Output[str] | None = None
    region: str | None = None
    """Region of AWS, such as `eu-central-1`."""
    tags: dict[str, str] | None = None
    """Tags of the database's resources, which the resources of the connectors get too."""


class EcsSettings(Transformable):
    """Connectors as ECS tasks. By default the tasks run in the network of the database."""

    vpc_id: str | None = None
    """ID of the database's VPC. Required for `existing`. Default: for `rds`, the VPC of the database."""
    subnet_ids: list[str] | None = None
    """IDs of subnets with a route to the Internet: by a NAT gateway, or by an internet gateway and `publicIp`. Required
    for `existing`. Default: for `rds`, the subnets of the database."""
    database_security_group_id: str | None = None
    """ID of the database's security group. The stack adds an inbound rule to the group that allows
    connections from the connectors. Default: for `rds`, the group that the stack creates; for `existing`, the stack
    adds no inbound rule."""
    public_ip: bool = False
    """Whether each ECS task gets a public address, for subnets without a NAT gateway."""
    tasks: Annotated[int, AfterValidator(lambda tasks: validate_tasks(tasks, subject=""))] | None = None
    """Number of ECS tasks that run at the same time, each with one connector. Default: 2."""
    image: Annotated[str, AfterValidator(lambda image: validate_image(image, subject=""))] | None = None
    """Container image of `cloudflared` with its version. Default: the version that edge-postgres sets."""
    cluster_arn: str | None = None
    """ARN of an existing ECS cluster for the tasks. Default: a new cluster."""
    name: Annotated[str, AfterValidator(lambda name: validate_group_prefix(name, subject=""))] | None = None
    """Prefix of the names of all created resources at AWS. Default: `<project>-<stack>-<name>`."""

    def args(self, route: "Route", server: PostgresOrigin, network: AwsNetwork) -> "EcsConnectorArgs":
        """Returns the arguments of ``EcsConnector``."""
        args: EcsConnectorArgs = {
            "origin": route.origin,
            "tunnel_token": route.tunnel_token,
            "vpc_id": optional(self.vpc_id or network.vpc_id),
            "subnet_ids": optional(self.subnet_ids or network.subnet_ids),
            "public_ip": self.public_ip,
            "tasks": optional(self.tasks),
            "image": optional(self.image),
            "cluster_arn": optional(self.cluster_arn),
            "connector_name": optional(self.name),
            "region": optional(network.region),
            "tags": optional(network.tags),
            "transform": optional(self.transform),
        }
        if "port" in server:
            args["port"] = server["port"]
        if self.database_security_group_id is not None:
            args["database_security_group_id"] = self.database_security_group_id
        elif network.security_group_id is not None:
            args["database_security_group_id"] = network.security_group_id
        return args

    def create(self, name: str, route: "Route", server: PostgresOrigin, network: AwsNetwork) -> "EcsConnector":
        """Creates and returns the connectors of a route.

        Args:
            name: Name of the component.
            route: The network route whose tunnel the connectors open.
            server: Origin of the database server, which determines the port.
            network: Network of the database. Each of these settings overrides its part of the network.
        """
        from edge_postgres.routes.ecs_connector import EcsConnector

        return EcsConnector(name, self.args(route, server, network))


def connector_settings(value: Any) -> Any:
    """Returns None for `none`, an empty map for `ecs`, and any other value of the setting `connector` unchanged."""
    return {"none": None, "ecs": {}}.get(value, value) if isinstance(value, str) else value
