"""What the databases of a stack file share, whatever their `provider`."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

import pulumi
from pydantic import AfterValidator, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget import render_shares
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.credentials import Credentials
from edge_postgres.stack.hyperdrive import AUTO, HyperdriveSettings
from edge_postgres.stack.model import Model, Name, around
from edge_postgres.stack.protection import protected
from edge_postgres.stack.routes import AnyRoute
from edge_postgres.stack.secrets import Secrets
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions, validate_address

APP_ROLE = "app"
"""The role that two roles act as where their maker is the administrator: what they make must not be his."""


def _protect(protect: bool | None, info: ValidationInfo) -> bool:
    return not around(info).is_disposable if protect is None else protect


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

    makes_roles: ClassVar[str] = ""
    """Who makes two roles that take turns where the stack file names nobody: the `vendor`, by its API, the `owner`, who
    is the user of the origin, or nobody."""

    may_be_private: ClassVar[bool] = False
    """Whether it can have an address that Cloudflare cannot reach: then it takes a route."""

    name: Name
    route: AnyRoute | None = None
    hyperdrive: HyperdriveSettings | None = None
    credentials: Credentials | None = None
    protect: Annotated[bool | None, AfterValidator(_protect)] = None

    def arguments(self, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of the component."""
        apart = {"provider", "name", "route", "hyperdrive", "credentials", "protect", *self.secret_arguments}
        physical = {self.physical_name_argument: physical_name} if self.physical_name_argument else {}
        stated = self.model_dump(exclude=apart, exclude_none=True)
        return {**stated, **self._secret_values(secrets), **physical, **self._slot()}

    def options(self) -> pulumi.ResourceOptions:
        """The options of the component: what holds data is protected, except on disposable stacks."""
        return pulumi.ResourceOptions(transformations=[protected] if self.protect else [])

    def own(self, _origin: Any, _owner: str) -> Any:
        """The arguments of its ``PreviewDatabase``; None where it has none."""
        return None

    def roles(self, origin: Any, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of its ``DatabaseRoles``; None where it has none of its own."""
        if self.credentials is None or self.makes_roles == "vendor":
            return None
        source = self.credentials.roles(secrets) or {}
        if "users" not in source and "admin_user" not in source:
            source = {
                "admin_user": origin["user"],
                "admin_password": origin["password"],
                "owner_role": APP_ROLE,
                **source,
            }
        own = {} if "users" in source else {"ownership_mark": physical_name, **self.authority()}
        return {"origin": origin, "active_slot": self.credentials.active_slot, **source, **own}

    @property
    def way(self) -> str:
        """Name of the component that leads to it, in `components`, where it has a route."""
        return self.route.component if self.route else ""

    def routed(self, account_id: str, origin: Any, route_name: str) -> Any:
        """The arguments of its route; None where it has none."""
        return self.route.arguments(account_id=account_id, origin=origin, route_name=route_name) if self.route else None

    def connector(self, made: Any, route: Any, physical_name: str) -> Any:
        """The arguments of its ``EcsConnector``; None where it needs none. ``made`` and ``route`` are components."""
        return self.route.connector_arguments(self, made, route, physical_name) if self.route else None

    def behind(self, made: Any, certificates: Any, *ways: Any) -> dict[str, Any]:
        """What its Hyperdrive dials, as arguments: one origin, or one for each slot.

        ``made`` yields them, and ``ways`` lead to them, the route first; None is no way.
        """

        def reached(origin: Any) -> Any:
            for way in filter(None, ways):
                origin = way.route_origin(origin)
            return self.hyperdrive.verified(origin, certificates) if self.hyperdrive else origin

        if self.credentials is None:
            return {"origin": reached(made.origin)}
        slots = {slot: reached(origin) for slot, origin in made.slots.items()}
        return {"slots": slots, "active_slot": self.credentials.active_slot}

    def limit(self, budget: Any) -> Any:
        """The connections of each of its configurations: its share of the budget, where there is one."""
        stated = self.hyperdrive.connection_limit if self.hyperdrive else None
        return budget.limits[self.parties[0]] if budget else stated

    @property
    def access(self) -> str:
        """Name of the component that puts Hyperdrive in front of it, in `components`."""
        alone = self.hyperdrive.component if self.hyperdrive else ""
        return "HyperdriveSlots" if self.credentials else alone

    @property
    def parties(self) -> list[str]:
        """Who takes connections of it in this stack: each slot does, while one takes over from the other."""
        return [f"{self.name}.{slot}" for slot in ("a", "b")] if self.credentials else [self.name]

    @property
    def other_stacks(self) -> dict[str, str]:
        """Other stacks that take connections of it, and what they call it."""
        return self.hyperdrive.other_stacks if self.hyperdrive else {}

    def authority(self) -> dict[str, str]:
        """The authority that whoever signs in from here verifies the server against, as arguments."""
        return self.hyperdrive.authority() if self.hyperdrive else {}

    @property
    def is_pooled(self) -> bool:
        """Whether a Worker that dials without Hyperdrive comes to a pooler."""
        return False

    def address(self) -> dict[str, Any] | None:
        """Host, port and endpoint that such a Worker dials, or such as them; None: only Outputs know them."""
        return None

    def dialled(self, made: Any, roles: Any) -> PostgresOrigin:
        """What a Worker dials without Hyperdrive: the vendor's pooler, where it has one, as the role in use.

        ``made`` is the component that yields it, ``roles`` its ``DatabaseRoles`` or None.
        """
        origin: PostgresOrigin = (roles or made).origin
        return origin

    def reject_dialling(self, dialling: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError`` where no socket of a Worker reaches it, as far as the stack file tells."""
        if self.route is not None:
            raise ValidationError(
                f"{subject}.host",
                "has a `route`, for a database that only a private network reaches; a Worker's socket takes none",
                HYPERDRIVE_INSTEAD,
            )
        if address := self.address():
            validate_address(dialling, subject=subject, **address)

    def connections(self) -> tuple[int | None, int | None]:
        """How many connections the database accepts in all, and how many of them it keeps, as far as it is known."""
        return getattr(self, "max_connections", None), getattr(self, "reserved_connections", None)

    def _slot(self) -> dict[str, str]:
        """The slot in use, for a vendor who makes the roles."""
        return (
            {"active_slot": self.credentials.active_slot} if self.credentials and self.makes_roles == "vendor" else {}
        )

    def _secret_values(self, secrets: Secrets) -> dict[str, Any]:
        named = {argument: getattr(self, setting) for setting, argument in self.secret_arguments.items()}
        return {argument: secrets[path] for argument, path in named.items() if path is not None}

    def budget(self, plan: Plan, elsewhere: Mapping[str, Any], direct: Mapping[str, int] | None = None) -> Any:
        """The arguments of its ``ConnectionBudget``; None where nobody takes any, or knows what the database accepts.

        ``elsewhere`` are connections that others take, by name, ``direct`` those of who dials without Hyperdrive.
        """
        most, reserved = self.connections()
        if most is None or not (self.hyperdrive or direct):
            return None
        claims = self.hyperdrive.claims(self.parties) if self.hyperdrive else {}
        claims["limits"] = {**claims.get("limits", {}), **(direct or {})}
        claims["elsewhere"] = {**claims.get("elsewhere", {}), **elsewhere}
        return {"max_connections": most, "reserved_connections": reserved or 0, "plan": plan, **claims}

    @model_validator(mode="after")
    def _somebody_makes_the_roles(self) -> Self:
        found = self.credentials
        if found and not (found.a or found.admin_user or self.makes_roles):
            raise ValidationError(
                "credentials",
                "names nobody who has or makes the two roles",
                "State `a` and `b`, each with `user` and `password_secret`, or who makes them: `admin_user` and "
                "`admin_password_secret`.",
            )
        if found and self.makes_roles == "vendor" and (found.a or found.admin_user or found.owner_role):
            raise ValidationError("credentials", "names roles; the vendor makes them", "State `active_slot` alone.")
        return self

    @model_validator(mode="after")
    def _reached(self) -> Self:
        if self.route is not None:
            if self.hyperdrive is None:
                raise ValidationError(
                    "route", "leads Hyperdrive to the database, and there is no `hyperdrive`", "State it."
                )
            self.route.reject_beside(self)
        return self

    @model_validator(mode="after")
    def _within_the_database(self, info: ValidationInfo) -> Self:
        subject = "hyperdrive.connection_limit"
        if budget := self.budget(around(info).plan, {}):
            render_shares(budget, subject=subject)
        elif self.hyperdrive and self.hyperdrive.connection_limit == AUTO:
            raise ValidationError(
                subject, "is auto; how many connections the database accepts is not known", self.unknown_size
            )
        return self
