"""`StackContext`: the values of a stack that every ``create`` method takes."""

from collections.abc import Mapping
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
    """Cloudflare account."""
    plan: Plan
    """Workers plan of the account."""
    project: str
    """Name of the Pulumi project."""
    stack: str
    """Name of the stack."""
    secrets: Secrets = field(repr=False)
    """Values of the secrets by their path, `databases.main.url`."""
    direct_connections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Connections that Workers and Pages projects open without Hyperdrive at most: by database, then by client."""

    @property
    def is_local(self) -> bool:
        """Whether the emulated cloud and the database run on this machine."""
        return is_local(self.stack)

    def physical_name(self, name: str) -> str:
        """Returns the name of a resource at its vendor. Two stacks of an account never use the same name."""
        return f"{self.project}-{self.stack}-{name}"


def optional(setting: T | None) -> T:
    """Returns an optional setting as an optional argument. Components treat an argument that is None as omitted."""
    return cast("T", setting)
