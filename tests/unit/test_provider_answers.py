"""The reviewed answers for attributes that a request did not set."""

import json
import re
from typing import Any

import pytest

from tools.provider_schema.__main__ import TARGET
from tools.provider_schema.answers import SOURCE, read_groups, with_answers

GROUP = {
    "resource": "Thing",
    "attributes": ["limits"],
    "answers": ["omitted", "empty"],
    "reason": "The API answers it.",
    "source": "https://example.com",
}


def added(group: dict[str, Any], **row: Any) -> dict[str, Any]:
    """Returns the row of the attribute `limits` with the answers of a group."""
    schema = {"example:index/thing:Thing": {"limits": {"mode": "optional", "type": "object", **row}}}
    return with_answers(schema, [group])["example:index/thing:Thing"]["limits"]


def text_of(**changes: Any) -> str:
    group = {key: value for key, value in {**GROUP, **changes}.items() if value is not None}
    return "[[group]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in group.items())


def test_the_schema_has_the_answers_of_the_reviewed_file() -> None:
    resources = json.loads(TARGET.read_text())["resources"]
    assert with_answers(resources, read_groups(SOURCE.read_text())) == resources


@pytest.mark.parametrize("group", read_groups(SOURCE.read_text()), ids=lambda group: group["attributes"][0])
def test_each_group_has_a_reason_and_a_public_source(group: dict[str, Any]) -> None:
    assert re.fullmatch(r"https://\S+", group["source"])
    assert group["reason"].endswith(".")


def test_an_attribute_has_the_values_of_its_answers() -> None:
    assert added(GROUP)["undeclared"] == {"omitted": None, "empty": {}}


def test_former_answers_are_removed() -> None:
    assert added(GROUP, undeclared={"default": 1}, hiddenDefault=1).keys() == {"mode", "type", "undeclared"}


def test_an_attribute_that_the_schema_does_not_have_is_rejected() -> None:
    with pytest.raises(ValueError, match=re.escape("Thing.other: is not an optional attribute of the schema.")):
        added({**GROUP, "attributes": ["other"]})


def test_a_computed_attribute_is_rejected_because_the_provider_keeps_its_value() -> None:
    with pytest.raises(ValueError, match="is not an optional attribute"):
        added(GROUP, mode="optional+computed")


def test_a_number_has_no_empty_answer() -> None:
    with pytest.raises(ValueError, match="a number has no empty value"):
        added(GROUP, type="number")


def test_an_attribute_in_two_groups_is_rejected() -> None:
    with pytest.raises(ValueError, match="is in two groups"):
        added({**GROUP, "attributes": ["limits", "limits"]})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"source": None}, "missing or unknown keys: source"),
        ({"why": "x"}, "missing or unknown keys: why"),
        ({"answers": ["null"]}, "unknown answers: null"),
        ({"answers": ["default"]}, "`default` is required"),
        ({"default": 1}, "`default` is required"),
    ],
)
def test_a_group_with_an_error_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        read_groups(text_of(**changes))
