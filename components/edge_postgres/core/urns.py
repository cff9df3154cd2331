"""URNs, the identities of resources in Pulumi's state: `urn:pulumi:<stack>::<project>::<types>::<name>`."""

STACK = "pulumi:pulumi:Stack"
"""Type of the resource that Pulumi creates for a stack."""


def child_urn(parent: str, type_: str, name: str) -> str:
    """Returns the URN of a resource. It contains the types of all parents except the stack.

    Args:
        parent: URN of the parent.
        type_: Type token of the resource.
        name: Name of the resource in Pulumi.
    """
    stack, project, types, _ = parent.split("::", 3)
    return f"{stack}::{project}::{type_ if types == STACK else f'{types}${type_}'}::{name}"


def with_type(urn: str, type_: str) -> str:
    """Returns the URN of a resource with the same parents and the same name, but of another type."""
    stack, project, types, name = urn.split("::", 3)
    above, separator, _ = types.rpartition("$")
    return f"{stack}::{project}::{above}{separator}{type_}::{name}"
