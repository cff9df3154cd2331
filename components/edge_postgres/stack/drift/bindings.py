"""The comparison of the bindings of a Worker."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic.alias_generators import to_camel

from edge_postgres.core.args import snake_case
from edge_postgres.core.json_types import Json, JsonInput, JsonValue
from edge_postgres.stack.drift.difference import NOTHING, Difference, show
from edge_postgres.stack.drift.state import State
from edge_postgres.workers.bindings.kinds import BY_TYPE, OTHER, SECRET_FIELDS

_HYPERDRIVE = "hyperdrive"
_READABLE = ("plain_text", "json")
"""Kinds whose values users with access to the account can read. Their field is `text` or `json`."""
_UNDECLARED_FIELDS = ("entrypoint", "environment", "jurisdiction", "dispatch_namespace", "script_name")
"""Fields that change the target of a binding, also if the state does not set them."""


def compare_bindings(
    path: str,
    declared: Sequence[JsonInput],
    found: Sequence[Json],
    state: State,
    *,
    script_name: str,
    kept: Collection[str] = (),
) -> Iterator[Difference]:
    """Yields the differences of the bindings, Hyperdrive bindings first.

    Args:
        path: Path of the Worker.
        declared: Bindings of the state, with Pulumi's names.
        found: Bindings that Cloudflare returns.
        state: The state, for the names of Hyperdrive configurations.
        script_name: Name of the script with the bindings.
        kept: Types of undeclared bindings that the Worker keeps.
    """
    before = {each["name"]: {snake_case(key): value for key, value in each.items()} for each in declared}
    now = {each["name"]: each for each in found}

    def is_other_kind(name: str) -> bool:
        return bool((before.get(name) or now[name])["type"] != _HYPERDRIVE)

    for name in sorted({*before, *now}, key=lambda each: (is_other_kind(each), each)):
        binding, actual = before.get(name), now.get(name)
        if binding is None:
            assert actual is not None
            if actual["type"] not in kept:
                yield Difference(_path(path, actual), NOTHING, _describe(actual, state))
        elif actual is None or actual["type"] != binding["type"]:
            yield Difference(
                _path(path, binding), _describe(binding, state), NOTHING if actual is None else _describe(actual, state)
            )
        else:
            yield from _compare_fields(_path(path, binding), binding, actual, state, script_name)


def show_configuration(id_: JsonValue, state: State) -> str:
    """Returns the ID of a Hyperdrive configuration, with its name if the stack has it."""
    name = state.name_of(id_)
    return f"{show(id_)} ({name})" if name else show(id_)


def _compare_fields(path: str, binding: Json, actual: Json, state: State, script_name: str) -> Iterator[Difference]:
    kind, name = BY_TYPE.get(binding["type"]), str(binding["name"])
    # Cloudflare returns the own script and the environment in some answers only.
    defaults = {"environment": "production", "script_name": script_name}
    secret = SECRET_FIELDS if binding["type"] not in _READABLE else SECRET_FIELDS - {"text"}
    fields = {*binding, *(field for field in _UNDECLARED_FIELDS if field in actual)} - {"name", "type"} - secret
    for field in sorted(fields):
        default = defaults.get(field)
        before, after = _value(binding, field, default), _value(actual, field, default)
        if _is_same(before, after):
            continue
        at = path if kind is not None and field == kind.field else f"{path}.{to_camel(field)}"
        if binding["type"] == _HYPERDRIVE:
            yield Difference(at, show_configuration(before, state), show_configuration(after, state))
        else:
            yield Difference(at, show(before, name), show(after, name))


def _value(binding: Json, field: str, default: JsonValue) -> JsonValue:
    value = binding.get(field)
    if value is None and (binding["type"], field) == ("d1", "id"):
        value = binding.get("database_id")
    if field == "json" and isinstance(value, str):
        return json.loads(value)
    return default if value is None else value


def _is_same(before: JsonValue, after: JsonValue) -> bool:
    """Whether the answer has all values of the state. It can have more fields than the state."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(_is_same(value, after.get(snake_case(key))) for key, value in before.items())
    return bool(before == after)


def _path(path: str, binding: JsonInput) -> str:
    """Returns the path of a binding in the stack file. Some kinds have one binding, whose name is the value."""
    kind = BY_TYPE.get(binding["type"])
    if kind is None or kind.extra_fields & set(binding):
        return f"{path}.{to_camel(OTHER)}.{binding['name']}"
    is_single = not kind.field and not kind.fields
    return f"{path}.{to_camel(kind.argument)}" if is_single else f"{path}.{to_camel(kind.argument)}.{binding['name']}"


def _describe(binding: JsonInput, state: State) -> str:
    """Returns the type of a binding and its target, without the values of variables."""
    kind = BY_TYPE.get(binding["type"])
    if binding["type"] == _HYPERDRIVE:
        return show_configuration(binding.get("id"), state)
    if kind is None or not kind.field or SECRET_FIELDS | {"json"} >= {kind.field}:
        return f"{binding['type']} {binding['name']}"
    return f"{binding['type']} {show(binding.get(kind.field), str(binding['name']))}"
