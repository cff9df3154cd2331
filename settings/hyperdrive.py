"""The Hyperdrive configuration in front of a database."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from components.errors import Refusal
from components.hyperdrive_rules import checked_caching, checked_limit, split
from settings.model import Model, Whole, around


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


AUTO = "auto"
"""A limit that is what remains of the database's connections."""


class Fresh(Model):
    """A second configuration that never caches: the part of the connections that it gets, and its name."""

    share: Annotated[float, Field(gt=0, lt=1, strict=False)]
    config_name: str | None = None


def _connection_limit(limit: Any, info: ValidationInfo) -> int | str:
    if limit == AUTO:
        return AUTO
    if type(limit) is not int:
        raise Refusal("", "is no number of connections", "Write a whole number, without quotes, or `auto`.")
    return checked_limit("", around(info).plan, limit, info.data.get("connection_ceiling"))


def _elsewhere(value: Any) -> Any:
    return {"reservedElsewhere": value} if isinstance(value, int) else value


class HyperdriveSettings(Model):
    """The Hyperdrive configuration in front of a database, or the pair of them."""

    connection_ceiling: Whole | None = None
    connection_limit: Annotated[Any, AfterValidator(_connection_limit)]
    reserved_elsewhere: Annotated[dict[str, Whole], BeforeValidator(_elsewhere)] = {}
    other_stacks: dict[str, str] = {}
    headroom: Whole | None = None
    caching: Annotated[Caching, BeforeValidator(_caching)] = None  # type: ignore[assignment]  # stated, or a fault
    config_name: str | None = None
    fresh: Fresh | None = None

    @model_validator(mode="after")
    def _split(self) -> Self:
        if self.fresh is None:
            return self
        if self.caching.disabled:
            raise Refusal(
                "fresh", "stands beside `caching: none`; the other one never caches either", "Leave `fresh` out."
            )
        if self.connection_limit != AUTO:
            split("", self.connection_limit, self.fresh.share)
        return self

    @property
    def component(self) -> str:
        """Name of the component that makes it, in `components`."""
        return "HyperdrivePair" if self.fresh else "Hyperdrive"

    def claims(self, name: str) -> dict[str, Any]:
        """What it claims of the database's connections, as arguments of a ``ConnectionBudget``."""
        claim = {"weights": {name: 1.0}} if self.connection_limit == AUTO else {"limits": {name: self.connection_limit}}
        pairs = {"pairs": [name]} if self.fresh else {}
        headroom = {} if self.headroom is None else {"headroom": self.headroom}
        ceiling = {} if self.connection_ceiling is None else {"connection_ceiling": self.connection_ceiling}
        return {**claim, **pairs, **headroom, **ceiling, "elsewhere": self.reserved_elsewhere}

    def arguments(self, **given: Any) -> Any:
        """The arguments of the component: what this states, and what is given by its neighbours."""
        apart = {"connection_limit", "reserved_elsewhere", "other_stacks", "headroom", "fresh"}
        stated = self.model_dump(exclude=apart, exclude_none=True)
        pair: dict[str, Any] = {}
        if self.fresh:
            pair["fresh_share"] = self.fresh.share
            if self.fresh.config_name:
                pair["fresh_config_name"] = self.fresh.config_name
        return {**given, **stated, **pair}
