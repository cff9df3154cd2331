"""Prisma's serverless driver: a Worker or a Pages project that asks a database of the stack over HTTP."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import pulumi
from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import context_of, is_local
from edge_postgres.stack.workers.direct import of_this_stack
from edge_postgres.workers.serverless_driver import ServerlessArgs, validate_early_access, validate_serverless_host

if TYPE_CHECKING:
    from edge_postgres.stack.origins import Database


def _one(serverless: dict[str, str]) -> dict[str, str]:
    if len(serverless) > 1:
        raise ValidationError("", f"names {len(serverless)} databases; the driver asks one", "Leave all but one out.")
    return serverless


def _consent(accepted: bool | None, info: ValidationInfo) -> bool:
    """What comes and goes with a laptop or a pull request is no production: nobody has to accept anything there."""
    if info.data.get("serverless"):
        disposable = accepted is None and context_of(info).is_disposable
        validate_early_access(accepted=disposable or bool(accepted), subject="")
        return True
    return bool(accepted)


ServerlessSettings = Annotated[dict[str, Annotated[str, AfterValidator(of_this_stack)]], AfterValidator(_one)]
"""`{PRISMA_DIRECT_TCP_URL: main}`: the name of the variable, and the database. The field is called `serverless`."""

EarlyAccess = Annotated[bool | None, AfterValidator(_consent)]
"""Whether Early Access is accepted; a field behind `serverless`."""


def serverless_arguments(serverless: Mapping[str, str], neighbours: Neighbours) -> ServerlessArgs | None:
    """The argument `serverless` of a Worker, or of an environment of a Pages project; None where nothing is stated."""
    for name, database in serverless.items():
        return {
            "origin": neighbours.unpooled[database],
            "name": name,
            "accept_early_access": True,
            "allow_loopback": is_local(pulumi.get_stack()),
        }
    return None


def reject_elsewhere(databases: Mapping[str, "Database"], users: Mapping[str, Mapping[str, str]]) -> None:
    """Raises ``ValidationError`` where a database is not Prisma's, as far as the stack file tells.

    ``users``: the `serverless` of each, by path: `workers.api`, `pages.site.production`.
    """
    for path, serverless in users.items():
        for name, database in serverless.items():
            _reject_other_vendors(database, databases[database], subject=f"{path}.serverless.{name}")


def _reject_other_vendors(name: str, database: "Database", *, subject: str) -> None:
    address = database.address()
    try:
        if address is not None:
            validate_serverless_host(allow_loopback=is_local(pulumi.get_stack()), subject="", **address)
        elif not database.may_be_prisma:
            raise ValidationError(
                "", "is of another vendor; the driver reaches Prisma Postgres alone", "Use Hyperdrive."
            )
    except ValidationError as refused:
        raise ValidationError(subject, f"names {name}: it {refused.problem}", refused.fix) from None
