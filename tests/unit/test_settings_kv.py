"""KV namespaces of a stack file: accepted settings, errors, and the arguments of the component."""

from pathlib import Path
from typing import Annotated, Any

import pydantic
import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Entries, Model, ValidationContext
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.kv import KvSettings
from tests.harness import deploy
from tests.unit.test_kv_cache import ANSWERS, NAMESPACE

ID = "0f2ac74b498b48028cb68387c421e279"
CONTEXT = StackContext("0123456789abcdef0123456789abcdef", Plan.PAID, stack="dev", secrets=Secrets())


class File(Model):
    """A stack file with this section only."""

    kv: Annotated[dict[str, KvSettings], Entries]


def load(**kv: Any) -> dict[str, KvSettings]:
    return File.model_validate({"kv": kv}, context=ValidationContext("dev", Plan.PAID, Path())).kv


def error_at(path: str, **kv: Any) -> str:
    """The message for a section with one error, which is at the path."""
    with pytest.raises(pydantic.ValidationError) as raised:
        load(**kv)
    (found,) = errors_of(raised.value, File, {"provider": (), "kind": ()})
    assert found.path == path
    return found.message


def created(**answers: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The id of the namespace `answers`, and the inputs of the created namespaces."""
    settings = load(answers=answers)["answers"]
    run = deploy(lambda: {"id": settings.create("answers", CONTEXT)})
    return run.exports["id"].value, [entry.inputs for entry in run.all(NAMESPACE)]


def test_an_empty_map_creates_a_namespace() -> None:
    assert created() == ("answers-namespace-id", [{"accountId": "0123456789abcdef0123456789abcdef", "title": ANSWERS}])


def test_a_jurisdiction_reaches_the_namespace() -> None:
    _, (namespace,) = created(jurisdiction="eu")
    assert namespace == {"accountId": "0123456789abcdef0123456789abcdef", "title": ANSWERS, "jurisdiction": "eu"}


def test_a_title_reaches_the_namespace() -> None:
    _, (namespace,) = created(title="answers of the shop")
    assert namespace["title"] == "answers of the shop"


def test_an_empty_title_is_rejected() -> None:
    assert error_at("kv.answers.title", answers={"title": " "}).startswith("must not be empty")


def test_an_id_refers_to_an_existing_namespace_and_creates_none() -> None:
    assert created(id=ID) == (ID, [])


@pytest.mark.parametrize("wrong", ["answers", ID.upper(), ID[1:]])
def test_an_id_in_another_form_is_rejected(wrong: str) -> None:
    message = error_at("kv.answers.id", answers={"id": wrong})
    assert message == (
        f"must be 32 hexadecimal digits (0-9, a-f), got {wrong}. "
        "Run `wrangler kv namespace list`, which shows the namespace IDs of the account."
    )


def test_an_id_cannot_be_combined_with_a_jurisdiction() -> None:
    assert "cannot be combined with `id`" in error_at(
        "kv.answers.jurisdiction", answers={"id": ID, "jurisdiction": "eu"}
    )


def test_an_id_cannot_be_combined_with_a_title() -> None:
    assert "cannot be combined with `id`" in error_at("kv.answers.title", answers={"id": ID, "title": "answers"})


def test_an_unknown_jurisdiction_is_rejected() -> None:
    assert "'eu'" in error_at("kv.answers.jurisdiction", answers={"jurisdiction": "mars"})


def test_an_unknown_setting_is_rejected() -> None:
    assert "The settings here are `id`, `jurisdiction`, `title`, `transform`." in error_at(
        "kv.answers.ttl", answers={"ttl": 60}
    )
