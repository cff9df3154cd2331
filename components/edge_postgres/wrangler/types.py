"""The TypeScript type of a Worker's ``env``, in the form of ``wrangler types --strict-vars=false``.

Variables have the type of their value, not the value itself, so that the types of all stacks are the same.
"""

from pathlib import PurePosixPath

from edge_postgres.core.json_types import Json
from edge_postgres.workers.wrangler_bindings import list_bindings

_TYPES = {str: "string", bool: "boolean", int: "number", float: "number"}


def infer_env_types(data: Json) -> dict[str, str]:
    """Returns the TypeScript types of the bindings, sorted by name."""
    types = {name: _type_of_binding(kind.type, entry, data) for kind, name, entry in list_bindings(data)}
    if "binding" in data.get("assets", {}):
        types[data["assets"]["binding"]] = "Fetcher"
    types |= {name: _type_of_value(value) for name, value in data.get("vars", {}).items()}
    types |= dict.fromkeys(data.get("secrets", {}).get("required", ()), "string")
    return dict(sorted(types.items()))


def render_env_declaration(data: Json) -> str:
    """Returns the declaration of ``Env``, which is also the type of ``env`` of the module ``cloudflare:workers``."""
    members = "".join(f"\t\t{name}: {type_};\n" for name, type_ in infer_env_types(data).items())
    return (
        f"declare namespace Cloudflare {{\n\tinterface Env {{\n{members}\t}}\n}}\n"
        "interface Env extends Cloudflare.Env {}\n"
    )


def _type_of_value(value: object) -> str:
    """Returns the type of a variable. For wrangler, objects and nested lists are just objects."""
    if not isinstance(value, list):
        return _TYPES.get(type(value), "object")
    items = sorted({_TYPES.get(type(item), "object") for item in value}) or ["unknown"]
    return f"({'|'.join(items)})[]" if len(items) > 1 else f"{items[0]}[]"


def _type_of_binding(type_: str, entry: Json, data: Json) -> str:
    """Returns the type of a binding, with the class of a Durable Object if this script defines it."""
    if type_ != "DurableObjectNamespace" or "script_name" in entry or "main" not in data:
        return type_
    module = PurePosixPath(data["main"]).with_suffix("").as_posix()
    return f'{type_}<import("{module if module.startswith(".") else f"./{module}"}").{entry["class_name"]}>'
