"""`StackContext`: the values of a stack that every ``create`` method takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from edge_postgres.core.plan import Plan
from edge_postgres.stack.model import is_local
from edge_postgres.stack.secrets import Secrets

T = TypeVar("T")


@dataclass(frozen=True)
class StackContext:
    """Account, names and secrets of a stack."""

    account_id: str
    """ID of the Cloudflare account."""
    plan: Plan
    """Workers plan of the account."""
    stack: str
    """Name of the stack."""
    secrets: Secrets = field(repr=False)
    """Values of the secrets by their path, such as `databases.main.url`."""
    direct_connections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Largest number of connections that each client opens without Hyperdrive: by the name of the database in the stack
    file, then by the path of the client, such as `workers.api`."""
    consumers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Connection methods that are in use, `hyperdrive`, `direct` and `serverless` in this order: by the name of the
    database in the stack file."""
    stored_secrets_ceiling: int | None = None
    """Number of secrets that the account's Secrets Store may contain. None: Cloudflare's limit."""
    databases_without_probes: frozenset[str] = frozenset()
    """Names of the databases whose host Cloudflare cannot probe for the placement of a Worker."""
    taken_over: frozenset[str] = frozenset()
    """Keys of the Workers whose deployed script other resources of the stack owned before."""

    @property
    def is_local(self) -> bool:
        """Whether the stack is `local` or `local-NAME`."""
        return is_local(self.stack)


def optional(setting: T | None) -> T:
    """Returns the setting unchanged, typed as an argument. Components treat an argument that is None as omitted."""
    return cast("T", setting)
