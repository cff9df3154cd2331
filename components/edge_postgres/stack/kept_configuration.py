"""Settings of former Hyperdrive configurations, which the stack keeps for older versions of Workers.

A version of a Worker is bound to the configurations of its time. A rollback therefore needs them. The stack declares a
kept configuration and does not abandon it. So the configuration follows a new password or address, and it counts in the
connection budget and in the account's limit. It is deleted with its entry in the stack file, or with the stack.
"""

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from edge_postgres.hyperdrive.rules import validate_limit
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.caching import RequiredCaching
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import Model, context_of


class KeptConfiguration(Model):
    """A former Hyperdrive configuration of the database."""

    connection_limit: int
    """Connections that Hyperdrive may open for this configuration, at least 5. After a rollback, all requests use these
    connections."""
    caching: RequiredCaching = None  # type: ignore[assignment]  # None is rejected
    """Caching of query results, as in `hyperdrive.caching`. Set `none` for a configuration that never cached."""

    def create(
        self, name: str, config_name: str, context: StackContext, origin: PostgresOrigin, connection_ceiling: int | None
    ) -> None:
        """Creates the configuration, or adopts the one of this name that the stack created for another purpose."""
        from edge_postgres.hyperdrive.configuration import Hyperdrive

        Hyperdrive(
            f"{name}-keep-{config_name}",
            {
                "account_id": context.account_id,
                "origin": origin,
                "connection_limit": self.connection_limit,
                "caching": self.caching.args,
                "config_name": config_name,
                "plan": context.plan,
                "connection_ceiling": optional(connection_ceiling),
                "allow_loopback": context.is_local,
            },
        )


def _with_valid_limits(keep: dict[str, KeptConfiguration], info: ValidationInfo) -> dict[str, KeptConfiguration]:
    for name, kept in keep.items():
        ceiling = info.data.get("connection_ceiling")
        subject = f"{name}.connection_limit"
        validate_limit(kept.connection_limit, plan=context_of(info).plan, ceiling=ceiling, subject=subject)
    return keep


KeptConfigurations = Annotated[dict[str, KeptConfiguration], AfterValidator(_with_valid_limits)]
"""Settings of kept configurations by their name at Cloudflare."""


def _delete_at_once(given: bool | None, info: ValidationInfo) -> bool:
    return context_of(info).is_local_or_preview if given is None else given


DeleteAtOnce = Annotated[bool | None, AfterValidator(_delete_at_once)]
"""Type of the setting `deleteAtOnce`, whose default is true for stacks whose data may be deleted."""
