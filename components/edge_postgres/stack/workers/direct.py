"""Direct TCP: settings of a Worker or a Pages project that connects to a database of the stack without Hyperdrive."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget import allocate_budget
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.stack.model import Model, context_of, validate_known
from edge_postgres.workers.direct_tcp import NAMES, DirectStyle, DirectTcpArgs, reject_exposed_url
from edge_postgres.workers.direct_tcp_rules import DirectOptions, validate_variable_names

if TYPE_CHECKING:
    from edge_postgres.stack.origins import Database


def validate_database_name(name: str, info: ValidationInfo) -> str:
    """Returns the name unchanged. Raises ``ValidationError`` if the stack has no database with the name."""
    return validate_known(name, context_of(info).database_names, "a database of this stack")


def _variable_names(names: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    if "style" in info.data:
        validate_variable_names(names, NAMES[info.data["style"]], subject="")
    return names


class DirectSettings(Model):
    """The database that the code of a Worker connects to, and the variables that contain the address."""

    database: Annotated[str, AfterValidator(validate_database_name)]
    """Name of the database: its key in `databases`."""
    style: Annotated[DirectStyle, Field(strict=False)] = DirectStyle.URL
    """`url` sets one secret variable with the connection string. `parameters` sets one variable for each part of
    the address, such as host and user, and cannot be combined with `urlSecret` of the database."""
    names: Annotated[dict[str, str], AfterValidator(_variable_names)] = {}
    """Your own variable names: each part of the address to the name of its variable, such as `{user: PGUSER}`. With
    `style: url` the only key is `url`. With `style: parameters` the keys are `host`, `port`, `database`, `user`,
    `password` and `sslmode`.
    Default: `DB_URL`, or `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USERNAME`, `DB_PASSWORD` and `DB_SSLMODE`."""
    connections: Annotated[int, Field(ge=1)] | None = None
    """Largest number of connections that may be open at the same time. The connection budget of the database subtracts
    this number. Required if no pooler answers at the address and the number of accepted connections is known."""
    allow_clear_text: bool = False
    """Whether to connect without TLS. With `true`, others on the network can read and change the data."""
    accept_open_network: bool = False
    """Confirms that the database accepts connections from the whole Internet. Required unless the database is at Neon,
    Prisma Postgres, Supabase or CockroachDB Cloud."""

    @property
    def variable_names(self) -> list[str]:
        """Names of all variables that the code gets: `names`, and the default names of the other parts."""
        return list({**NAMES[self.style], **self.names}.values())

    def args(self, targets: BindingTargets, context: StackContext) -> DirectTcpArgs:
        """Returns the argument `direct` of a Worker, or of an environment of a Pages project."""
        return {
            "origin": targets.direct_tcp_origins[self.database],
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
            # The error is about a setting of the database. The message has the path of the Worker that connects to it.
            raise ValidationError(
                f"{subject}.database", f"names {self.database}, whose `{key}` {error.problem}", error.fix
            ) from None
        if self.style is DirectStyle.PARAMETERS and database.has_secret_url:
            reject_exposed_url(subject=f"{subject}.style")
        accepted, _ = database.connections()
        if self.connections is None and accepted is not None and not database.is_pooled:
            raise ValidationError(
                f"{subject}.connections",
                f"is required, because `{self.database}` accepts {accepted} connections and each request holds one "
                "connection until the request ends",
                "Set `connections` to the number of connections that can be open at the same time.",
            )


Clients = Mapping[str, DirectSettings | None]
"""The setting `direct` of each Worker and Pages environment, by path: `workers.api`, `pages.site.production`."""


def connections_by_client(clients: Clients, database: str) -> dict[str, int]:
    """Returns `direct.connections` of each client of a database that sets it, by the path of the client."""
    return {
        path: direct.connections
        for path, direct in clients.items()
        if direct is not None and direct.database == database and direct.connections is not None
    }


def find_direct_errors(
    databases: Mapping[str, "Database"], clients: Clients, plan: Plan, *, allow_loopback: bool
) -> Iterator[ValidationError]:
    """Yields an error for each setting `direct` whose client cannot reach its database.

    Yields an error for each database too of which the clients need too many connections. A database with errors can be
    a partial model, and a database with an unknown provider is missing.
    """
    for path, direct in clients.items():
        if direct is not None and direct.database in databases:
            check = partial(direct.validate_database, databases[direct.database], allow_loopback=allow_loopback)
            yield from errors_of_call(partial(check, subject=f"{path}.direct"))
    for name, database in databases.items():
        if connections := connections_by_client(clients, name):
            yield from errors_of_call(partial(_validate_budget, name, database, plan, connections))


def _validate_budget(name: str, database: "Database", plan: Plan, connections: Mapping[str, int]) -> None:
    if budget := database.budget_args(plan, {}, connections):
        allocate_budget(budget, subject=f"databases.{name}")
