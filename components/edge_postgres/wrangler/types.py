"""The type of a Worker's ``env``, `worker-configuration.d.ts`, as ``wrangler types --strict-vars=false`` writes it.

Variables have their kind of value as type, not the value itself: the types of all stacks are the same then.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from edge_postgres.workers.wrangler_bindings import list_bindings

_TYPES = {str: "string", bool: "boolean", int: "number", float: "number"}


def infer_env_types(data: Mapping[str, Any]) -> dict[str, str]:
    """TypeScript types by the names of the bindings, sorted."""
    types = {name: _typed(kind.type, entry, data) for kind, name, entry in list_bindings(data)}
    if "binding" in data.get("assets", {}):
        types[data["assets"]["binding"]] = "Fetcher"
    types |= {name: _value_type(value) for name, value in data.get("vars", {}).items()}
    types |= dict.fromkeys(data.get("secrets", {}).get("required", ()), "string")
    return dict(sorted(types.items()))


def render_env_declaration(data: Mapping[str, Any]) -> str:
    """The declaration of ``Env``, which ``import { env } from "cloudflare:workers"`` has too."""
    members = "".join(f"\t\t{name}: {type_};\n" for name, type_ in infer_env_types(data).items())
    return (
        f"declare namespace Cloudflare {{\n\tinterface Env {{\n{members}\t}}\n}}\n"
        "interface Env extends Cloudflare.Env {}\n"
    )


def _value_type(value: Any) -> str:
    """The type of a variable; an object, and a list in a list, is no more than an object to wrangler."""
    if not isinstance(value, list):
        return _TYPES.get(type(value), "object")
    items = sorted({_TYPES.get(type(item), "object") for item in value}) or ["unknown"]
    return f"({'|'.join(items)})[]" if len(items) > 1 else f"{items[0]}[]"


def _typed(type_: str, entry: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """A class of this Worker's own is named; that of another script is not known."""
    if type_ != "DurableObjectNamespace" or "script_name" in entry or "main" not in data:
        return type_
    module = PurePosixPath(data["main"]).with_suffix("").as_posix()
    return f'{type_}<import("{module if module.startswith(".") else f"./{module}"}").{entry["class_name"]}>'
