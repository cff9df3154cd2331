"""Base model, names and secret paths of the stack file, and the context of its validation."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.alias_generators import to_camel

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.http.rules import validate_api_key
from edge_postgres.origin.rules import validate_password
from edge_postgres.stack.secrets import Secrets, command_to_set

LOCAL = "local"
"""Name of the stack with an emulated cloud and a database on this machine. `local-NAME` names further such stacks."""
PREVIEW = "pr-"
"""Prefix of the names of preview stacks. A preview stack exists as long as its pull request."""


def is_local(stack: str) -> bool:
    """Returns whether a stack is `local` or `local-NAME`."""
    return stack == LOCAL or stack.startswith(f"{LOCAL}-")


@dataclass(frozen=True)
class ValidationContext:
    """Values that a validator needs besides the validated setting."""

    stack: str
    plan: Plan
    root: Path
    """Directory that relative paths of the stack file start from."""
    secrets: Secrets = field(default=Secrets(), repr=False)
    database_names: frozenset[str] = frozenset()
    """Keys of `databases`."""
    hyperdrive_bindings: frozenset[str] = frozenset()
    """Names that a Hyperdrive binding can refer to: `main`, and `main.fresh` for a database with `hyperdrive.fresh`."""
    kv: frozenset[str] = frozenset()
    """Keys of `kv`."""
    queues: frozenset[str] = frozenset()
    """Keys of `queues`."""
    secrets_store: frozenset[str] = frozenset()
    """Keys of `secretsStore.secrets` that a Worker can be bound to."""
    workers: frozenset[str] = frozenset()
    """Keys of `workers`."""

    @property
    def is_local(self) -> bool:
        """Whether the stack is `local` or `local-NAME`."""
        return is_local(self.stack)

    @property
    def is_local_or_preview(self) -> bool:
        """Whether all data of the stack may be deleted: it is `local`, `local-NAME` or a preview stack (`pr-…`)."""
        return self.is_local or self.stack.startswith(PREVIEW)


class Model(BaseModel):
    """Base of the models of the stack file. Rejects unknown keys. The keys of the stack file are in camelCase."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_default=True,
        hide_input_in_errors=True,
    )


def context_of(info: ValidationInfo) -> ValidationContext:
    """Returns the context that ``load`` passed to pydantic."""
    assert isinstance(info.context, ValidationContext)
    return info.context


def _existing_secret(path: str, info: ValidationInfo) -> str:
    # A user may have written the secret itself into the setting. Therefore the message shows only a value that looks
    # like a path.
    if not re.fullmatch(r"databases(\.[A-Za-z0-9_-]+)+", path):
        raise ValidationError(
            "",
            "must be the path of a secret, such as `databases.main.url`",
            "Set the path here, and the value with `pulumi config set --secret`.",
        )
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{path} has no value", f"Run: {command_to_set(path)}")
    return path


SecretPath = Annotated[str, AfterValidator(_existing_secret)]


def _valid_password(path: str, info: ValidationInfo) -> str:
    validate_password(context_of(info).secrets[path], subject="")
    return path


PasswordPath = Annotated[SecretPath, AfterValidator(_valid_password)]


def _valid_api_key(path: str, info: ValidationInfo) -> str:
    validate_api_key(context_of(info).secrets[path], fix=f"Run: {command_to_set(path)}", subject="")
    return path


ApiKeyPath = Annotated[SecretPath, AfterValidator(_valid_api_key)]
NonNegativeInt = Annotated[int, Field(ge=0)]


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValidationError(
            "",
            f"must consist of lower-case letters, digits and hyphens, got {name}",
            "Start the name with a letter, and end it with a letter or a digit.",
        )
    return name


KeyName = Annotated[str, AfterValidator(_name)]
"""The key of an entry that does not contain its own name."""

# The key of an entry, such as `main` in `databases`. `with_names` adds the key to the entry as `(name)`, because no key
# of a stack file begins with a parenthesis.
Name = Annotated[str, AfterValidator(_name), Field(alias="(name)")]


def with_names(entries: object) -> object:
    """Returns a map whose entries contain their own key as `(name)`."""
    if not isinstance(entries, dict):
        return entries
    return {name: {**entry, "(name)": name} if isinstance(entry, dict) else entry for name, entry in entries.items()}


def validate_known(name: str, known: frozenset[str], noun: str) -> str:
    """Returns the name of an entry of the stack file unchanged.

    Args:
        name: The name that a setting refers to.
        known: Names of all entries.
        noun: Description of such an entry for the message, such as "a database of this stack".

    Raises:
        ValidationError: The stack file has no entry with the name.
    """
    if name not in known:
        listed = ", ".join(f"`{each}`" for each in sorted(known))
        choice = f"Set one of {listed}." if len(known) > 1 else f"Set {listed}."
        raise ValidationError("", f"must be {noun}, got {name}", choice if known else f"Add {noun} to the stack file.")
    return name
