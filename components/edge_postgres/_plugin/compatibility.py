"""Compares two schemas of the package and finds the changes that break existing programs.

New components, optional inputs, outputs and enum values are compatible. A removal, a changed type, and a new required
input are incompatible. An output that becomes optional, or is no longer optional, changes its type in Go. Such a change
is therefore incompatible too.
"""

from collections.abc import Iterable, Iterator, Mapping

from edge_postgres.core.json_types import Json

_LOCAL_TYPE = "#/types/"
"""Start of a reference to a type of this package. The rest of the reference is the type's token."""
_TYPE_KEYS = ("type", "$ref", "plain", "items", "additionalProperties", "const")
"""Keys of a property in the schema that define the type of the property."""


def find_breaks(before: Json, after: Json) -> list[str]:
    """Returns a sentence for each incompatible change between two schemas."""
    return [*_package_breaks(before, after), *_component_breaks(before, after), *_type_breaks(before, after)]


def find_removed_names(before: Json, after: Json) -> list[str]:
    """Returns a sentence for each name of Python programs and stack files that was removed or renamed.

    Args:
        before: The public names of a release, by kind of program.
        after: The public names of a later version.
    """
    return [f"{name} was removed" for kind in before for name in before[kind] if name not in set(after[kind])]


def allows_breaks(before: str, after: str) -> bool:
    """Returns whether semantic versioning allows incompatible changes between two versions.

    For versions 0.x, the second number decides. Source: https://semver.org/#spec-item-4, read on 2026-11-21.
    """
    old, new = (_version_numbers(version) for version in (before, after))
    significant = 1 if old[0] > 0 else 2
    return new[:significant] > old[:significant]


def _package_breaks(before: Json, after: Json) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"the name of the package is {after['name']}, and was {before['name']}"


def _component_breaks(before: Json, after: Json) -> Iterator[str]:
    for token, old in before["resources"].items():
        new = after["resources"].get(token)
        if new is None:
            yield f"{token} was removed"
            continue
        yield from _property_breaks(f"{token}, input", old, new, "inputProperties")
        yield from _new_requirements(f"{token}, input", old.get("requiredInputs", ()), new.get("requiredInputs", ()))
        yield from _property_breaks(f"{token}, output", old, new, "properties")
        yield from _presence_breaks(f"{token}, output", old, new)


def _type_breaks(before: Json, after: Json) -> Iterator[str]:
    inputs, outputs = _used_types(before, "inputProperties"), _used_types(before, "properties")
    for token, old in before.get("types", {}).items():
        new = after.get("types", {}).get(token)
        if new is None:
            yield f"{token} was removed"
            continue
        if old.get("type") != new.get("type"):
            yield f"{token} has the type {new.get('type')}, and had {old.get('type')}"
        yield from (f"{token}, value {name} was removed" for name in _values(old) if name not in _values(new))
        yield from _property_breaks(f"{token}, property", old, new, "properties")
        if token in inputs:
            yield from _new_requirements(f"{token}, property", old.get("required", ()), new.get("required", ()))
        if token in outputs:
            yield from _presence_breaks(f"{token}, property", old, new)


def _property_breaks(subject: str, before: Json, after: Json, kind: str) -> Iterator[str]:
    for name, old in before.get(kind, {}).items():
        new = after.get(kind, {}).get(name)
        if new is None:
            yield f"{subject} {name} was removed"
        elif _type_of(old) != _type_of(new):
            yield f"{subject} {name} has the type {_type_of(new)}, and had {_type_of(old)}"


def _new_requirements(subject: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    yield from (f"{subject} {name} is now required" for name in sorted(set(after) - set(before)))


def _presence_breaks(subject: str, before: Json, after: Json) -> Iterator[str]:
    """Yields a sentence for each output that is now optional or always set. The change alters its type in Go."""
    old, new = set(before.get("required", ())), set(after.get("required", ()))
    common = set(before.get("properties", {})) & set(after.get("properties", {}))
    yield from (f"{subject} {name} is now optional" for name in sorted((old - new) & common))
    yield from (f"{subject} {name} is now always set" for name in sorted((new - old) & common))


def _values(found: Json) -> list[str]:
    """Returns the values of an enum, each with the name of its constant."""
    return [f"{each['name']} = {each['value']}" for each in found.get("enum", ())]


def _type_of(found: object) -> object:
    if not isinstance(found, Mapping):
        return found
    return {key: _type_of(found[key]) for key in _TYPE_KEYS if key in found}


def _used_types(schema: Json, kind: str) -> set[str]:
    """Returns the tokens of the types that the inputs or the outputs use, including types within other types."""
    types = schema.get("types", {})
    waiting = [each for resource in schema["resources"].values() for each in resource.get(kind, {}).values()]
    used: set[str] = set()
    while waiting:
        found = waiting.pop()
        reference = str(found.get("$ref", ""))
        token = reference.removeprefix(_LOCAL_TYPE)
        if reference.startswith(_LOCAL_TYPE) and token not in used:
            used.add(token)
            waiting.extend(types.get(token, {}).get("properties", {}).values())
        waiting.extend(found[key] for key in ("items", "additionalProperties") if key in found)
    return used


def _version_numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".")]
