"""Changes between declarations, and their paths."""

import pytest

from localcloud.provider.diff import Change, Comparison, Kind
from localcloud.provider.property_map import UNKNOWN, paths, with_defaults

PLAIN = Comparison()


def changes(old: object, new: object, comparison: Comparison = PLAIN) -> dict[str, Kind]:
    return {change.path: change.kind for change in comparison.changes(old, new, ("p",))}


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


def test_the_order_of_a_set_is_ignored_and_its_members_are_not():
    sets = Comparison(sets=paths("p"))
    assert changes(["a", "b"], ["b", "a"], sets) == {}
    assert changes(["a", "b"], ["b", "c"], sets) == {"p": Kind.UPDATE}


def test_trailing_newlines_of_a_certificate_are_ignored():
    trimmed = Comparison(trimmed=paths("p"))
    assert changes("PEM\n", "PEM", trimmed) == {}
    assert changes("PEM\n", "PEM2", trimmed) == {"p": Kind.UPDATE}


def test_values_that_the_api_adds_are_not_drift():
    assert PLAIN.covers({"a": 1, "b": 2}, {"a": 1}, ("p",))
    assert PLAIN.covers([{"a": 1, "b": 2}], [{"a": 1}], ("p",))
    assert not PLAIN.covers({"b": 2}, {"a": 1}, ("p",))
    assert not PLAIN.covers([{"a": 1}, {"a": 2}], [{"a": 1}], ("p",))


def test_refreshed_inputs_have_only_declared_properties():
    declared, actual = {"a": 1, "b": {"c": 1}, "gone": 1}, {"a": 2, "b": {"c": 1, "d": 1}, "e": 1}
    assert PLAIN.project(declared, actual, ("p",)) == {"a": 2, "b": {"c": 1}}


def test_a_default_is_set_only_if_its_parent_exists():
    defaults = {"caching.disabled": False, "items.*.type": "public", "proxied": False}
    values = {"caching": {}, "items": [{}, {"type": "private"}]}
    assert with_defaults(values, defaults) == {
        "caching": {"disabled": False},
        "items": [{"type": "public"}, {"type": "private"}],
        "proxied": False,
    }
    assert with_defaults({"caching": UNKNOWN}, defaults) == {"caching": UNKNOWN, "proxied": False}


def test_a_change_has_a_path_and_a_kind():
    assert list(PLAIN.changes(None, 1, ("p",))) == [Change("p", Kind.ADD)]
