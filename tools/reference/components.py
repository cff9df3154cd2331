"""Generates `docs/reference/components.md` from the schema of the plugin.

The schema has the docstrings of the components, with their arguments, outputs and validation rules.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import edge_postgres
from edge_postgres.core.transforms import ChildClass

_HEAD = """# Components

`make reference` generates this page from the docstrings. Arguments and outputs have their names in Python. Other
languages use camel case: `connection_limit` is `connectionLimit`. An argument can be an Output unless it is *plain*.

A default name at a vendor is `<project>-<stack>-<name>`. It ends with a hash instead if the stack or the component has
a hyphen in its name, if a character had to be replaced, or if the name would have more than 40 characters
([names](../environments.md)).

## Children and `transform`

Each resource that a component creates is an attribute of the Python object, such as `hyperdrive.config`. The table
"Child" of each component lists these attributes. A child that the arguments do not need is None, an empty list or an
empty dictionary. The children are no outputs, so that programs in other languages do not see them.

The argument `transform` replaces arguments of a child: `"transform": {"config": {"name": "orders"}}`. The names are
those of the provider, and an unknown name is an error. A replaced argument stays a secret if the component's value is
one. A transform can switch off what the component ensures, so use it only for arguments that the component lacks. A
stack file has [the same setting](../stack-file.md#arguments-without-a-setting), in camel case. To change the options of
a child, use `transforms` in `ResourceOptions`:

```python
def keep_caching(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=["caching"]))
    return pulumi.ResourceTransformResult(args.props, options)


Hyperdrive("main", args, pulumi.ResourceOptions(transforms=[keep_caching]))
```

A component passes on `depends_on`, `protect`, `providers`, `retain_on_delete`, `deleted_with` and `transforms` to its
children. An option without effect, such as `ignore_changes`, is an error.

## All components
"""

Json = Mapping[str, Any]
ANY = "pulumi.json#/Any"


def page(schema: Json) -> str:
    """The page, from a schema of a Pulumi package."""
    resources, types = (
        dict(sorted((token.rpartition(":")[2], found) for token, found in schema[kind].items()))
        for kind in ("resources", "types")
    )
    return "\n".join(
        [
            _HEAD,
            "| Component | Description |",
            "|---|---|",
            *(f"| [{name}](#{name.lower()}) | {_first_line(found)} |" for name, found in resources.items()),
            "",
            *(line for name, found in resources.items() for line in _component(name, found)),
            "## Types of arguments",
            "",
            *(line for name, found in types.items() if "enum" not in found for line in _object_type(name, found)),
            "## Enums",
            "",
            *(line for name, found in types.items() if "enum" in found for line in _enum(name, found)),
        ]
    )


def _component(name: str, found: Json) -> Iterator[str]:
    prose, _, example = inspect.cleandoc(found["description"]).partition("Example::\n")
    yield from (f"## {name}", "", _markdown(prose.strip()), "", "```python", inspect.cleandoc(example), "```", "")
    yield from _table("argument", found["inputProperties"], found.get("requiredInputs", ()))
    yield from _table("output", found["properties"])
    yield from _children(name)


def _children(name: str) -> Iterator[str]:
    """A table of the attributes that are child resources, with their classes."""
    component = getattr(edge_postgres, name, None)
    children = vars(sys.modules[component.__module__]).get("CHILDREN") if component else None
    if children:
        yield from (
            "| Child | Class |",
            "|---|---|",
            *(f"| `{child}` | {_class_names(of())} |" for child, of in children.items()),
            "",
        )


def _class_names(child: ChildClass) -> str:
    """The class of a child, such as `aws.rds.Instance`. A child can have alternative classes."""
    names = []
    for resource in get_args(child) or (child,):
        package, _, _ = resource.__module__.removeprefix("pulumi_").rpartition(".")
        names.append(
            f"`{resource.__name__}`" if package.startswith("edge_postgres") else f"`{package}.{resource.__name__}`"
        )
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _object_type(name: str, found: Json) -> Iterator[str]:
    yield from (f"### {name}", "", _line(found["description"]), "")
    yield from _table("key", found["properties"], found.get("required", ()))


def _enum(name: str, found: Json) -> Iterator[str]:
    yield from (f"### {name}", "", _line(found["description"]), "", "| Value | Description |", "|---|---|")
    yield from (f"| `{each['value']}` | {_line(each['description'])} |" for each in found["enum"])
    yield ""


def _table(kind: str, properties: Mapping[str, Json], required: Any = ()) -> Iterator[str]:
    """A table of properties, required ones first."""
    yield from (f"| {kind.capitalize()} | Type | Description |", "|---|---|---|")
    for key in sorted(properties, key=lambda key: (key not in required, key)):
        found = properties[key]
        needed = ", required" if key in required else ""
        plain = ", *plain*" if found.get("plain") and kind != "output" else ""
        yield f"| `{_snake_case(key)}` | {_type(found)}{plain}{needed} | {_line(found['description'])} |"
    yield ""


def _type(found: Json) -> str:
    if "$ref" in found:
        if found["$ref"] == ANY:
            return "any value"
        name = found["$ref"].rpartition(":")[2]
        return f"[{name}](#{name.lower()})" if found["$ref"].startswith("#/types/") else name
    if found["type"] == "array":
        return f"list of {_type(found['items'])}"
    if found["type"] == "object":
        return f"map of {_type(found['additionalProperties'])}"
    return str(found["type"])


def _first_line(found: Json) -> str:
    return _line(found["description"].partition("\n\n")[0])


def _line(text: str) -> str:
    """A description as one line of a table."""
    return _markdown(" ".join(text.split())).replace("|", "\\|")


def _markdown(text: str) -> str:
    return text.replace("``", "`")


def _snake_case(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", key)
