"""The attributes of a resource, with Pulumi's names."""

import json
import re
import typing
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi_cloudflare
from pulumi import _types

from tools.provider_schema.validators import group_rules, rules

Row = dict[str, Any]

IF_SET = "If the value of this attribute is configured and changes, Terraform will destroy and recreate the resource."
KEPT = "the value of this attribute in state will not change"
"""The description of the plan modifier `UseStateForUnknown`."""
KNOWN_UNLESS = re.compile(r'Marks attribute as known unless (\w+) equals "(\w+)"')
CHILDREN = {"object": "", "list": "[]", "set": "[]", "map": ".*"}
"""The end of the path of a container whose attributes follow."""
GROUPS = {"atLeastOneOf", "exactlyOneOf", "conflicts"}
_TYPES = (
    (r"(list of|ListType)", "list"),
    (r"(set of|SetType)", "set"),
    (r"map of list", "any"),
    (r"map of", "map"),
    (r"(int|float)$", "number"),
    (r"time$", "string"),
    (r"Normalizedbasetypes.DynamicType", "any"),
    (r"(string|bool|object|json)$", r"\1"),
)


@dataclass(frozen=True)
class Names:
    """Pulumi's names of the attributes at one level, and the SDK's types of those that can be set."""

    known: Sequence[str] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, list[str]] = field(default_factory=dict)
    """The valid values that the SDK documents."""

    @classmethod
    def of(cls, class_: type | None, outputs: Sequence[str] = ()) -> "Names":
        inputs = _types.input_type_types(class_) if class_ else {}
        return cls((*inputs, *outputs), inputs, _documented_choices(class_))

    def find(self, name: str) -> str | None:
        """Returns Pulumi's name. Pulumi's names of lists are in the plural."""
        folded = {known.lower(): known for known in self.known}
        wanted = name.replace("_", "")
        return next((folded[wanted + end] for end in ("", "s", "es") if wanted + end in folded), None)

    def below(self, name: str) -> "Names":
        return Names.of(_nested(self.inputs.get(name)))


def resource_attributes(resource: Mapping[str, Any], class_: Any) -> dict[str, Row]:
    """Returns the attributes of a resource by path, such as `bindings[].text`. The path of the resource is empty."""
    arguments = getattr(pulumi_cloudflare, f"{class_.__name__}Args")
    tree = Tree(resource["attributes"])
    found = dict(tree.rows("", "", Names.of(arguments, tuple(_types.resource_types(class_)))))
    for text in resource.get("config_validators", ()):
        kind, names = group_rules(text)
        tree.add_group(kind, [tree.ours[name] for name in names])
    groups = tree.groups()
    return {"": {"mode": "required", "type": "object", **groups}, **found} if groups else found


