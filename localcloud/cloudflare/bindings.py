"""The bindings of a script: what an upload may declare, what it inherits, and what is shown of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.cloudflare.envelope import Refused
from localcloud.emulation.store import Record, Records

SECRETS = {"secret_text": ("text",), "secret_key": ("key_base64", "key_jwk")}
"""Types that are written and never read again, and the fields that hold the secret."""

INVALID = 10021
SERVICE_NOT_FOUND = 10144


@dataclass(frozen=True)
class Inheritance:
    """What a script gets from the version before, beside the bindings that it declares."""

    bindings: Sequence[Record] = ()
    """Those of the version before."""
    kept_types: Collection[str] = ()
    """Bindings of these types stay where the upload does not name them."""
    strict: bool = False
    """Whether an `inherit` that finds nothing is refused; else it is dropped."""


def resolved(declared: Any, inheritance: Inheritance, records: Records, account: str, script: str) -> list[Record]:
    """The bindings of the new version. Raises ``Refused``."""
    if not isinstance(declared, list):
        raise Refused(400, INVALID, "`bindings` is not a list")
    bindings = [_inherited(each, inheritance) for each in map(_checked, declared)]
    found = [binding for binding in bindings if binding is not None]
    names = [binding["name"] for binding in found]
    for name in names:
        if names.count(name) > 1:
            raise Refused(400, INVALID, f"Binding name '{name}' already in use. Each binding needs a name of its own.")
    for binding in found:
        _refuse_dangling(binding, records, account, script)
    kept = [each for each in inheritance.bindings if each["type"] in inheritance.kept_types]
    return [*found, *(each for each in kept if each["name"] not in names)]


def shown(bindings: Sequence[Record]) -> list[Record]:
    """The bindings without what is secret in them."""
    return [
        {key: value for key, value in binding.items() if key not in SECRETS.get(binding["type"], ())}
        for binding in bindings
    ]


def _checked(binding: Any) -> Record:
    if not isinstance(binding, dict) or not all(isinstance(binding.get(key), str) for key in ("name", "type")):
        raise Refused(400, INVALID, "Each binding is an object with the texts `name` and `type`")
    name, kind = binding["name"], binding["type"]
    if kind in ("plain_text", "secret_text") and not isinstance(binding.get("text"), str):
        raise Refused(400, INVALID, f"invalid or missing text property for binding {name}")
    if kind == "json" and "json" not in binding:
        raise Refused(400, INVALID, f"invalid or missing json property for binding {name}")
    for of_kind, field in (("hyperdrive", "id"), ("kv_namespace", "namespace_id"), ("service", "service")):
        if kind == of_kind and not isinstance(binding.get(field), str):
            raise Refused(400, INVALID, f"invalid or missing {field} property for binding {name}")
    return binding


def _inherited(binding: Record, inheritance: Inheritance) -> Record | None:
    if binding["type"] != "inherit":
        return binding
    wanted = binding.get("old_name") or binding["name"]
    for before in inheritance.bindings:
        if before["name"] == wanted:
            return {**before, "name": binding["name"]}
    if inheritance.strict:
        raise Refused(400, INVALID, f"binding {binding['name']} inherits '{wanted}', which the version before has not")
    return None


def _refuse_dangling(binding: Record, records: Records, account: str, script: str) -> None:
    kind, name = binding["type"], binding["name"]
    if kind == "hyperdrive" and not records.get("hyperdrive", account, binding["id"]):
        raise Refused(
            400,
            INVALID,
            f"binding {name} of type hyperdrive failed to generate: Hyperdrive config '{binding['id']}' was not found.",
        )
    if kind == "kv_namespace" and not records.get("kv_namespaces", account, binding["namespace_id"]):
        raise Refused(400, INVALID, f"binding {name}: KV namespace '{binding['namespace_id']}' not found.")
    if kind == "service" and binding["service"] != script and not records.get("scripts", account, binding["service"]):
        raise Refused(
            400,
            SERVICE_NOT_FOUND,
            f"Service binding '{name}' references Worker '{binding['service']}' which was not found.",
        )
