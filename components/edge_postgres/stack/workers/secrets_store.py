"""The secrets of a stack file that stand in the account's Secrets Store."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.model import Model, Name, context_of, with_names
from edge_postgres.stack.secrets import Secrets, command_to_set
from edge_postgres.workers.secrets_store_rules import (
    WORKERS,
    format_stored_name,
    reject_duplicate_names,
    validate_scopes,
)

if TYPE_CHECKING:
    from edge_postgres.workers.secrets_store import SecretsStoreArgs, StoredSecretArgs


class StoredSecret(Model):
    """A secret. Its values are those of ``secrets.secretsStore.<name>``, ``<name>-v2``, ``<name>-v3``, ..."""

    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    keep_previous: bool = True
    scopes: Annotated[list[str], AfterValidator(lambda scopes: validate_scopes(scopes, subject=""))] = [WORKERS]
    comment: str | None = None

    @property
    def versions(self) -> list[int]:
        """The version in use and, where it stays, the one before."""
        return [self.version, self.version - 1] if self.keep_previous and self.version > 1 else [self.version]

    @model_validator(mode="after")
    def _has_its_values(self, info: ValidationInfo) -> Self:
        for version in self.versions:
            path = path_of(self.name, version)
            if path not in context_of(info).secrets:
                drop = (
                    ""
                    if version == self.version
                    else "\nOr state `keepPrevious: false`, and nothing can go back to it."
                )
                raise ValidationError("", f"has no value for version {version}", f"Run: {command_to_set(path)}{drop}")
        return self

    def arguments(self, secrets: Secrets) -> "StoredSecretArgs":
        """The part of the component's arguments that is this secret's."""
        values = dict(zip(("value", "previous_value"), self.versions, strict=False))
        return cast(
            "StoredSecretArgs",
            {
                **self.model_dump(include={"scopes", "comment"}, exclude_none=True),
                **{argument: secrets.output(path_of(self.name, version)) for argument, version in values.items()},
                "version": float(self.version),
            },
        )


class SecretsStoreSettings(Model):
    """The account's store, and the secrets that the stack keeps in it."""

    store_id: (
        Annotated[str, AfterValidator(lambda store_id: validate_hex_id(store_id, "store id", subject=""))] | None
    ) = None
    store_name: str | None = None
    secrets: Annotated[dict[str, StoredSecret], BeforeValidator(with_names)]

    @model_validator(mode="after")
    def _one_store_without_twins(self) -> Self:
        if (self.store_id is None) == (self.store_name is None):
            raise ValidationError(
                "store_id", "or `store_name` is needed, and one of them only", "State the id of the account's store."
            )
        reject_duplicate_names(
            [format_stored_name(one.name, version) for one in self.secrets.values() for version in one.versions],
            subject="secrets",
        )
        return self

    def arguments(self, secrets: Secrets, **given: Any) -> "SecretsStoreArgs":
        """The arguments of the component: what this states, and what is given."""
        store = self.model_dump(include={"store_id", "store_name"}, exclude_none=True)
        stored = {name: secret.arguments(secrets) for name, secret in self.secrets.items()}
        return cast("SecretsStoreArgs", {**given, **store, "secrets": stored})


def bindable_in(raw: Any) -> Iterator[str]:
    """The secrets that a Worker can be bound to, of a stack file that nobody has checked yet."""
    secrets = raw.get("secrets") if isinstance(raw, dict) else None
    for name, secret in secrets.items() if isinstance(secrets, dict) else ():
        scopes = secret.get("scopes") if isinstance(secret, dict) else None
        if not isinstance(scopes, list) or WORKERS in scopes:
            yield name


def path_of(name: str, version: int) -> str:
    """Where the value of a version stands among the stack's secrets."""
    return f"secretsStore.{format_stored_name(name, version)}"