class Tree:
    """The attributes of a resource by the path of the object that contains them."""

    def __init__(self, attributes: Mapping[str, Row]) -> None:
        self.children: dict[str, dict[str, Row]] = defaultdict(dict)
        for path, row in attributes.items():
            parent, _, name = path.rpartition(".")
            self.children[parent][name] = row
        self.ours: dict[str, str] = {}
        """Pulumi's paths."""
        self._groups: dict[str, dict[str, set[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(set))

    def rows(self, parent: str, our_parent: str, names: Names) -> Iterator[tuple[str, Row]]:
        """Yields the attributes below an object: those of the provider, and newer ones of the SDK."""
        below = self.children.get(parent, {})
        ours = {name: names.find(name) for name in below}
        for name, our_name in ours.items():
            if our_name is None and below[name]["mode"] != "read-only":
                raise ValueError(f"{_joined(parent, name)}: has no name in the SDK. Update the SDK.")
            if our_name is not None:
                self.ours[_joined(parent, name)] = _joined(our_parent, our_name)
        for name in sorted(filter(None, ours.values())):
            (theirs,) = (their for their, our in ours.items() if our == name)
            yield from self._row(_joined(parent, theirs), _joined(our_parent, name), below[theirs], names, name)
        for name in sorted(set(names.inputs) - set(ours.values())):
            yield from newer_rows(_joined(our_parent, name), names.inputs[name])

    def _row(self, path: str, our_path: str, raw: Row, names: Names, name: str) -> Iterator[tuple[str, Row]]:
        row: Row = {"mode": raw["mode"], "type": _type(raw["type"])}
        row |= {key: raw[key] for key in ("sensitive",) if raw.get(key)}
        row |= _encoding(raw, name)
        if replace := raw.get("replace"):
            row["replace"] = "ifSet" if replace == [IF_SET] else True
        if "default" in raw:
            row["default"] = _default(raw["default"])
        if row["mode"] == "read-only":
            yield our_path, row
            return
        below = path + CHILDREN.get(row["type"], "")
        found = dict(self.rows(below, our_path + CHILDREN.get(row["type"], ""), names.below(name)))
        if raw["type"].endswith("of objects") and not found:
            row["emptyObjects"] = True
        for text in raw.get("validators", ()):
            for kind, rule in self._rules(text, path).items():
                row[kind] = {**row.get(kind, {}), **rule} if isinstance(rule, dict) else rule
        if newer := [each for each in names.choices.get(name, ()) if each not in row.get("choices", [each])]:
            row["newerChoices"] = newer
        yield our_path, row | self.groups(below)
        yield from found.items()

    def _rules(self, text: str, path: str) -> Row:
        """Returns the rules of one attribute. Rules for a group of attributes belong to the object around them."""
        found = rules(text, path, self.ours)
        for kind in GROUPS & set(found):
            self.add_group(kind, found.pop(kind), path.rpartition(".")[0])
        return found

    def add_group(self, kind: str, names: Sequence[str], parent: str = "") -> None:
        self._groups[parent][kind].add(tuple(sorted(names)))

    def groups(self, parent: str = "") -> Row:
        """Returns the rules for groups of attributes of an object."""
        return {kind: sorted(map(list, names)) for kind, names in sorted(self._groups[parent].items())}


def newer_rows(path: str, type_: Any) -> Iterator[tuple[str, Row]]:
    """Yields an attribute of the SDK that the provider's schema does not have, and the attributes below it."""
    kind = _sdk_type(type_)
    yield path, {"mode": "optional", "type": kind, "newer": True}
    for name, below in Names.of(_nested(type_)).inputs.items():
        yield from newer_rows(f"{path}{CHILDREN[kind]}.{name}", below)


def _encoding(raw: Row, our_name: str) -> Row:
    """Returns the JSON name if it is not Pulumi's in snake_case, and whether reads and updates keep the value."""
    name, *options = (raw.get("json") or "").split(",")
    is_special = name not in ("", "-", re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", our_name))
    found: Row = {"api": name} if is_special else {}
    if "no_refresh" in options:
        found["noRefresh"] = True
    for text in raw.get("plan_modifiers", ()):
        if KEPT in text:
            found["kept"] = True
        elif condition := KNOWN_UNLESS.fullmatch(text):
            found["computedIf"] = {condition[1]: [condition[2]]}
    return found


def _type(raw: str) -> str:
    for pattern, ours in _TYPES:
        if found := re.match(pattern, raw):
            return found.expand(ours)
    raise ValueError(f"{raw}: is an unknown type. Add it to the types.")


def _sdk_type(type_: Any) -> str:
    origin = typing.get_origin(type_)
    if origin is not None and issubclass(origin, Mapping):
        return "map"
    if origin is not None and issubclass(origin, Sequence):
        return "list"
    if isinstance(type_, type) and _types.is_input_type(type_):
        return "object"
    return {str: "string", bool: "bool", int: "number", float: "number"}.get(type_, "any")


def _nested(type_: Any) -> type | None:
    """Returns the SDK's class of the object, or of the elements of the list or map."""
    if isinstance(type_, type) and _types.is_input_type(type_):
        return type_
    return next(filter(None, map(_nested, typing.get_args(type_))), None)


def _documented_choices(class_: type | None) -> dict[str, list[str]]:
    """Returns the valid values from the docstrings of an SDK's class, by Pulumi's name.

    The generator of the SDK writes an asterisk in place of an underscore.
    """
    names = _types.input_type_py_to_pulumi_names(class_) if class_ else {}
    texts = {ours: getattr(class_, name).__doc__ or "" for name, ours in names.items()}
    found = {name: re.search(r"Available values: (.*)", text) for name, text in texts.items()}
    return {name: re.findall(r'"([^"]*)"', each[1].replace("*", "_")) for name, each in found.items() if each}


def _default(text: str) -> Any:
    value = text.removeprefix("value defaults to ").replace("<null>", "null")
    try:
        return _pulumi_value(json.loads(value))
    except ValueError:
        return value


def _pulumi_value(value: Any) -> Any:
    """Returns a default with Pulumi's names, without nulls, and with integers where the fraction is zero."""
    if isinstance(value, dict):
        found = {re.sub("_([a-z])", lambda end: end[1].upper(), key): item for key, item in value.items()}
        return {key: _pulumi_value(item) for key, item in found.items() if item is not None}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _joined(parent: str, name: str) -> str:
    return f"{parent}.{name}" if parent else name
