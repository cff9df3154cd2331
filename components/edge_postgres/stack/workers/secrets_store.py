"""Settings of the secrets that the stack keeps in the account's Secrets Store."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import Entries, Model, Name, context_of
from edge_postgres.stack.secrets import Secrets, command_to_set
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.secrets_store_rules import (
    WORKERS,
    format_stored_name,
    reject_duplicate_names,
    validate_prefix,
    validate_scopes,
    validate_store,
    validate_value,
)

if TYPE_CHECKING:
    from edge_postgres.workers.secrets_store import SecretsStore, SecretsStoreArgs, StoredSecretArgs

StoreId = Annotated[str, AfterValidator(lambda value: validate_hex_id(value, "store ID", subject=""))]


class StoredSecret(Model):
    """A secret of the Secrets Store.

    The path of its value is `secrets.secretsStore.NAME`. Version 2 has the path `secrets.secretsStore.NAME-v2`.
    """

    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    """Version of the value. To rotate from version 1 to 2, set the new value below `secrets.secretsStore` as `NAME-v2`,
    then set `version: 2`."""
    keep_previous: bool = True
    """Whether the stack keeps the previous version, so that a rollback is possible."""
    scopes: Annotated[list[str], AfterValidator(lambda scopes: validate_scopes(scopes, subject=""))] = [WORKERS]
    """Cloudflare services that can use the secret: `access`, `ai_gateway`, `dex` and `workers`."""
    comment: str | None = None
    """Comment on the secret in Cloudflare's dashboard."""

    @property
    def versions(self) -> list[int]:
        """Numbers of the active version, and of the previous version if the stack keeps it."""
        return [self.version, self.version - 1] if self.keep_previous and self.version > 1 else [self.version]

    @rule
    def _values_are_set(self, info: ValidationInfo) -> Iterator[ValidationError]:
        for version in self.versions:
            path = secret_path(self.name, version)
            if path not in context_of(info).secrets:
                is_previous = version != self.version
                alternative = "\nOr set `keepPrevious: false` to delete this version." if is_previous else ""
                yield ValidationError(
                    "", f"has no value for version {version}", f"Run: {command_to_set(path)}{alternative}"
                )
            else:
                value = context_of(info).secrets[path]
                yield from errors_of_call(partial(validate_value, value, subject=""))

    def args(self, secrets: Secrets) -> "StoredSecretArgs":
        """Returns the value of one entry of the argument `secrets` of ``SecretsStore``."""
        args: StoredSecretArgs = {
            "value": secrets.output(secret_path(self.name, self.version)),
            "version": float(self.version),
            "scopes": self.scopes,
            "comment": optional(self.comment),
        }
        if len(self.versions) > 1:
            args["previous_value"] = secrets.output(secret_path(self.name, self.version - 1))
        return args


class SecretsStoreSettings(Transformable):
    """The account's Secrets Store, and the secrets that the stack keeps in the store."""

    store_id: StoreId | None = None
    """ID of the account's existing Secrets Store. Cannot be combined with `storeName`. Required unless `storeName` is
    set."""
    store_name: str | None = None
    """Name of a Secrets Store that the stack creates, for an account that has no Secrets Store. Required unless
    `storeId` is set."""
    name_prefix: Annotated[str, AfterValidator(lambda prefix: validate_prefix(prefix, subject=""))] | None = None
    """Prefix of the secrets' names in the store. Default: `<project>-<stack>-secrets-`."""
    secrets: Annotated[dict[str, StoredSecret], Entries]
    """Secrets, by a name that you choose. Set the value of each name below `secrets.secretsStore`."""

    @rule
    def _one_store(self) -> None:
        validate_store(self.store_id, self.store_name, subject="store_id")

    @rule
    def _names_are_unique(self) -> None:
        reject_duplicate_names(
            [format_stored_name(one.name, version) for one in self.secrets.values() for version in one.versions],
            subject="secrets",
        )

    def args(self, context: StackContext) -> "SecretsStoreArgs":
        """Returns the arguments of ``SecretsStore``."""
        return {
            "account_id": context.account_id,
            "store_id": optional(self.store_id),
            "store_name": optional(self.store_name),
            "name_prefix": optional(self.name_prefix),
            "secrets": {name: secret.args(context.secrets) for name, secret in self.secrets.items()},
            "secrets_ceiling": optional(context.stored_secrets_ceiling),
            "transform": optional(self.transform),
        }

    def create(self, name: str, context: StackContext) -> "SecretsStore":
        """Creates the secrets, and the store if `storeName` is set. Returns the component."""
        from edge_postgres.workers.secrets_store import SecretsStore

        return SecretsStore(name, self.args(context))


def bindable_secrets(raw: object) -> Iterator[str]:
    """Yields the names of the secrets that a Worker can be bound to.

    Args:
        raw: The setting `secretsStore`, which is not validated yet.
    """
    secrets = raw.get("secrets") if isinstance(raw, dict) else None
    for name, secret in secrets.items() if isinstance(secrets, dict) else ():
        scopes = secret.get("scopes") if isinstance(secret, dict) else None
        if not isinstance(scopes, list) or WORKERS in scopes:
            yield name


def secret_path(name: str, version: int) -> str:
    """Returns the path below `secrets` of the value of a version."""
    return f"secretsStore.{format_stored_name(name, version)}"
