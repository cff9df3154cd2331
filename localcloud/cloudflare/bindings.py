"""The bindings of a script: declared, inherited, and redacted for responses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudflare.binding_types import INVALID, validate_binding, validate_target
from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record, Records

SECRETS = {"secret_text": ("text",), "secret_key": ("key_base64", "key_jwk")}
"""Write-only types, with the fields of their secrets."""


@dataclass(frozen=True)
class Inheritance:
    """The bindings that a new version gets from the previous one, in addition to the declared ones."""

    bindings: Sequence[Record] = ()
    """The bindings of the previous version."""
    keep_types: Collection[str] = ()
    """Bindings of these types are kept if the upload does not declare them."""
    strict: bool = False
    """Whether an `inherit` without a previous binding is rejected. Otherwise it is ignored."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """Classes of Durable Objects of the new version, with their storage type."""


def resolve_bindings(
    declared: Any, inheritance: Inheritance, records: Records, account: str, script: str
) -> list[Record]:
    """Returns the bindings of the new version. Raises ``ApiError``."""
    if not isinstance(declared, list):
        raise ApiError(400, INVALID, "`bindings` must be a list")
    bindings = [_inherit(each, inheritance) for each in map(validate_binding, declared)]
    found = [binding for binding in bindings if binding is not None]
    names = [binding["name"] for binding in found]
    for name in names:
        if names.count(name) > 1:
            raise ApiError(400, INVALID, f"Binding name '{name}' already in use. Binding names must be unique.")
    for binding in found:
        validate_target(binding, records, account, script, inheritance.classes)
    kept = [each for each in inheritance.bindings if each["type"] in inheritance.keep_types]
    return [*found, *(each for each in kept if each["name"] not in names)]


def redact_bindings(bindings: Sequence[Record]) -> list[Record]:
    """Returns the bindings without their secrets."""
    return [
        {key: value for key, value in binding.items() if key not in SECRETS.get(binding["type"], ())}
        for binding in bindings
    ]


def _inherit(binding: Record, inheritance: Inheritance) -> Record | None:
    if binding["type"] != "inherit":
        return binding
    requested = binding.get("old_name") or binding["name"]
    for before in inheritance.bindings:
        if before["name"] == requested:
            return {**before, "name": binding["name"]}
    if inheritance.strict:
        raise ApiError(
            400, INVALID, f"binding {binding['name']} inherits '{requested}', which the previous version does not have"
        )
    return None
