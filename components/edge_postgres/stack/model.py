"""Base model, names and secret paths of the stack file, and the context of its validation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self

import pydantic
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.http.rules import validate_api_key
from edge_postgres.origin.rules import validate_password
from edge_postgres.stack.every_error import errors_of_rules, line_errors, partial_model
from edge_postgres.stack.secrets import Secrets, command_to_set

LOCAL = "local"
"""Name of the stack with an emulated cloud and a database on this machine. `local-NAME` names further such stacks."""
PREVIEW = "pr-"
"""Prefix of the names of preview stacks. A preview stack exists as long as its pull request."""


NAME = "(name)"
"""Key of an entry's own key. No key of a stack file begins with a parenthesis."""


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
    valid: list[dict[str, object]] = field(default_factory=list, repr=False)
    """The valid fields of each model that is being validated, by name. The innermost model is the last one."""
    partial: dict[str, BaseModel] = field(default_factory=dict, repr=False)
    """The model with errors that was validated last, by its own key in the stack file, with only its valid fields."""

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

    @field_validator("*", mode="after")
    @classmethod
    def _record(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(info.context, ValidationContext) and info.context.valid and info.field_name:
            info.context.valid[-1][info.field_name] = value
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _report_every_error(cls, data: object, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        context = info.context if isinstance(info.context, ValidationContext) else None
        errors: list[InitErrorDetails] = []
        valid: dict[str, object] = {}
        if context:
            context.valid.append(valid)
        try:
            found = handler(data)
        except pydantic.ValidationError as error:
            if context is None or not isinstance(data, dict):
                raise
            errors, found = line_errors(error), partial_model(cls, valid, data)
            if isinstance(name := data.get(NAME), str):
                context.partial[name] = found
        finally:
            if context:
                context.valid.pop()
        errors += errors_of_rules(found, info, is_complete=not errors)
        if errors:
            raise pydantic.ValidationError.from_exception_data(cls.__name__, errors, hide_input=True)
        return found


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

# The key of an entry, such as `main` in `databases`, which `Entries` adds to the entry.
Name = Annotated[str, AfterValidator(_name), Field(alias=NAME)]


def _with_names(entries: object) -> object:
    """Returns a map whose entries contain their own key as `(name)`."""
    if not isinstance(entries, dict):
        return entries
    return {name: {**entry, NAME: name} if isinstance(entry, dict) else entry for name, entry in entries.items()}


def _entries(entries: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    """Returns the validated entries. If some have errors, the rules about several entries get what is valid."""
    named, context = _with_names(entries), info.context
    try:
        return handler(named)
    except pydantic.ValidationError:
        if isinstance(named, dict) and isinstance(context, ValidationContext) and context.valid and info.field_name:
            context.valid[-1][info.field_name] = dict(_valid_entries(named, handler, context))
        raise


def _valid_entries(
    named: Mapping[str, object], handler: ValidatorFunctionWrapHandler, context: ValidationContext
) -> Iterator[tuple[str, object]]:
    """Yields the key of each entry with the entry, or with a partial model of an entry that has errors."""
    for name, entry in named.items():
        context.partial.pop(name, None)
        try:
            yield name, handler({name: entry})[name]
        except pydantic.ValidationError:
            if name in context.partial:
                yield name, context.partial[name]


Entries = WrapValidator(_entries)
"""Validates a map whose entries contain their own key as `(name)`."""


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
