"""The schema for other languages equals the committed one, and no change breaks existing programs."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from edge_postgres._plugin import schema
from edge_postgres._plugin.compatibility import allows_breaks, find_breaks

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
    """The breaking changes of ``change``, which gets the component, the types and the whole schema."""
    changed = copy.deepcopy(BEFORE)
    change(changed["resources"]["shop:index:Order"], changed["types"], changed)  # type: ignore[index]
    return find_breaks(BEFORE, changed)


@cache
def current() -> Any:
    return schema.infer_schema()


# Compatible changes.


def test_an_equal_schema_is_compatible() -> None:
    assert find_breaks(BEFORE, BEFORE) == []


def test_a_new_component_is_compatible() -> None:
    assert after(lambda order, types, all_: all_["resources"].update({"shop:index:Return": {}})) == []


def test_a_new_optional_input_is_compatible() -> None:
    assert after(lambda order, types, all_: order["inputProperties"].update(gift={"type": "boolean"})) == []


def test_a_new_output_is_compatible() -> None:
    def change(order: Any, types: Any, all_: Any) -> None:
        order["properties"]["total"] = {"type": "number"}
        order["required"].append("total")

    assert after(change) == []


def test_a_new_value_of_an_enum_is_compatible() -> None:
    value = {"name": "LOST", "value": "lost"}
    assert after(lambda order, types, all_: types["shop:index:Kind"]["enum"].append(value)) == []


def test_an_input_that_becomes_optional_is_compatible() -> None:
    assert after(lambda order, types, all_: order["requiredInputs"].clear()) == []


def test_a_changed_description_is_compatible() -> None:
    assert after(lambda order, types, all_: order.update(description="An order.")) == []


# Breaking changes.


def test_a_renamed_package_is_a_break() -> None:
    broken = after(lambda order, types, all_: all_.update(name="store"))
    assert broken == ["the name of the package is store, and was shop"]


def test_a_removed_component_is_a_break() -> None:
    assert after(lambda order, types, all_: all_["resources"].clear())[0] == "shop:index:Order was removed"


def test_a_removed_input_is_a_break() -> None:
    broken = after(lambda order, types, all_: order["inputProperties"].pop("note"))
    assert broken == ["shop:index:Order, input note was removed"]


def test_an_input_that_becomes_required_is_a_break() -> None:
    broken = after(lambda order, types, all_: order["requiredInputs"].append("note"))
    assert broken == ["shop:index:Order, input note is now required"]


def test_a_new_required_input_is_a_break() -> None:
    def change(order: Any, types: Any, all_: Any) -> None:
        order["inputProperties"]["address"] = {"type": "string"}
        order["requiredInputs"].append("address")

    assert after(change) == ["shop:index:Order, input address is now required"]


def test_a_changed_type_of_an_input_is_a_break() -> None:
    (broken,) = after(lambda order, types, all_: order["inputProperties"]["note"].update(type="number"))
    assert broken.startswith("shop:index:Order, input note has the type ")


def test_an_input_that_becomes_plain_is_a_break() -> None:
    (broken,) = after(lambda order, types, all_: order["inputProperties"]["note"].update(plain=True))
    assert broken.startswith("shop:index:Order, input note has the type ")


def test_a_changed_type_inside_of_a_list_is_a_break() -> None:
    lines = {"type": "array", "items": {"type": "string"}}
    (broken,) = after(lambda order, types, all_: order["inputProperties"].update(lines=lines))
    assert broken.startswith("shop:index:Order, input lines has the type ")


def test_a_removed_output_is_a_break() -> None:
    broken = after(lambda order, types, all_: order["properties"].pop("invoice"))
    assert broken == ["shop:index:Order, output invoice was removed"]


def test_a_changed_type_of_an_output_is_a_break() -> None:
    (broken,) = after(lambda order, types, all_: order["properties"]["number"].update(type="number"))
    assert broken.startswith("shop:index:Order, output number has the type ")


def test_an_output_that_becomes_optional_is_a_break() -> None:
    broken = after(lambda order, types, all_: order["required"].remove("number"))
    assert broken == ["shop:index:Order, output number is now optional"]


def test_an_output_that_becomes_required_is_a_break() -> None:
    broken = after(lambda order, types, all_: order["required"].append("invoice"))
    assert broken == ["shop:index:Order, output invoice is now always set"]


def test_a_removed_type_is_a_break() -> None:
    assert after(lambda order, types, all_: types.pop("shop:index:Line")) == ["shop:index:Line was removed"]


def test_a_changed_type_of_an_enum_is_a_break() -> None:
    (broken,) = after(lambda order, types, all_: types["shop:index:Kind"].update(type="number"))
    assert broken == "shop:index:Kind has the type number, and had string"


def test_a_removed_value_of_an_enum_is_a_break() -> None:
    broken = after(lambda order, types, all_: types["shop:index:Kind"]["enum"].pop())
    assert broken == ["shop:index:Kind, value OLD = old was removed"]


def test_a_renamed_value_of_an_enum_is_a_break() -> None:
    broken = after(lambda order, types, all_: types["shop:index:Kind"]["enum"][1].update(name="AGED"))
    assert broken == ["shop:index:Kind, value OLD = old was removed"]


def test_a_removed_property_of_a_type_is_a_break() -> None:
    broken = after(lambda order, types, all_: types["shop:index:Line"]["properties"].pop("count"))
    assert broken == ["shop:index:Line, property count was removed"]


def test_a_property_of_an_input_type_that_becomes_required_is_a_break() -> None:
    broken = after(lambda order, types, all_: types["shop:index:Line"]["required"].append("count"))
    assert broken == ["shop:index:Line, property count is now required"]


def test_a_property_of_an_output_type_that_becomes_optional_is_a_break() -> None:
    broken = after(lambda order, types, all_: types["shop:index:Parcel"]["required"].clear())
    assert broken == ["shop:index:Parcel, property weight is now optional"]


def test_a_property_of_an_input_type_that_becomes_optional_is_compatible() -> None:
    assert after(lambda order, types, all_: types["shop:index:Line"]["required"].clear()) == []


# Versions that may have breaking changes.


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
def test_a_breaking_change_needs_a_higher_first_nonzero_version_number(released: str, next_: str, may: bool) -> None:
    assert allows_breaks(released, next_) is may


# The package.


def test_the_schema_equals_the_committed_schema() -> None:
    changed = "The schema of the components differs from plugin/schema.json. If that is intended: `make schema`."
    assert schema.read_schema(schema.CURRENT) == json.loads(schema.to_text(current())), changed


def test_an_upgrade_from_the_last_release_breaks_no_program() -> None:
    released = schema.read_schema(schema.RELEASED)
    assert allows_breaks(released["version"], current()["version"]) or find_breaks(released, current()) == []


def test_a_schema_without_descriptions_is_enough_to_find_breaks() -> None:
    assert find_breaks(schema.without_descriptions(current()), current()) == []


def test_a_property_called_description_is_kept() -> None:
    kept = schema.without_descriptions({"description": "prose", "properties": {"description": {"type": "string"}}})
    assert kept == {"properties": {"description": {"type": "string"}}}


def test_the_version_is_the_version_of_the_project() -> None:
    assert current()["version"] == schema.read_schema(schema.CURRENT)["version"] != "0.0.0"


def test_the_schema_depends_on_no_other_provider() -> None:
    # If a component's arguments had a type of another provider, each generated SDK would depend on its SDK.
    assert current()["dependencies"] == []
