"""Prisma's serverless driver: settings of a Worker or a Pages project that queries a database over HTTP."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.stack.model import context_of
from edge_postgres.stack.origins.existing_address import hide_host
from edge_postgres.stack.workers.direct import validate_database_name
from edge_postgres.workers.serverless_driver import ServerlessArgs, validate_early_access, validate_serverless_host

if TYPE_CHECKING:
    from edge_postgres.stack.origins import Database


def _one_database(serverless: dict[str, str]) -> dict[str, str]:
    if len(serverless) > 1:
        raise ValidationError("", f"must contain at most one entry, got {len(serverless)}", "Remove the other entries.")
    return serverless


def _consent(accepted: bool | None, info: ValidationInfo) -> bool:
    """Returns whether Early Access is accepted. `local` and preview stacks accept it by default."""
    if info.data.get("serverless"):
        is_implied = accepted is None and context_of(info).is_local_or_preview
        validate_early_access(accepted=is_implied or bool(accepted), subject="")
        return True
    return bool(accepted)


ServerlessSettings = Annotated[
    dict[str, Annotated[str, AfterValidator(validate_database_name)]], AfterValidator(_one_database)
]
"""The setting `serverless`, such as `{PRISMA_DIRECT_TCP_URL: main}`: name of a variable to name of a database."""

EarlyAccess = Annotated[bool | None, AfterValidator(_consent)]
"""The setting `acceptEarlyAccess`. The validation of this field reads the field `serverless`, which comes first."""


def serverless_args(
    serverless: Mapping[str, str], targets: BindingTargets, context: StackContext
) -> ServerlessArgs | None:
    """Returns the argument `serverless` of a Worker or of a Pages environment. Returns None if the setting is empty."""
    for name, database in serverless.items():
        return {
            "origin": targets.database_origins[database],
            "name": name,
            "accept_early_access": True,
            "allow_loopback": context.is_local,
        }
    return None


def find_serverless_errors(
    databases: Mapping[str, "Database"], clients: Mapping[str, Mapping[str, str]], *, allow_loopback: bool
) -> Iterator[ValidationError]:
    """Yields an error for each setting `serverless` whose database is not Prisma Postgres, as far as it is known.

    Args:
        databases: The databases of the stack. A database with errors can be a partial model.
        clients: The setting of each Worker and Pages environment, by path: `workers.api`, `pages.site.production`.
        allow_loopback: Whether a database on this machine is allowed, whose serverless driver uses an emulator.
    """
    for path, serverless in clients.items():
        for name, database in serverless.items():
            if database in databases:
                check = partial(_validate_prisma, databases[database], allow_loopback=allow_loopback)
                subject = f"{path}.serverless.{name}"
                for found in errors_of_call(partial(check, subject=subject)):
                    error = _without_secret_host(found, databases[database])
                    # The error is about the database. The message has the path of the Worker that connects to it.
                    yield ValidationError(subject, f"names {database}, which {error.problem}", error.fix)


def _without_secret_host(error: ValidationError, database: "Database") -> ValidationError:
    """Returns an error without the host of the database, if the host is part of a secret connection string."""
    address = database.address() if database.has_secret_url else None
    return hide_host(error, address["host"], error.path) if address else error


def _validate_prisma(database: "Database", *, allow_loopback: bool, subject: str) -> None:
    address = database.address()
    if address is not None:
        validate_serverless_host(
            host=address["host"],
            port=address["port"],
            endpoint=address["endpoint"],
            allow_loopback=allow_loopback,
            subject=subject,
        )
        if database.needs_encoding:
            raise ValidationError(
                subject,
                "has a user, password or database with characters that a URL encodes, which the serverless driver "
                "does not decode",
                "Use only letters, digits, `-`, `.`, `_` and `~`, as Prisma does for the connections that it creates.",
            )
    elif not database.may_be_prisma:
        raise ValidationError(
            subject, "is not Prisma Postgres, which the serverless driver requires", "Use `hyperdrive`."
        )
