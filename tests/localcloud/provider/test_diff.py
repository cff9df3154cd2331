"""Changes between a state and a plan, and their paths."""

import pytest

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.diff import Change, Kind, find_changes, project
from localcloud.provider.plan import plan, propose, with_defaults
from localcloud.provider.property_map import UNKNOWN, PropertyMap

FREE = Attribute(mode="optional", type="any")
TEXT = Attribute(mode="optional", type="string")
SET = Attribute(mode="optional", type="set")


def schema(**children: Attribute) -> Attribute:
    return Attribute(mode="required", type="object", children=children)


def changes(old: object, new: object, attribute: Attribute = FREE) -> dict[str, Kind]:
    return {change.path: change.kind for change in find_changes(attribute, old, new, "p")}


def test_every_changed_scalar_has_a_path_in_pulumis_notation():
    old = {"port": 1, "gone": "x", "list": [{"text": "a"}, "b"], "vars": {"a.b": 1}}
    new = {"port": 2, "new": "y", "list": [{"text": "c"}], "vars": {"a.b": 2}}
    assert changes(old, new) == {
        "p.port": Kind.UPDATE,
        "p.gone": Kind.DELETE,
        "p.new": Kind.ADD,
        "p.list[0].text": Kind.UPDATE,
        "p.list[1]": Kind.DELETE,
        'p.vars["a.b"]': Kind.UPDATE,
    }


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), ({}, {}), ([1, 2], [1, 2]), (None, None), ({"a": None}, {})])
def test_values_with_the_same_meaning_are_not_a_change(old: object, new: object):
    assert changes(old, new) == {}


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (0, False), ("1", 1), ([1, 2], [2, 1]), ("a\n", "a"), ("", UNKNOWN)]
)
def test_values_that_only_look_equal_are_a_change(old: object, new: object):
    assert changes(old, new) != {}


@pytest.mark.parametrize("empty", ["", [], {}, False])
def test_an_empty_value_is_not_the_same_as_a_missing_one(empty: object):
    assert changes(empty, None) == {"p": Kind.DELETE}
    assert changes(None, empty) == {"p": Kind.ADD}


def test_the_order_of_a_set_is_ignored_and_its_members_are_not():
    assert changes(["a", "b"], ["b", "a"], SET) == {}
    assert changes(["a", "b"], ["b", "c"], SET) == {"p": Kind.UPDATE}
    assert changes([{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}], SET) == {}


def test_refreshed_inputs_have_only_declared_properties():
    declared, actual = {"a": 1, "b": {"c": 1}, "gone": 1}, {"a": 2, "b": {"c": 1, "d": 1}, "e": 1}
    assert project(schema(a=FREE, b=schema(c=FREE, d=FREE), e=FREE), declared, actual) == {"a": 2, "b": {"c": 1}}


def test_refreshed_inputs_keep_the_order_of_a_set():
    declared, actual = {"s": [{"name": "a"}, {"name": "b"}]}, {"s": [{"name": "b", "id": 2}, {"name": "a", "id": 1}]}
    elements = Attribute(mode="optional", type="set", children={"name": TEXT, "id": FREE})
    assert project(schema(s=elements), declared, actual) == declared


def test_a_default_is_set_only_if_its_parent_exists():
    false = Attribute(mode="optional", type="bool", default=False)
    items = Attribute(
        mode="optional", type="list", children={"type": Attribute(mode="optional", type="string", default="public")}
    )
    attributes = schema(
        caching=Attribute(mode="optional", type="object", children={"disabled": false}), items=items, proxied=false
    )
    values: PropertyMap = {"caching": {}, "items": [{}, {"type": "private"}]}
    assert with_defaults(attributes, values) == {
        "caching": {"disabled": False},
        "items": [{"type": "public"}, {"type": "private"}],
        "proxied": False,
    }
    assert with_defaults(attributes, {"caching": UNKNOWN}) == {"caching": UNKNOWN, "proxied": False}


def test_a_computed_value_that_is_not_set_is_no_change_and_may_be_unknown_in_an_update():
    computed = Attribute(mode="optional+computed", type="string")
    kept = Attribute(mode="optional+computed", type="string", kept=True)
    attributes, state = schema(a=TEXT, b=computed, c=kept), {"a": "1", "b": "2", "c": "3"}
    assert propose(attributes, {"a": "1"}, state) == state
    assert plan(attributes, {"a": "9"}, state) == {"a": "9", "b": UNKNOWN, "c": "3"}
    assert plan(attributes, {"a": "9"}, None) == {"a": "9", "b": UNKNOWN, "c": UNKNOWN}


def test_a_change_has_a_path_and_a_kind():
    assert list(find_changes(FREE, None, 1, "p")) == [Change("p", Kind.ADD)]
