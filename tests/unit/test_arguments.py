"""Arguments of a component: required, omitted and unknown arguments, and choices."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pulumi
import pytest

from edge_postgres.core.args import validate_choice, validated_args
from tests.harness import deploy, rejected


class Common(TypedDict):
    name: str


class Args(Common):
    limit: NotRequired[int]
    label: NotRequired[object]
    shares: NotRequired[Mapping[str, pulumi.Input[float]]]
    names: NotRequired[Sequence[str]]
    max_age: NotRequired[int]
    files: NotRequired[Mapping[str, str]]


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def test_a_set_argument_is_kept() -> None:
    assert validated_args({"name": "x", "limit": 5}, Args, subject="main") == {"name": "x", "limit": 5}


def test_none_is_treated_as_omitted() -> None:
    given: Any = {"name": "x", "limit": None}
    assert validated_args(given, Args, subject="main") == {"name": "x"}


@pytest.mark.parametrize("value", [0, False, "", []])
def test_an_empty_value_is_kept(value: Any) -> None:
    given: Any = {"name": "x", "label": value}
    assert validated_args(given, Args, subject="main")["label"] == value


def test_the_dictionary_of_the_caller_is_not_changed() -> None:
    given: Any = {"name": "x", "limit": None}
    validated_args(given, Args, subject="main")
    assert given == {"name": "x", "limit": None}


@pytest.mark.parametrize("given", [{}, {"name": None}])
def test_a_missing_argument_is_rejected(given: Any) -> None:
    with rejected("main.name: is required. Set this argument."):
        validated_args(given, Args, subject="main")


@pytest.mark.parametrize(("key", "suggestion"), [("limits", "limit"), ("maxAge", "max_age"), ("nme", "name")])
def test_an_unknown_argument_is_rejected_with_a_suggestion(key: str, suggestion: str) -> None:
    given: Any = {"name": "x", key: None}
    with rejected(f"main.{key}: unknown argument. Did you mean `{suggestion}`?"):
        validated_args(given, Args, subject="main")


def test_an_unknown_argument_without_a_similar_name_is_rejected_with_all_arguments() -> None:
    given: Any = {"name": "x", "zzz": 1}
    with rejected(
        "main.zzz: unknown argument. The arguments are `files`, `label`, `limit`, `max_age`, `name`, `names`, `shares`."
    ):
        validated_args(given, Args, subject="main")


@pytest.mark.parametrize("given", [pulumi.Output.from_input("x"), "x", None, [("name", "x")]])
def test_a_value_that_is_not_a_dictionary_is_rejected_and_not_shown(given: Any) -> None:
    with rejected(
        f"main: must be a dictionary, got a value of the type {type(given).__name__}. Set a dictionary",
        "with the keys `files`, `label`, `limit`, `max_age`, `name`, `names`, `shares`.",
    ):
        validated_args(given, Args, subject="main")


@pytest.mark.parametrize(("value", "kind"), [("5", "a string"), (True, "a value of the type bool")])
def test_a_value_that_is_not_a_number_is_rejected_and_not_shown(value: Any, kind: str) -> None:
    given: Any = {"name": "x", "limit": value}
    with rejected(f"main.limit: must be a number, got {kind}. Set a number without quotes."):
        validated_args(given, Args, subject="main")


def test_a_number_in_a_map_is_validated_with_its_path() -> None:
    given: Any = {"name": "x", "shares": {"api": "5"}}
    with rejected("main.shares.api: must be a number, got a string."):
        validated_args(given, Args, subject="main")


def test_an_output_of_a_string_is_rejected_in_place_of_a_number() -> None:
    def program() -> None:
        given: Any = {"name": "x", "shares": {"api": pulumi.Output.from_input("5")}}
        found: Any = validated_args(given, Args, subject="main")
        pulumi.export("share", found["shares"]["api"])

    with rejected("main.shares.api: must be a number, got a string."):
        deploy(program)


def test_a_string_in_place_of_a_list_is_rejected() -> None:
    given: Any = {"name": "x", "names": "api"}
    with rejected("main.names: must be a list, got a string. Set a list, also for one value."):
        validated_args(given, Args, subject="main")


def test_a_path_is_a_string_in_lists_and_maps_too() -> None:
    given: Any = {"name": Path("a"), "names": (Path("b"),), "files": {"c": Path("d")}}
    found = validated_args(given, Args, subject="main")
    assert found == {"name": "a", "names": ["b"], "files": {"c": "d"}}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (pulumi.FileAsset("a"), "FileAsset"),
        (pulumi.StringAsset("a"), "StringAsset"),
        (pulumi.FileArchive("a"), "FileArchive"),
    ],
)
def test_an_asset_in_place_of_a_path_is_rejected(value: Any, kind: str) -> None:
    given: Any = {"name": value}
    with rejected(f"main.name: must be a path, got a {kind}. Set the path as a string or as a `pathlib.Path`."):
        validated_args(given, Args, subject="main")


@pytest.mark.parametrize("value", ["small", Size.SMALL])
def test_a_string_selects_its_enum_member(value: str) -> None:
    assert validate_choice(value, Size, subject="main.size") is Size.SMALL


@pytest.mark.parametrize("value", ["huge", "", "SMALL"])
def test_an_unknown_choice_is_rejected_with_all_choices(value: str) -> None:
    with rejected(f"main.size: must be one of `small`, `large`, got `{value}`."):
        validate_choice(value, Size, subject="main.size")
