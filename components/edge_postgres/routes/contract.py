"""`Route`: the interface of the components through which Hyperdrive reaches a private database."""

from typing import Protocol

import pulumi

from edge_postgres.origin.contract import PostgresOrigin


class RoutesOrigins(Protocol):
    """A component that an origin passes through on its way to Hyperdrive: a route, or the connector of a route."""

    @property
    def origin(self) -> PostgresOrigin:
        """Origin of the component's own arguments, reached through the component."""

    def route_origin(self, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns another origin of the same database, reached through the component: that of another role."""


class Route(RoutesOrigins, Protocol):
    """A network route that Cloudflare serves: `VpcServiceRoute` or `AccessTunnelRoute`."""

    @property
    def tunnel_token(self) -> pulumi.Output[str | None]:
        """Token that a connector runs with, a secret; None for an existing tunnel, which has connectors already."""
