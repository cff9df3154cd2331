"""The bindings of a script: what an upload may declare, what it inherits, and what is shown of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudflare.binding_kinds import INVALID, checked, refuse_dangling
from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record, Records

SECRETS = {"secret_text": ("text",), "secret_key": ("key_base64", "key_jwk")}
"""Types that are written and never read again, and the fields that hold the secret."""


@dataclass(frozen=True)
class Inheritance:
    """What a script gets from the version before, beside the bindings that it declares."""

    bindings: Sequence[Record] = ()
    """Those of the version before."""
    kept_types: Collection[str] = ()
    """Bindings of these types stay where the upload does not name them."""
    strict: bool = False
    """Whether an `inherit` that finds nothing is refused; else it is dropped."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """The Durable Objects that the script has once it is there, and how each keeps its data."""


def resolved(declared: Any, inheritance: Inheritance, records: Records, account: str, script: str) -> list[Record]:
    """The bindings of the new version. Raises ``ApiError``."""
    if not isinstance(declared, list):
        raise ApiError(400, INVALID, "`bindings` is not a list")
    bindings = [_inherited(each, inheritance) for each in map(checked, declared)]
    found = [binding for binding in bindings if binding is not None]
    names = [binding["name"] for binding in found]
    for name in names:
        if names.count(name) > 1:
            raise ApiError(400, INVALID, f"Binding name '{name}' already in use. Each binding needs a name of its own.")
    for binding in found:
        refuse_dangling(binding, records, account, script, inheritance.classes)
    kept = [each for each in inheritance.bindings if each["type"] in inheritance.kept_types]
    return [*found, *(each for each in kept if each["name"] not in names)]


def shown(bindings: Sequence[Record]) -> list[Record]:
    """The bindings without what is secret in them."""
    return [
        {key: value for key, value in binding.items() if key not in SECRETS.get(binding["type"], ())}
        for binding in bindings
    ]


def _inherited(binding: Record, inheritance: Inheritance) -> Record | None:
    if binding["type"] != "inherit":
        return binding
    wanted = binding.get("old_name") or binding["name"]
    for before in inheritance.bindings:
        if before["name"] == wanted:
            return {**before, "name": binding["name"]}
    if inheritance.strict:
        raise ApiError(400, INVALID, f"binding {binding['name']} inherits '{wanted}', which the version before has not")
    return None
