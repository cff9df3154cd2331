"""Translates the descriptions of the provider's validators to rules of the schema."""

import re
from collections.abc import Mapping
from typing import Any

Rules = dict[str, Any]

DURATION = r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+"
"""https://pkg.go.dev/time#ParseDuration, without signs, read 2026-11-30."""

_CHECKED_ELSEWHERE = (
    r"Validates that the provided value matches the SHA-256 hash",
    r"The following types are allowed",
    r"value must be either a boolean or a list of strings",
)
"""Descriptions without a rule: a hash needs the file, and the types of a dynamic value are free in the SDK."""
_GROUPS = {
    r"Ensure that at least one attribute from this collection is set": "atLeastOneOf",
    r"Ensure that one and only one attribute from this collection is set": "exactlyOneOf",
    r"Ensure that if an attribute is set, these are not set": "conflicts",
}
_GROUPS_OF_RESOURCES = {
    "At least one of these attributes must be configured": "atLeastOneOf",
    "These attributes cannot be configured together": "conflicts",
}


def rules(text: str, path: str, ours: Mapping[str, str]) -> Rules:
    """Returns the rules of a validator.

    Args:
        text: Description of the validator.
        path: Path of its attribute in the provider's schema.
        ours: Pulumi's paths by the provider's paths.

    Raises:
        ValueError: The text has no translation.
    """
    text = re.sub(
        r"^(Value must satisfy all of the validations|element value must satisfy all validations): ", "", text
    )

    def other(reference: str) -> str:
        return _other(reference, path, ours)

    if found := re.fullmatch(r"value must be one of: \[(.*)\]", text):
        return {"choices": re.findall(r'"([^"]*)"', found[1])}
    if found := re.fullmatch(r"value must be at least (\S+)", text):
        return {"minimum": _number(found[1])}
    if found := re.fullmatch(r"value must be between (\S+) and (\S+)", text):
        return {"minimum": _number(found[1]), "maximum": _number(found[2])}
    if found := re.fullmatch(r'(can only|has to) be set if "(.+)" is one of: (.+)', text):
        values = [None if each == "<null>" else each.strip('"') for each in found[3].split(", ")]
        return {"onlyIf" if found[1] == "can only" else "requiredIf": {other(found[2]): values}}
    if found := re.fullmatch(r'Ensure that if an attribute is set, also these are set: "\[(.*)\]"', text):
        return {"requires": [other(each) for each in found[1].split(",")]}
    for begin, kind in _GROUPS.items():
        if found := re.fullmatch(rf'{begin}: "?\[(.*?)\]"?', text):
            return {kind: [_name(ours[path]), *(other(each) for each in found[1].split(","))]}
    if "only supports" in text and "as valid units" in text:
        return {"pattern": DURATION}
    if any(re.match(each, text) for each in _CHECKED_ELSEWHERE):
        return {}
    raise ValueError(f"{path}: has a validator without translation: {text}. Add its rule.")


def group_rules(text: str) -> tuple[str, list[str]]:
    """Returns the kind and the attributes of a validator of a whole resource."""
    begin, _, names = text.partition(": ")
    return _GROUPS_OF_RESOURCES[begin], names.strip("[]").split(",")


def _other(reference: str, path: str, ours: Mapping[str, str]) -> str:
    """Returns another attribute: a name alone in the same object, or `/name` of an attribute of the resource."""
    parent = path.rpartition(".")[0]
    name = reference.removeprefix("<.")
    theirs = f"{parent}.{name}" if reference.startswith("<.") and parent else name
    if theirs.rpartition(".")[0] == parent:
        return _name(ours[theirs])
    if "." in theirs:
        raise ValueError(f"{path}: refers to {reference} in another object. Support it.")
    return f"/{ours[theirs]}"


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value
