"""What all models of the stack file share: frozen, closed, aware of what stands around a value."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.alias_generators import to_camel

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.secrets import command_to_set

LOCAL = "local"
"""The stack whose cloud and database are on this machine; `local-NAME` are more of them."""
PREVIEW = "pr-"
"""How the names of preview stacks begin: each lives as long as a pull request."""


def is_local(stack: str) -> bool:
    """Whether the cloud of a stack is on this machine."""
    return stack == LOCAL or stack.startswith(f"{LOCAL}-")


@dataclass(frozen=True)
class Surroundings:
    """What the rules look at besides the value itself."""

    stack: str
    secrets: frozenset[str]
    databases: frozenset[str]
    plan: Plan
    root: Path
    origins: frozenset[str] = frozenset()
    kv: frozenset[str] = frozenset()
    secrets_store: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()

    @property
    def is_local(self) -> bool:
        """Whether cloud and database are on this machine."""
        return is_local(self.stack)

    @property
    def is_disposable(self) -> bool:
        """Whether what the stack makes may go with it: on this machine, and for a pull request."""
        return self.is_local or self.stack.startswith(PREVIEW)


class Model(BaseModel):
    """Frozen, strict, and closed to unknown keys; the stack file writes camelCase."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_default=True,
        hide_input_in_errors=True,
    )


def around(info: ValidationInfo) -> Surroundings:
    """What ``load`` handed to pydantic."""
    assert isinstance(info.context, Surroundings)
    return info.context


def _set_secret(path: str, info: ValidationInfo) -> str:
    # What stands here by mistake may be the secret itself: only what looks like a path is shown.
    if not re.fullmatch(r"databases(\.[A-Za-z0-9_-]+)+", path):
        raise ValidationError(
            "", "is no path of a secret", "Write one, `databases.main.url`; the value is set by `pulumi config`."
        )
    if path not in around(info).secrets:
        raise ValidationError("", f"is {path}, which is not set", f"Run: {command_to_set(path)}")
    return path


SecretPath = Annotated[str, AfterValidator(_set_secret)]
Whole = Annotated[int, Field(ge=0)]


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValidationError("", f"is {name}", "Name it with lower-case letters, digits and hyphens, a letter first.")
    return name


# The key of the map that an entry stands under; no key of a stack file begins with a parenthesis.
Name = Annotated[str, AfterValidator(_name), Field(alias="(name)")]


def named(entries: Any) -> Any:
    """A map whose entries know the name that they stand under."""
    if not isinstance(entries, dict):
        return entries
    return {name: {**entry, "(name)": name} if isinstance(entry, dict) else entry for name, entry in entries.items()}
