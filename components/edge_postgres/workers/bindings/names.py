"""Names of bindings: each a JavaScript name, nobody else's, and one thing's."""

import re
from collections.abc import Iterable, Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.bindings.kinds import RESERVED_NAMES

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def validate_binding_names(groups: Mapping[str, Iterable[str]], *, subject: str) -> None:
    """Raises ``ValidationError`` where two bindings have one name, or a name is none or is somebody else's."""
    owner: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValidationError(
                    f"{subject}.{group}",
                    f"has the name {name}, which is no JavaScript name",
                    "Use letters, digits and `_`, and begin with a letter.",
                )
            if name in RESERVED_NAMES:
                raise ValidationError(
                    f"{subject}.{group}",
                    f"has the name {name}, which is reserved: {RESERVED_NAMES[name]}",
                    "Rename it.",
                )
            if name in owner:
                raise ValidationError(
                    f"{subject}.{group}",
                    f"has the name {name}, which `{owner[name]}` has too; a Worker finds one thing under one name",
                    "Rename one of them.",
                )
            owner[name] = group
