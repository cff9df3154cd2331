"""Settings of the connectors of a network route that the stack runs on Amazon ECS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import AfterValidator

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.routes.connectors import validate_image, validate_tasks
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import Model

if TYPE_CHECKING:
    from edge_postgres.routes.contract import Route
    from edge_postgres.routes.ecs_connector import EcsConnector, EcsConnectorArgs


@dataclass(frozen=True)
class Placement:
    """Network of a database at AWS. The value of an unknown field is None."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_id: pulumi.Output[str] | None = None
    region: str | None = None
    """Region of AWS, such as `eu-central-1`."""
    tags: dict[str, str] | None = None


class EcsSettings(Model):
    """Connectors as ECS tasks. By default the tasks run in the network of the database."""

    vpc_id: str | None = None
    """ID of the database's VPC. Required for `existing`. Default: for `rds`, the VPC of the database."""
    subnet_ids: list[str] | None = None
    """IDs of subnets with a route to the Internet: by a NAT gateway, or by an internet gateway and `publicIp`. Required
    for `existing`. Default: for `rds`, the subnets of the database."""
    database_security_group_id: str | None = None
    """ID of the database's security group. The stack adds a rule to the group that allows connections from the
    connectors. Default: for `rds`, the group that the stack creates; for `existing`, no rule is added."""
    public_ip: bool = False
    """Whether each ECS task gets a public address, for subnets without a NAT gateway."""
    tasks: Annotated[int, AfterValidator(lambda tasks: validate_tasks(tasks, subject=""))] | None = None
    """Number of ECS tasks that run at the same time, each with one connector. Default: 2."""
    image: Annotated[str, AfterValidator(lambda image: validate_image(image, subject=""))] | None = None
    """Container image of `cloudflared` with its version. Default: the version that edge-postgres sets."""
    cluster_arn: str | None = None
    """ARN of an existing ECS cluster for the tasks. Default: a new cluster."""

    def args(self, route: "Route", server: PostgresOrigin, found: Placement, connector_name: str) -> "EcsConnectorArgs":
        """Returns the arguments of ``EcsConnector``."""
        args: EcsConnectorArgs = {
            "origin": route.origin,
            "tunnel_token": route.tunnel_token,
            "vpc_id": optional(self.vpc_id or found.vpc_id),
            "subnet_ids": optional(self.subnet_ids or found.subnet_ids),
            "public_ip": self.public_ip,
            "tasks": optional(self.tasks),
            "image": optional(self.image),
            "cluster_arn": optional(self.cluster_arn),
            "connector_name": connector_name,
            "region": optional(found.region),
            "tags": optional(found.tags),
        }
        if "port" in server:
            args["port"] = server["port"]
        if self.database_security_group_id is not None:
            args["database_security_group_id"] = self.database_security_group_id
        elif found.security_group_id is not None:
            args["database_security_group_id"] = found.security_group_id
        return args

    def create(
        self, name: str, route: "Route", server: PostgresOrigin, found: Placement, context: StackContext
    ) -> "EcsConnector":
        """Creates the connectors of a route.

        Args:
            name: Name of the component.
            route: The route.
            server: Origin of the database server.
            found: Network of the database. The settings override it.
            context: Values of the stack.
        """
        from edge_postgres.routes.ecs_connector import EcsConnector

        return EcsConnector(name, self.args(route, server, found, context.physical_name(name)))


def connector_settings(value: Any) -> Any:
    """Returns the map for the strings `none` and `ecs`, and any other value unchanged."""
    return {"none": None, "ecs": {}}.get(value, value) if isinstance(value, str) else value
