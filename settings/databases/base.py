"""What the databases of a stack file share, whatever their `provider`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import ValidationInfo, model_validator

from components.connection_budget import rendered_shares
from components.errors import Refusal
from components.limits.cloudflare import Plan
from settings.hyperdrive import AUTO, HyperdriveSettings
from settings.model import Model, Name, around
from settings.secrets import Secrets


class Database(Model):
    """One entry of `databases`."""

    component: ClassVar[str]
    """Name of the component that makes it, in `components`."""
    secret_arguments: ClassVar[dict[str, str]] = {}
    """Settings that name a secret, and the arguments that take its value."""
    physical_name_argument: ClassVar[str | None] = None
    """The argument that says what the vendor shall call what the component makes, where it makes something."""

    unknown_size: ClassVar[str] = "State `max_connections`, or a number."
    """The way out where the limit is `auto` and nobody knows what the database accepts."""

    name: Name
    hyperdrive: HyperdriveSettings

    def arguments(self, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of the component."""
        apart = {"provider", "name", "hyperdrive", *self.secret_arguments}
        physical = {self.physical_name_argument: physical_name} if self.physical_name_argument else {}
        return {**self.model_dump(exclude=apart, exclude_none=True), **self._secret_values(secrets), **physical}

    def connections(self) -> tuple[int | None, int | None]:
        """How many connections the database accepts in all, and how many of them it keeps, as far as it is known."""
        return getattr(self, "max_connections", None), getattr(self, "reserved_connections", None)

    def _secret_values(self, secrets: Secrets) -> dict[str, Any]:
        named = {argument: getattr(self, setting) for setting, argument in self.secret_arguments.items()}
        return {argument: secrets[path] for argument, path in named.items() if path is not None}

    def budget(self, plan: Plan, elsewhere: Mapping[str, Any]) -> Any:
        """The arguments of its ``ConnectionBudget``; None where nobody knows what the database accepts."""
        most, reserved = self.connections()
        if most is None:
            return None
        claims = self.hyperdrive.claims(self.name)
        claims["elsewhere"] = {**claims["elsewhere"], **elsewhere}
        return {"max_connections": most, "reserved_connections": reserved or 0, "plan": plan, **claims}

    @model_validator(mode="after")
    def _within_the_database(self, info: ValidationInfo) -> Self:
        subject = "hyperdrive.connection_limit"
        if budget := self.budget(around(info).plan, {}):
            rendered_shares(subject, budget)
        elif self.hyperdrive.connection_limit == AUTO:
            raise Refusal(subject, "is auto; how many connections the database accepts is not known", self.unknown_size)
        return self
