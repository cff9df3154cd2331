"""The schema that other languages get: it changes on purpose only, and no change breaks programs of before."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from edge_postgres._plugin import schema
from edge_postgres._plugin.compatibility import find_breaks, may_break

BEFORE = {
    "name": "shop",
    "resources": {
        "shop:index:Order": {
            "inputProperties": {
                "customer": {"type": "string"},
                "note": {"type": "string"},
                "kind": {"$ref": "#/types/shop:index:Kind", "plain": True},
                "lines": {"type": "array", "items": {"$ref": "#/types/shop:index:Line"}},
            },
            "requiredInputs": ["customer"],
            "properties": {
                "number": {"type": "string"},
                "invoice": {"type": "string"},
                "parcel": {"$ref": "#/types/shop:index:Parcel"},
            },
            "required": ["number"],
        }
    },
    "types": {
        "shop:index:Kind": {
            "type": "string",
            "enum": [{"name": "NEW", "value": "new"}, {"name": "OLD", "value": "old"}],
        },
        "shop:index:Line": {
            "type": "object",
            "properties": {"article": {"type": "string"}, "count": {"type": "number"}},
            "required": ["article"],
        },
        "shop:index:Parcel": {"type": "object", "properties": {"weight": {"type": "number"}}, "required": ["weight"]},
    },
}


def after(change: Callable[[Any, Any, Any], None]) -> list[str]:
    """What is broken after ``change`` has been at the schema: its component, its types, all of it."""
    changed = copy.deepcopy(BEFORE)
    change(changed["resources"]["shop:index:Order"], changed["types"], changed)  # type: ignore[index]
    return find_breaks(BEFORE, changed)


@cache
def current() -> Any:
    return schema.infer_schema()


# What breaks nothing.


def test_the_same_schema_breaks_nothing() -> None:
    assert find_breaks(BEFORE, BEFORE) == []


def test_a_new_component_breaks_nothing() -> None:
    assert after(lambda order, types, all_: all_["resources"].update({"shop:index:Return": {}})) == []


def test_a_new_optional_input_breaks_nothing() -> None:
    assert after(lambda order, types, all_: order["inputProperties"].update(gift={"type": "boolean"})) == []


def test_a_new_output_breaks_nothing() -> None:
    def change(order: Any, types: Any, all_: Any) -> None:
        order["properties"]["total"] = {"type": "number"}
        order["required"].append("total")

    assert after(change) == []


def test_a_new_value_of_an_enum_breaks_nothing() -> None:
    value = {"name": "LOST", "value": "lost"}
    assert after(lambda order, types, all_: types["shop:index:Kind"]["enum"].append(value)) == []


def test_an_input_that_need_not_be_given_any_more_breaks_nothing() -> None:
    assert after(lambda order, types, all_: order["requiredInputs"].clear()) == []


def test_other_words_break_nothing() -> None:
    assert after(lambda order, types, all_: order.update(description="An order.")) == []


# What breaks programs.


def test_another_name_of_the_package_is_a_break() -> None:
    told = after(lambda order, types, all_: all_.update(name="store"))
    assert told == ["the name of the package is store, and was shop"]


def test_a_component_that_is_gone_is_a_break() -> None:
    assert after(lambda order, types, all_: all_["resources"].clear())[0] == "shop:index:Order was removed"


def test_an_input_that_is_gone_is_a_break() -> None:
    told = after(lambda order, types, all_: order["inputProperties"].pop("note"))
    assert told == ["shop:index:Order, input note was removed"]


def test_an_input_that_has_to_be_given_from_now_on_is_a_break() -> None:
    told = after(lambda order, types, all_: order["requiredInputs"].append("note"))
    assert told == ["shop:index:Order, input note is now required"]


def test_a_new_input_that_has_to_be_given_is_a_break() -> None:
    def change(order: Any, types: Any, all_: Any) -> None:
        order["inputProperties"]["address"] = {"type": "string"}
        order["requiredInputs"].append("address")

    assert after(change) == ["shop:index:Order, input address is now required"]


def test_another_type_of_an_input_is_a_break() -> None:
    (told,) = after(lambda order, types, all_: order["inputProperties"]["note"].update(type="number"))
    assert told.startswith("shop:index:Order, input note has the type ")


def test_an_input_that_takes_no_output_any_more_is_a_break() -> None:
    (told,) = after(lambda order, types, all_: order["inputProperties"]["note"].update(plain=True))
    assert told.startswith("shop:index:Order, input note has the type ")


def test_another_type_inside_of_a_list_is_a_break() -> None:
    lines = {"type": "array", "items": {"type": "string"}}
    (told,) = after(lambda order, types, all_: order["inputProperties"].update(lines=lines))
    assert told.startswith("shop:index:Order, input lines has the type ")


def test_an_output_that_is_gone_is_a_break() -> None:
    told = after(lambda order, types, all_: order["properties"].pop("invoice"))
    assert told == ["shop:index:Order, output invoice was removed"]


def test_another_type_of_an_output_is_a_break() -> None:
    (told,) = after(lambda order, types, all_: order["properties"]["number"].update(type="number"))
    assert told.startswith("shop:index:Order, output number has the type ")


def test_an_output_that_may_be_missing_is_a_break() -> None:
    told = after(lambda order, types, all_: order["required"].remove("number"))
    assert told == ["shop:index:Order, output number is now optional"]


def test_an_output_that_is_always_there_now_is_a_break() -> None:
    told = after(lambda order, types, all_: order["required"].append("invoice"))
    assert told == ["shop:index:Order, output invoice is now always set"]


def test_a_type_that_is_gone_is_a_break() -> None:
    assert after(lambda order, types, all_: types.pop("shop:index:Line")) == ["shop:index:Line was removed"]


def test_an_enum_of_other_values_is_a_break() -> None:
    (told,) = after(lambda order, types, all_: types["shop:index:Kind"].update(type="number"))
    assert told == "shop:index:Kind has the type number, and had string"


def test_a_value_of_an_enum_that_is_gone_is_a_break() -> None:
    told = after(lambda order, types, all_: types["shop:index:Kind"]["enum"].pop())
    assert told == ["shop:index:Kind, value OLD = old was removed"]


def test_another_name_of_a_value_is_a_break() -> None:
    told = after(lambda order, types, all_: types["shop:index:Kind"]["enum"][1].update(name="AGED"))
    assert told == ["shop:index:Kind, value OLD = old was removed"]


def test_a_property_of_a_type_that_is_gone_is_a_break() -> None:
    told = after(lambda order, types, all_: types["shop:index:Line"]["properties"].pop("count"))
    assert told == ["shop:index:Line, property count was removed"]


def test_a_property_of_a_type_that_has_to_be_given_from_now_on_is_a_break() -> None:
    told = after(lambda order, types, all_: types["shop:index:Line"]["required"].append("count"))
    assert told == ["shop:index:Line, property count is now required"]


def test_a_property_that_is_only_told_may_not_go_missing() -> None:
    told = after(lambda order, types, all_: types["shop:index:Parcel"]["required"].clear())
    assert told == ["shop:index:Parcel, property weight is now optional"]


def test_a_property_that_is_only_given_need_not_be() -> None:
    assert after(lambda order, types, all_: types["shop:index:Line"]["required"].clear()) == []


# Which versions may break.


@pytest.mark.parametrize(
    ("released", "next_", "may"),
    [
        ("0.1.0", "0.1.1", False),
        ("0.1.0", "0.2.0", True),
        ("0.2.0", "0.1.9", False),
        ("1.2.3", "1.3.0", False),
        ("1.2.3", "2.0.0", True),
        ("0.9.0", "1.0.0", True),
        ("1.0.0", "1.0.0", False),
    ],
)
def test_a_version_may_break_where_its_first_number_that_counts_is_higher(released: str, next_: str, may: bool) -> None:
    assert may_break(released, next_) is may


# The package.


def test_the_schema_is_as_committed() -> None:
    changed = "The components have another schema than plugin/schema.json. If that is meant: `make schema`."
    assert schema.read_schema(schema.CURRENT) == json.loads(schema.to_text(current())), changed


def test_an_upgrade_from_the_last_release_breaks_no_program() -> None:
    released = schema.read_schema(schema.RELEASED)
    assert may_break(released["version"], current()["version"]) or find_breaks(released, current()) == []


def test_what_is_kept_of_a_release_is_enough_to_compare_with() -> None:
    assert find_breaks(schema.without_descriptions(current()), current()) == []


def test_a_property_called_description_is_kept() -> None:
    kept = schema.without_descriptions({"description": "prose", "properties": {"description": {"type": "string"}}})
    assert kept == {"properties": {"description": {"type": "string"}}}


def test_the_version_is_the_projects() -> None:
    assert current()["version"] == schema.read_schema(schema.CURRENT)["version"] != "0.0.0"


def test_nobody_has_to_install_a_provider_to_read_the_schema() -> None:
    # A type of a provider's own in a component's arguments would make each generated SDK depend on that provider's.
    assert current()["dependencies"] == []
