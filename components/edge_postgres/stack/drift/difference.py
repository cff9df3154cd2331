"""`Difference`: one value of the state that Cloudflare does not have, in the words of the stack file."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge_postgres.core.json_types import JsonValue
from edge_postgres.workers.bindings.values import is_probably_secret

NOTHING = "nothing"
_LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """A difference. Both values are readable text without secrets."""

    path: str
    """Path in the stack file, such as `workers.api.hyperdrive.HYPERDRIVE`."""
    declared: str
    found: str

    def __str__(self) -> str:
        """Returns the difference as the engine shows a change in a diff."""
        sign = "+" if self.declared == NOTHING else "-" if self.found == NOTHING else "~"
        return f"{sign} {self.path}: {self.declared} => {self.found}"


def report(differences: Sequence[Difference]) -> str:
    """Returns the section of the drift report: one line for each difference. Empty without differences."""
    if not differences:
        return ""
    count = f"{len(differences)} difference{'s' if len(differences) > 1 else ''}"
    lines = [f"Cloudflare has {count} that a refresh does not detect (state => Cloudflare):", *map(str, differences)]
    return "\n    ".join(lines) + "\n"


def show(value: JsonValue, name: str = "") -> str:
    """Returns a readable form of a value.

    Args:
        value: A JSON value; None is a missing value.
        name: Name of the variable. A value with the name or the form of a secret is not shown.
    """
    if value is None:
        return NOTHING
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    if is_probably_secret(name, text) or _has_secret_key(value):
        return "[secret]"
    shortened = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return f'"{shortened}"' if isinstance(value, str) else shortened


def _has_secret_key(value: JsonValue) -> bool:
    if isinstance(value, Mapping):
        return any(is_probably_secret(_words(key), "") or _has_secret_key(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_secret_key, value))


def _words(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key)
