"""What a stack file may say of a Worker that asks Prisma through the serverless driver."""

from pathlib import Path
from typing import Any

import pydantic
import pytest
from pydantic import Field

from edge_postgres import stack as settings
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import Model, ValidationContext
from edge_postgres.stack.workers.serverless import (
    EarlyAccess,
    ServerlessSettings,
    reject_elsewhere,
    serverless_arguments,
)
from tests.harness import deploy
from tests.unit.test_settings import root
from tests.unit.test_settings_direct import NEON, PRISMA, SUPABASE, file_with, own

__all__ = ["root"]

STRING = {"provider": "existing", "urlSecret": "databases.main.url"}


class Stated(Model):
    """The part of a Worker's settings that is about it."""

    serverless: ServerlessSettings = Field(default={})
    accept_early_access: EarlyAccess = None


def stated(stack: str = "prod", /, **values: Any) -> Stated:
    names = frozenset({"main", "other"})
    around = ValidationContext(stack=stack, plan=Plan.PAID, root=Path(), database_names=names)
    return Stated.model_validate({"serverless": {"URL": "main"}, **values}, context=around)


def judged(root: Path, database: dict[str, Any], *, stack: str = "dev") -> str:
    def program() -> None:
        reject_elsewhere(settings.load(root)[0].databases, {"workers.edge": {"URL": "main"}})

    try:
        deploy(program, config=file_with(database), secret_keys=("secrets",), stack=stack)
    except ValidationError as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("accepted", [{}, {"acceptEarlyAccess": False}])
def test_early_access_is_accepted_in_words(accepted: dict[str, bool]) -> None:
    with pytest.raises(pydantic.ValidationError, match="is not true; Prisma's serverless driver is in Early Access"):
        stated(**accepted)
    assert stated(acceptEarlyAccess=True).accept_early_access is True


@pytest.mark.parametrize("stack", ["local", "pr-12"])
def test_a_stack_that_comes_and_goes_has_nothing_to_accept(stack: str) -> None:
    assert stated(stack).accept_early_access is True


def test_who_does_not_use_it_has_nothing_to_accept() -> None:
    assert stated(serverless={}).accept_early_access is False


def test_one_database_is_asked() -> None:
    with pytest.raises(pydantic.ValidationError, match="names 2 databases"):
        stated(serverless={"A": "main", "B": "other"}, acceptEarlyAccess=True)


def test_it_is_a_database_of_the_stack() -> None:
    with pytest.raises(pydantic.ValidationError, match="is nowhere, which is no database of this stack"):
        stated(serverless={"A": "nowhere"}, acceptEarlyAccess=True)


def test_the_component_is_given_the_database_itself() -> None:
    neighbours = Neighbours(unpooled={"main": {"database": "postgres", "user": "u", "password": "p"}})
    (found,) = deploy(lambda: [serverless_arguments({"URL": "main"}, neighbours)], stack="local").result
    assert found == {
        "origin": neighbours.unpooled["main"],
        "name": "URL",
        "accept_early_access": True,
        "allow_loopback": True,
    }
    assert serverless_arguments({}, neighbours) is None


@pytest.mark.parametrize(
    ("database", "words"),
    [
        (NEON, "is of another vendor"),
        (SUPABASE, "is db.abcdefghijklmnopqrst.supabase.co"),
        (own(), "is db.example.com"),
        (own(host="pooled.db.prisma.io"), "a pooled endpoint"),
    ],
    ids=["neon", "supabase", "existing", "pooled"],
)
def test_another_vendor_s_database_is_a_fault(database: dict[str, Any], words: str, root: Path) -> None:
    complaint = judged(root, database)
    assert complaint.startswith("workers.edge.serverless.URL: names main: it ")
    assert words in complaint


@pytest.mark.parametrize("database", [PRISMA, STRING, own(host="db.prisma.io")], ids=["prisma", "url", "existing"])
def test_prisma_s_is_none(database: dict[str, Any], root: Path) -> None:
    assert judged(root, database) == ""
