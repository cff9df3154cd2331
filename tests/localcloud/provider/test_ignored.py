"""Ignored changes of a resource keep the values of the state."""

from typing import Any

import pytest

from localcloud.provider.ignored import keep_ignored, parse_path


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("limits", ["limits"]),
        ("origin.port", ["origin", "port"]),
        ("bindings[0].text", ["bindings", 0, "text"]),
        ("config.ingresses[*].path", ["config", "ingresses", "*", "path"]),
        ('vars["a.b"].c', ["vars", "a.b", "c"]),
    ],
)
def test_a_path_has_keys_and_indexes(path: str, steps: list[Any]) -> None:
    assert parse_path(path) == steps


@pytest.mark.parametrize(
    ("inputs", "state", "path", "kept"),
    [
        ({"a": 1}, {"a": 1, "limits": {}}, "limits", {"a": 1, "limits": {}}),
        ({"a": 1, "limits": {"cpuMs": 5}}, {"a": 1}, "limits", {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, "a.c", {"a": {"b": 1, "c": 3}}),
        ({"a": {"b": 1}}, {}, "a.c", {"a": {"b": 1}}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"c": 3}]}, "a[*].c", {"a": [{"b": 1, "c": 3}, {"b": 2}]}),
        ({"a": [1, 2]}, {"a": [3, 4]}, "a[1]", {"a": [1, 4]}),
        ({"a": {"x": {"b": 1}}}, {"a": {"x": {"c": 2}}}, "a[*].c", {"a": {"x": {"b": 1, "c": 2}}}),
    ],
)
def test_an_ignored_property_has_the_value_of_the_state(inputs: Any, state: Any, path: str, kept: Any) -> None:
    assert keep_ignored(inputs, state, [path]) == kept


def test_without_ignored_paths_the_inputs_do_not_change() -> None:
    assert keep_ignored({"a": 1}, {"a": 2}, []) == {"a": 1}
