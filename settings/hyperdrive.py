"""The Hyperdrive configuration in front of a database."""

from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, model_validator

from components.errors import Refusal
from components.hyperdrive_rules import checked_caching, checked_limit
from settings.model import Model, Whole, around

if TYPE_CHECKING:
    from components.hyperdrive import HyperdriveArgs


def _caching(value: Any) -> Any:
    if value is None:
        raise Refusal(
            "",
            "is not stated",
            "Say `none`, or `{maxAge: 60, staleWhileRevalidate: 15}`; a cached read can be up to 75 s old.",
        )
    return {"disabled": True} if value == "none" else value


class Caching(Model):
    """`none`, or the ages of cached answers in seconds."""

    disabled: bool = False
    max_age: int | None = None
    stale_while_revalidate: int | None = None

    @model_validator(mode="after")
    def _ages(self) -> Self:
        checked_caching("", **self.model_dump())
        return self


def _connection_limit(limit: int, info: ValidationInfo) -> int:
    return checked_limit("", around(info).plan, limit, info.data.get("connection_ceiling"))


class HyperdriveSettings(Model):
    """The Hyperdrive configuration in front of a database."""

    connection_ceiling: Whole | None = None
    connection_limit: Annotated[int, AfterValidator(_connection_limit)]
    caching: Annotated[Caching, BeforeValidator(_caching)] = None  # type: ignore[assignment]  # stated, or a fault
    config_name: str | None = None

    def arguments(self, **given: Any) -> "HyperdriveArgs":
        """The arguments of the component: what this states, and what is given by its neighbours."""
        stated = self.model_dump(exclude_none=True)
        return cast("HyperdriveArgs", {**given, **stated})
