"""Settings of Hyperdrive's query cache."""

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BeforeValidator

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.rules import validate_caching
from edge_postgres.stack.context import optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model

if TYPE_CHECKING:
    from edge_postgres.hyperdrive.caching import CachingInput


def _caching(value: Any) -> Any:
    if value is None:
        raise ValidationError(
            "",
            "is required",
            "Set `none`, or `{maxAge: 60, staleWhileRevalidate: 15}`; cached reads can be up to 75 s old.",
        )
    return {"disabled": True} if value == "none" else value


class Caching(Model):
    """The setting `caching`: `none`, or the ages of cached results in seconds."""

    # True for `caching: none`. The stack file has no key `disabled`.
    disabled: bool = False
    max_age: int | None = None
    """Time in seconds for which Hyperdrive caches a result, from 1 to 3600."""
    stale_while_revalidate: int | None = None
    """Time in seconds after `maxAge` in which Hyperdrive still returns the cached result while it fetches a new one, 0
    or more."""

    @property
    def args(self) -> "CachingInput":
        """The argument `caching` of the components."""
        if self.disabled:
            return {"disabled": True}
        return {
            "max_age": optional(self.max_age),
            "stale_while_revalidate": optional(self.stale_while_revalidate),
        }

    @rule
    def _ages_are_valid(self) -> Self:
        validate_caching(subject="", **self.model_dump())
        return self


RequiredCaching = Annotated[Caching, BeforeValidator(_caching)]
"""Type of a required setting `caching`. Its default must be None, which is rejected."""
