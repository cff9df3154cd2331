"""Direct TCP: settings of a Worker or a Pages project that connects to a database of the stack without Hyperdrive."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget import render_shares
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.model import Model, context_of
from edge_postgres.workers.direct_tcp import NAMES, DirectStyle, DirectTcpArgs, reject_exposed_url
from edge_postgres.workers.direct_tcp_rules import DirectOptions, validate_variable_names

if TYPE_CHECKING:
    from edge_postgres.stack.origins import Database


def validate_database_name(name: str, info: ValidationInfo) -> str:
    """Returns the name of a database of the stack."""
    known = context_of(info).database_names
    if name not in known:
        listed = ", ".join(f"`{database}`" for database in sorted(known)) or "none"
        raise ValidationError("", f"must be a database of this stack, got {name}", f"The databases are {listed}.")
    return name


def _variable_names(names: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    if "style" in info.data:
        validate_variable_names(names, NAMES[info.data["style"]], subject="")
    return names


class DirectSettings(Model):
    """The database that the code connects to, and the variables that contain its address."""

    database: Annotated[str, AfterValidator(validate_database_name)]
    """Name of the database."""
    style: Annotated[DirectStyle, Field(strict=False)] = DirectStyle.URL
    """Form of the variables: one secret connection string, or one variable for each parameter."""
    names: Annotated[dict[str, str], AfterValidator(_variable_names)] = {}
    """Names that replace the common variable names, by content: `url`, or `host`, `port`, `user` and so on."""
    connections: Annotated[int, Field(ge=1)] | None = None
    """Simultaneous connections at most, as a part of the connection budget. Required if no pooler limits them."""
    allow_clear_text: bool = False
    """Consent to a connection without TLS, which others on the network can read and change."""
    accept_open_network: bool = False
    """Consent that the database accepts connections from the whole Internet."""

    @property
    def variable_names(self) -> list[str]:
        """Names of the variables."""
        return list({**NAMES[self.style], **self.names}.values())

    def args(self, targets: BindingTargets, context: StackContext) -> DirectTcpArgs:
        """The argument `direct` of a Worker, or of an environment of a Pages project."""
        return {
            "origin": targets.direct_origins[self.database],
            "style": self.style,
            "names": self.names,
            "allow_clear_text": self.allow_clear_text,
            "accept_open_network": self.accept_open_network,
            "allow_loopback": context.is_local,
        }

    def validate_database(self, database: "Database", *, allow_loopback: bool, subject: str) -> None:
        """Validates the settings against those of the database.

        Raises:
            ValidationError: Direct TCP cannot reach the database, or `connections` is required and omitted.
        """
        options = DirectOptions(self.allow_clear_text, self.accept_open_network, allow_loopback=allow_loopback)
        try:
            database.validate_direct_access(options, subject=subject)
        except ValidationError as error:
            key = error.path.removeprefix(f"{subject}.")
            if key in DirectSettings.model_fields:
                raise
            # The rule rejects a setting of the database, and the user reads the error at the client.
            raise ValidationError(
                f"{subject}.database", f"names {self.database}, whose `{key}` {error.problem}", error.fix
            ) from None
        if self.style is DirectStyle.PARAMETERS and database.has_secret_url:
            reject_exposed_url(subject=f"{subject}.style")
        accepted, _ = database.connections()
        if self.connections is None and accepted is not None and not database.is_pooled:
            raise ValidationError(
                f"{subject}.connections",
                f"is required, because `{self.database}` accepts {accepted} connections and each request holds one of "
                "them until it ends",
                "Set the number of connections that can be open at the same time.",
            )


Clients = Mapping[str, DirectSettings | None]
"""The setting `direct` of each Worker and Pages environment, by path: `workers.api`, `pages.site.production`."""


def connections_by_client(clients: Clients, database: str) -> dict[str, int]:
    """Connections to a database that its clients can open at once without Hyperdrive, by path of the client."""
    return {
        path: direct.connections
        for path, direct in clients.items()
        if direct is not None and direct.database == database and direct.connections is not None
    }


def validate_direct_clients(
    databases: Mapping[str, "Database"], clients: Clients, plan: Plan, *, allow_loopback: bool
) -> None:
    """Validates the settings `direct` of a whole stack.

    Raises:
        ValidationError: A client cannot reach its database, or the clients need more connections than it accepts.
    """
    for path, direct in clients.items():
        if direct is not None:
            database = databases[direct.database]
            direct.validate_database(database, allow_loopback=allow_loopback, subject=f"{path}.direct")
    for name, database in databases.items():
        connections = connections_by_client(clients, name)
        if connections and (budget := database.budget_args(plan, {}, connections)):
            render_shares(budget, subject=f"databases.{name}")
