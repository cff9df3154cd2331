"""Workers of a stack file with Prisma's serverless driver: accepted settings and errors."""

from pathlib import Path
from typing import Any

import pydantic
import pytest
from pydantic import Field

from edge_postgres import stack as settings
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.model import Model, ValidationContext
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.serverless import (
    EarlyAccess,
    ServerlessSettings,
    find_serverless_errors,
    serverless_args,
)
from tests.harness import deploy
from tests.unit.test_settings import root
from tests.unit.test_settings_direct import NEON, PRISMA, SUPABASE, file_with, own

__all__ = ["root"]

STRING = {"provider": "existing", "urlSecret": "databases.main.string"}
ELSEWHERE = {"provider": "existing", "urlSecret": "databases.main.elsewhere"}
SECRETS = {
    "databases": {
        "main": {
            "url": "sk-password",
            "string": "postgres://app:sk-password@db.prisma.io/postgres",
            "elsewhere": "postgres://app:sk-password@db.secret-host.com/app",
        }
    }
}


class ServerlessWorker(Model):
    """The settings of a Worker that concern the driver."""

    serverless: ServerlessSettings = Field(default={})
    accept_early_access: EarlyAccess = None


def validated(stack: str = "prod", /, **values: Any) -> ServerlessWorker:
    context = ValidationContext(stack, Plan.PAID, Path(), database_names=frozenset({"main", "other"}))
    return ServerlessWorker.model_validate({"serverless": {"URL": "main"}, **values}, context=context)


def message_for(root: Path, database: dict[str, Any], *, stack: str = "dev") -> str:
    """The error for a Worker that queries a database with the driver; empty if there is none."""

    def program() -> None:
        databases = settings.load(root)[0].databases
        for error in find_serverless_errors(databases, {"workers.edge": {"URL": "main"}}, allow_loopback=False):
            raise error

    try:
        deploy(program, config={**file_with(database), "secrets": SECRETS}, secret_keys=("secrets",), stack=stack)
    except ValidationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("accepted", [{}, {"acceptEarlyAccess": False}])
def test_early_access_has_to_be_accepted(accepted: dict[str, bool]) -> None:
    with pytest.raises(pydantic.ValidationError, match="must be true, because Prisma's serverless driver is in Early"):
        validated(**accepted)
    assert validated(acceptEarlyAccess=True).accept_early_access is True


@pytest.mark.parametrize("stack", ["local", "pr-12"])
def test_a_disposable_stack_needs_no_consent(stack: str) -> None:
    assert validated(stack).accept_early_access is True


def test_a_worker_without_the_driver_needs_no_consent() -> None:
    assert validated(serverless={}).accept_early_access is False


def test_exactly_one_database_is_required() -> None:
    with pytest.raises(pydantic.ValidationError, match="must contain at most one entry, got 2"):
        validated(serverless={"A": "main", "B": "other"}, acceptEarlyAccess=True)


def test_a_database_outside_the_stack_is_rejected() -> None:
    with pytest.raises(pydantic.ValidationError, match="must be a database of this stack, got nowhere"):
        validated(serverless={"A": "nowhere"}, acceptEarlyAccess=True)


def test_the_component_gets_the_origin_of_the_database_itself() -> None:
    targets = BindingTargets(database_origins={"main": {"database": "postgres", "user": "u", "password": "p"}})
    context = StackContext("local", Plan.PAID, stack="local", secrets=Secrets())
    assert serverless_args({"URL": "main"}, targets, context) == {
        "origin": targets.database_origins["main"],
        "name": "URL",
        "accept_early_access": True,
        "allow_loopback": True,
    }
    assert serverless_args({}, targets, context) is None


@pytest.mark.parametrize(
    ("database", "problem"),
    [
        (NEON, "is not Prisma Postgres"),
        (SUPABASE, "db.prisma.io, got db.abcdefghijklmnopqrst.supabase.co"),
        (own(), "db.prisma.io, got db.example.com"),
        (own(host="pooled.db.prisma.io"), "must be the direct endpoint, got the pooled endpoint pooled.db.prisma.io"),
    ],
    ids=["neon", "supabase", "existing", "pooled"],
)
def test_a_database_of_another_vendor_is_rejected(database: dict[str, Any], problem: str, root: Path) -> None:
    message = message_for(root, database)
    assert message.startswith("workers.edge.serverless.URL: names main, ")
    assert problem in message


@pytest.mark.parametrize("database", [PRISMA, STRING, own(host="db.prisma.io")], ids=["prisma", "url", "existing"])
def test_a_database_at_prisma_is_accepted(database: dict[str, Any], root: Path) -> None:
    assert message_for(root, database) == ""


def test_the_error_about_a_secret_connection_string_of_another_vendor_does_not_show_its_host(root: Path) -> None:
    message = message_for(root, ELSEWHERE)
    assert "must be the direct host of Prisma Postgres" in message
    assert "secret-host" not in message
