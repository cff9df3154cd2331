"""Direct TCP: a Worker or a Pages project that dials a database of the stack without Hyperdrive."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import pulumi
from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget import render_shares
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import Model, context_of, is_local
from edge_postgres.workers.direct_tcp import NAMES, DirectStyle, DirectTcpArgs, reject_exposed_url
from edge_postgres.workers.direct_tcp_rules import DirectOptions, validate_variable_names

if TYPE_CHECKING:
    from edge_postgres.stack.origins import Database


def of_this_stack(name: str, info: ValidationInfo) -> str:
    """A database of the stack, whatever is in front of it."""
    known = context_of(info).database_names
    if name not in known:
        listed = ", ".join(f"`{database}`" for database in sorted(known)) or "none"
        raise ValidationError("", f"is {name}, which is no database of this stack", f"The databases are {listed}.")
    return name


def _names(names: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    if "style" in info.data:
        validate_variable_names(names, NAMES[info.data["style"]], subject="")
    return names


class DirectSettings(Model):
    """Which database is dialled, and by which variables the code finds it."""

    database: Annotated[str, AfterValidator(of_this_stack)]
    style: Annotated[DirectStyle, Field(strict=False)] = DirectStyle.URL
    names: Annotated[dict[str, str], AfterValidator(_names)] = {}
    connections: Annotated[int, Field(ge=1)] | None = None
    allow_clear_text: bool = False
    accept_open_network: bool = False

    @property
    def variables(self) -> list[str]:
        """The names of its variables."""
        return list({**NAMES[self.style], **self.names}.values())

    def arguments(self, neighbours: Neighbours) -> DirectTcpArgs:
        """The argument `direct` of a Worker, or of an environment of a Pages project."""
        return {
            "origin": neighbours.origins[self.database],
            "style": self.style,
            "names": self.names,
            "allow_clear_text": self.allow_clear_text,
            "accept_open_network": self.accept_open_network,
            "allow_loopback": is_local(pulumi.get_stack()),
        }

    def reject_database(self, database: "Database", *, local: bool) -> None:
        """Raises `ValidationError` for a database that direct TCP cannot reach, or without required `connections`."""
        dialling = DirectOptions(self.allow_clear_text, self.accept_open_network, allow_loopback=local)
        try:
            database.validate_direct_access(dialling, subject="")
        except ValidationError as refused:
            key = refused.path.rpartition(".")[2]
            if key in DirectSettings.model_fields:
                raise
            raise ValidationError("database", f"names {self.database}: it {refused.problem}", refused.fix) from None
        if self.style is DirectStyle.PARAMETERS and getattr(database, "url_secret", None) is not None:
            reject_exposed_url(subject="style")
        most, _ = database.connections()
        if self.connections is None and most is not None and not database.is_pooled:
            raise ValidationError(
                "connections",
                f"is not stated; `{self.database}` accepts {most} connections, and every request takes one while it "
                "lasts",
                "State how many there may be at once.",
            )


Users = Mapping[str, DirectSettings | None]
"""Who may dial, by path: `workers.api`, `pages.site.production`."""


def taken_directly(users: Users, database: str) -> dict[str, int]:
    """The connections that who dials a database may hold at once, by path: parties of its budget."""
    return {
        path: direct.connections
        for path, direct in users.items()
        if direct is not None and direct.database == database and direct.connections is not None
    }


def reject_unfit(databases: Mapping[str, "Database"], users: Users, plan: Plan) -> None:
    """Raises ``ValidationError`` where a database cannot be dialled as it is stated, or grants fewer connections."""
    for path, direct in users.items():
        if direct is None:
            continue
        try:
            direct.reject_database(databases[direct.database], local=is_local(pulumi.get_stack()))
        except ValidationError as refused:
            raise ValidationError(f"{path}.direct.{refused.path.lstrip('.')}", refused.problem, refused.fix) from None
    for name, database in databases.items():
        taken = taken_directly(users, name)
        if taken and (budget := database.budget_args(plan, {}, taken)):
            render_shares(budget, subject=f"databases.{name}")
