"""`Route`: the interface of the components through which Hyperdrive reaches a private database."""

from typing import Protocol

import pulumi

from edge_postgres.origin.contract import PostgresOrigin


class RoutesOrigins(Protocol):
    """A component between a database and Hyperdrive: a network route, or the connector of a route."""

    @property
    def origin(self) -> PostgresOrigin:
        """Origin for Hyperdrive: the origin in the component's arguments, reached through the component."""

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the given origin, reached through the component.

        The origin must be of the same database, but can have another role.
        """


class Route(RoutesOrigins, Protocol):
    """A network route that Cloudflare serves: `VpcServiceRoute` or `AccessTunnelRoute`."""

    @property
    def tunnel_token(self) -> pulumi.Output[str | None]:
        """Token with which a connector authenticates, a secret. None for an existing tunnel, which already has
        connectors."""
