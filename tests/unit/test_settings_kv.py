"""What a stack file may say of its KV namespaces."""

from pathlib import Path
from typing import Annotated, Any

import pydantic
import pytest
from pydantic import BeforeValidator

from edge_postgres.core.plan import Plan
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Model, ValidationContext, with_names
from edge_postgres.stack.workers.kv import KvSettings

ID = "0f2ac74b498b48028cb68387c421e279"


class File(Model):
    """A stack file of this part alone."""

    kv: Annotated[dict[str, KvSettings], BeforeValidator(with_names)]


def load(**kv: Any) -> dict[str, KvSettings]:
    around = ValidationContext(stack="dev", plan=Plan.PAID, root=Path())
    return File.model_validate({"kv": kv}, context=around).kv


def fault(path: str, **kv: Any) -> str:
    with pytest.raises(pydantic.ValidationError) as refused:
        load(**kv)
    (found,) = errors_of(refused.value, File, {"provider": (), "kind": ()})
    assert found.path == path
    return found.message


def test_an_empty_map_makes_a_namespace() -> None:
    settings = load(answers={})["answers"]
    assert settings.id is None
    assert settings.arguments(account_id="a", title="shop-dev-answers") == {
        "account_id": "a",
        "title": "shop-dev-answers",
    }


def test_a_jurisdiction_is_handed_on() -> None:
    arguments = load(answers={"jurisdiction": "eu"})["answers"].arguments(account_id="a")
    assert arguments == {"account_id": "a", "jurisdiction": "eu"}


def test_an_id_names_a_namespace_that_is_there_and_makes_none() -> None:
    settings = load(answers={"id": ID})["answers"]
    assert settings.id == ID
    assert settings.arguments(account_id="a", title="shop-dev-answers") is None


@pytest.mark.parametrize("wrong", ["answers", ID.upper(), ID[1:]])
def test_what_is_no_id_is_a_fault(wrong: str) -> None:
    complaint = fault("kv.answers.id", answers={"id": wrong})
    assert complaint == (
        f"must be 32 hexadecimal digits (0-9, a-f), got {wrong}. "
        "Run `wrangler kv namespace list`, which shows the namespace ids of the account."
    )


def test_an_id_and_a_jurisdiction_together_are_a_fault() -> None:
    assert "stands beside `id`" in fault("kv.answers.jurisdiction", answers={"id": ID, "jurisdiction": "eu"})


def test_an_unknown_jurisdiction_is_a_fault() -> None:
    assert "'eu'" in fault("kv.answers.jurisdiction", answers={"jurisdiction": "mars"})


def test_another_setting_is_a_fault() -> None:
    assert "The settings here are `id`, `jurisdiction`." in fault("kv.answers.ttl", answers={"ttl": 60})
