"""The names of bindings: valid JavaScript names, not reserved, and unique in a Worker."""

import re
from collections.abc import Iterable, Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.bindings.kinds import RESERVED_NAMES

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def validate_binding_names(groups: Mapping[str, Iterable[str]], *, subject: str) -> None:
    """Checks the names of all bindings of a Worker.

    Args:
        groups: The names, by argument.
        subject: Path of the arguments.

    Raises:
        ValidationError: A name is invalid, reserved, or used twice.
    """
    owner: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValidationError(
                    f"{subject}.{group}",
                    f"must have JavaScript names, got {name}",
                    "Use letters, digits and `_`, and start with a letter.",
                )
            if name in RESERVED_NAMES:
                raise ValidationError(
                    f"{subject}.{group}", f"has the reserved name {name} ({RESERVED_NAMES[name]})", "Rename it."
                )
            if name in owner:
                raise ValidationError(
                    f"{subject}.{group}",
                    f"must have unique names, got {name}, which `{owner[name]}` has too",
                    "Rename one of them.",
                )
            owner[name] = group
