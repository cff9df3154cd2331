"""Compares two schemas of the package: which changes break existing programs.

New components, optional inputs, outputs and enum values are compatible. A removal, a changed type, and a new required
input are incompatible.
"""

from collections.abc import Iterable, Iterator, Mapping

from edge_postgres.core.json_types import Json

LOCAL = "#/types/"
SHAPE = ("type", "$ref", "plain", "items", "additionalProperties", "const")
"""Keys of a property that define its type."""


def find_breaks(before: Json, after: Json) -> list[str]:
    """Returns the incompatible changes, each as a sentence."""
    return [*_of_package(before, after), *_of_components(before, after), *_of_types(before, after)]


def may_break(before: str, after: str) -> bool:
    """Returns whether semantic versioning allows incompatible changes between two versions.

    For versions 0.x, the second number decides.

    https://semver.org/#spec-item-4, read 2026-11-21.
    """
    old, new = (_numbers(version) for version in (before, after))
    significant = 1 if old[0] > 0 else 2
    return new[:significant] > old[:significant]


def _of_package(before: Json, after: Json) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"the name of the package is {after['name']}, and was {before['name']}"


def _of_components(before: Json, after: Json) -> Iterator[str]:
    for token, old in before["resources"].items():
        new = after["resources"].get(token)
        if new is None:
            yield f"{token} was removed"
            continue
        yield from _of_properties(f"{token}, input", old, new, "inputProperties")
        yield from _now_required(f"{token}, input", old.get("requiredInputs", ()), new.get("requiredInputs", ()))
        yield from _of_properties(f"{token}, output", old, new, "properties")
        yield from _changed_presence(f"{token}, output", old, new)


def _of_types(before: Json, after: Json) -> Iterator[str]:
    inputs, outputs = _used(before, "inputProperties"), _used(before, "properties")
    for token, old in before.get("types", {}).items():
        new = after.get("types", {}).get(token)
        if new is None:
            yield f"{token} was removed"
            continue
        if old.get("type") != new.get("type"):
            yield f"{token} has the type {new.get('type')}, and had {old.get('type')}"
        yield from (f"{token}, value {name} was removed" for name in _values(old) if name not in _values(new))
        yield from _of_properties(f"{token}, property", old, new, "properties")
        if token in inputs:
            yield from _now_required(f"{token}, property", old.get("required", ()), new.get("required", ()))
        if token in outputs:
            yield from _changed_presence(f"{token}, property", old, new)


def _of_properties(subject: str, before: Json, after: Json, kind: str) -> Iterator[str]:
    for name, old in before.get(kind, {}).items():
        new = after.get(kind, {}).get(name)
        if new is None:
            yield f"{subject} {name} was removed"
        elif _shape(old) != _shape(new):
            yield f"{subject} {name} has the type {_shape(new)}, and had {_shape(old)}"


def _now_required(subject: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    yield from (f"{subject} {name} is now required" for name in sorted(set(after) - set(before)))


def _changed_presence(subject: str, before: Json, after: Json) -> Iterator[str]:
    """Yields outputs that became optional or required, because this changes their type in Go."""
    old, new = set(before.get("required", ())), set(after.get("required", ()))
    common = set(before.get("properties", {})) & set(after.get("properties", {}))
    yield from (f"{subject} {name} is now optional" for name in sorted((old - new) & common))
    yield from (f"{subject} {name} is now always set" for name in sorted((new - old) & common))


def _values(found: Json) -> list[str]:
    """Returns the values of an enum with the names of their constants."""
    return [f"{each['name']} = {each['value']}" for each in found.get("enum", ())]


def _shape(found: object) -> object:
    if not isinstance(found, Mapping):
        return found
    return {key: _shape(found[key]) for key in SHAPE if key in found}


def _used(schema: Json, kind: str) -> set[str]:
    """Returns the types of all inputs or outputs, including types within other types."""
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
