"""The default name of a resource at its vendor, and the name of the same resource in Pulumi."""

import hashlib
import re

import pulumi

from edge_postgres.core.urns import STACK

LONGEST = 40
"""Most characters of a default name. Every vendor accepts a name of this length with the suffixes of the components."""
_DIGITS = 8
"""Hexadecimal digits of the hash in a name."""


def physical_name(name: str, *, project: str, stack: str, mark: str = "") -> str:
    """Returns the default name of a resource at its vendor: `<project>-<stack>-<name>`.

    The name has lower-case letters, digits and hyphens, starts with a letter, and has at most 40 characters. Two
    resources with different arguments never get the same name. If the arguments cannot be recognised in the name, the
    name ends with a hash of the arguments. That is so if `stack` or `name` contains a hyphen, if a character had to be
    replaced, and if the name had to be shortened.

    Args:
        name: Name of the component.
        project: Name of the Pulumi project.
        stack: Name of the stack.
        mark: Text after `name`, for a resource that must get another name, such as one that is replaced.
    """
    name = f"{name}-{mark}" if mark else name
    exact = f"{project}-{stack}-{name}"
    words = re.sub(r"[^a-z0-9]+", "-", exact.lower()).strip("-")
    base = words if words[:1].isalpha() else f"p-{words}".rstrip("-")
    if base == exact and len(base) <= LONGEST and "-" not in f"{stack}{name}":
        return base
    digest = hashlib.sha256("\0".join((project, stack, name)).encode()).hexdigest()[:_DIGITS]
    return f"{base[: LONGEST - _DIGITS - 1].rstrip('-')}-{digest}"


def stack_urn() -> str:
    """Returns the URN of the current stack."""
    stack, project = pulumi.get_stack(), pulumi.get_project()
    return f"urn:pulumi:{stack}::{project}::{STACK}::{project}-{stack}"


def default_name(name: str) -> str:
    """Returns the default name at its vendor of a resource of the component ``name`` in the current stack."""
    return physical_name(name, project=pulumi.get_project(), stack=pulumi.get_stack())


def logical_name(physical: pulumi.Input[str], name: str) -> str:
    """Returns the name in Pulumi of a resource with the name ``physical`` at its vendor.

    Pulumi keeps a resource as long as its name in Pulumi stays. Therefore a renamed component keeps its resources at
    the vendor. If the physical name is an Output, the result is ``name``, the name of the component.
    """
    return physical if isinstance(physical, str) else name
