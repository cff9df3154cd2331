"""What a change of the schema breaks in programs that were written before it.

New components, optional inputs, outputs and enum values break nothing. What goes away, changes its type, or has to be
given from now on, does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

LOCAL = "#/types/"
SHAPE = ("type", "$ref", "plain", "items", "additionalProperties", "const")
"""What makes the type of a property."""


def breaks(before: Json, after: Json) -> list[str]:
    """Each a sentence; none where every program goes on to work."""
    return [*_of_package(before, after), *_of_components(before, after), *_of_types(before, after)]


def may_break(before: str, after: str) -> bool:
    """Whether a version may break what the other one had: semantic versioning, with 0.x counted by its second number.

    https://semver.org/#spec-item-4, read 2026-11-21.
    """
    old, new = (_numbers(version) for version in (before, after))
    significant = 1 if old[0] > 0 else 2
    return new[:significant] > old[:significant]


def _of_package(before: Json, after: Json) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"the package is called {after['name']}, and was {before['name']}"


def _of_components(before: Json, after: Json) -> Iterator[str]:
    for token, old in before["resources"].items():
        new = after["resources"].get(token)
        if new is None:
            yield f"{token} is gone"
            continue
        yield from _of_properties(f"{token}, input", old, new, "inputProperties")
        yield from _now_required(f"{token}, input", old.get("requiredInputs", ()), new.get("requiredInputs", ()))
        yield from _of_properties(f"{token}, output", old, new, "properties")
        yield from _other_certainty(f"{token}, output", old, new)


def _of_types(before: Json, after: Json) -> Iterator[str]:
    given, told = _used(before, "inputProperties"), _used(before, "properties")
    for token, old in before.get("types", {}).items():
        new = after.get("types", {}).get(token)
        if new is None:
            yield f"{token} is gone"
            continue
        if old.get("type") != new.get("type"):
            yield f"{token} is of type {new.get('type')}, and was {old.get('type')}"
        yield from (f"{token}, value {name} is gone" for name in _values(old) if name not in _values(new))
        yield from _of_properties(f"{token}, property", old, new, "properties")
        if token in given:
            yield from _now_required(f"{token}, property", old.get("required", ()), new.get("required", ()))
        if token in told:
            yield from _other_certainty(f"{token}, property", old, new)


def _of_properties(subject: str, before: Json, after: Json, kind: str) -> Iterator[str]:
    for name, old in before.get(kind, {}).items():
        new = after.get(kind, {}).get(name)
        if new is None:
            yield f"{subject} {name} is gone"
        elif _shape(old) != _shape(new):
            yield f"{subject} {name} is {_shape(new)}, and was {_shape(old)}"


def _now_required(subject: str, before: Any, after: Any) -> Iterator[str]:
    yield from (f"{subject} {name} has to be given from now on" for name in sorted(set(after) - set(before)))


def _other_certainty(subject: str, before: Json, after: Json) -> Iterator[str]:
    """Outputs that were always there and may be missing now, or the other way round: their type in Go is another."""
    old, new = set(before.get("required", ())), set(after.get("required", ()))
    common = set(before.get("properties", {})) & set(after.get("properties", {}))
    yield from (f"{subject} {name} may be missing from now on" for name in sorted((old - new) & common))
    yield from (f"{subject} {name} is always there from now on" for name in sorted((new - old) & common))


def _values(found: Json) -> list[str]:
    """The values of an enum with the names of their constants."""
    return [f"{each['name']} = {each['value']}" for each in found.get("enum", ())]


def _shape(found: Any) -> Any:
    if not isinstance(found, Mapping):
        return found
    return {key: _shape(found[key]) for key in SHAPE if key in found}


def _used(schema: Json, kind: str) -> set[str]:
    """The types that some component takes or yields, those inside of others too."""
    types = schema.get("types", {})
    waiting = [each for resource in schema["resources"].values() for each in resource.get(kind, {}).values()]
    used: set[str] = set()
    while waiting:
        found = waiting.pop()
        reference = str(found.get("$ref", ""))
        token = reference.removeprefix(LOCAL)
        if reference.startswith(LOCAL) and token not in used:
            used.add(token)
            waiting.extend(types.get(token, {}).get("properties", {}).values())
        waiting.extend(found[key] for key in ("items", "additionalProperties") if key in found)
    return used


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".")]
