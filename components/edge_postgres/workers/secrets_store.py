"""`SecretsStore`: a stack's secrets in the account's Secrets Store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import Children, children_of
from edge_postgres.core.cloudflare_ids import render_account_id, validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, require_value
from edge_postgres.core.limits import STORED_SECRETS_CEILING
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.names import default_name
from edge_postgres.workers.bindings.kinds import SecretsStoreBinding
from edge_postgres.workers.secrets_store_rules import (
    WORKERS,
    format_stored_name,
    reject_duplicate_names,
    validate_count,
    validate_prefix,
    validate_scopes,
    validate_secret_name,
    validate_store,
    validate_value,
    validate_version,
)


class StoredSecretArgs(TypedDict):
    """One secret of a SecretsStore."""

    value: pulumi.Input[str]
    """The current value. A plain value becomes a secret."""
    version: NotRequired[float]
    """Number of the version that has `value`. Each version is a separate secret in the store. Default: 1."""
    previous_value: NotRequired[pulumi.Input[str | None]]
    """Value of the previous version, for Workers that are still bound to that version. Requires `version` 2 or more.
    Default: the store has no previous version."""
    scopes: NotRequired[Sequence[str]]
    """Services that may use the secret: `access`, `ai_gateway`, `dex`, `workers`. Default: `workers`."""
    comment: NotRequired[str]
    """Purpose of the secret. Everybody who may list the secrets can read the comment."""


class SecretsStoreArgs(TypedDict):
    """Arguments of SecretsStore."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the store."""
    secrets: Mapping[str, StoredSecretArgs]
    """The secrets by name. A name has only letters, digits, `_` and `-`."""
    store_id: NotRequired[pulumi.Input[str | None]]
    """ID of the account's existing store, 32 hexadecimal digits. Cannot be combined with `store_name`."""
    store_name: NotRequired[str]
    """Name of a store that the component creates. Cloudflare rejects a second store in an account. Cannot be combined
    with `store_id`."""
    name_prefix: NotRequired[str]
    """Prefix of the secrets' names in the store, because all stacks share the store. Default:
    `<project>-<stack>-<name>-`."""
    secrets_ceiling: NotRequired[float]
    """Number of secrets that the account may have. Default: 100, Cloudflare's limit."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`store`, `secrets`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "store": lambda: cloudflare.SecretsStore,
    "secrets": lambda: cloudflare.SecretsStoreSecret,
}


class SecretsStore(pulumi.ComponentResource):
    """Secrets in the account's Secrets Store, to which any Worker of the account can be bound.

    Creates one ``cloudflare.SecretsStoreSecret`` for each secret and each previous version. With ``store_name`` it also
    creates a ``cloudflare.SecretsStore``. A new value of the same version replaces the value for all Workers that are
    bound to the secret, at once. A new version is a separate secret, for example ``stripe-key-v2``. The update binds
    the Workers to the new version, and the previous version stays while `previous_value` is set.

    Rejects an unknown argument, both or neither of ``store_id`` and ``store_name``, and a name with other characters
    than letters, digits, `_` and `-`. It also rejects two secrets of one name, an unknown scope, an empty or too large
    value, a previous value of version 1, and more secrets than the account may have.

    Example::

        store = SecretsStore("secrets", {
            "account_id": account_id,
            "store_id": "3f2d0c8b9a7e4f6d8c1b2a3f4e5d6c7b",
            "secrets": {"database-password": {"value": config.require_secret("databasePassword")}},
        })
        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "secrets_store": {"DATABASE_PASSWORD": store.bindings()["database-password"]},
        })
    """

    store_id: pulumi.Output[str]
    """ID of the store."""
    secret_names: pulumi.Output[dict[str, str]]
    """Names of the current versions in the store, by key of the argument `secrets`."""

    def __init__(self, name: str, args: SecretsStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:SecretsStore", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, SecretsStoreArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        validate_store(args.get("store_id"), args.get("store_name"), subject=f"{subject}.store_id")
        versions = [
            each for key, secret in args["secrets"].items() for each in resolve_versions(key, secret, subject=subject)
        ]
        reject_duplicate_names([each.stored_name for each in versions], subject=f"{subject}.secrets")
        validate_count(len(versions), args.get("secrets_ceiling", STORED_SECRETS_CEILING), subject=f"{subject}.secrets")
        prefix = args.get("name_prefix", f"{default_name(name)}-")
        validate_prefix(prefix, subject=f"{subject}.name_prefix")
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)

        self.store_id = create_or_use_store(name, args, children)
        self.secrets: dict[str, cloudflare.SecretsStoreSecret] = {}
        self._current: dict[str, tuple[SecretVersion, cloudflare.SecretsStoreSecret]] = {}
        for each in versions:
            stored_name = f"{prefix}{each.stored_name}"
            self.secrets[stored_name] = secret = cloudflare.SecretsStoreSecret(
                stored_name,
                account_id=account_id,
                store_id=self.store_id,
                name=stored_name,
                value=each.value,
                scopes=each.scopes,
                comment=each.comment,
                opts=children.options("secrets"),
            )
            if each.is_current:
                self._current[each.key] = each, secret
        self.secret_names = pulumi.Output.all(**{key: stored.name for key, (_, stored) in self._current.items()})
        self.register_outputs({"store_id": self.store_id, "secret_names": self.secret_names})

    def bindings(self) -> dict[str, SecretsStoreBinding]:
        """Returns the secrets that a Worker may use, by key, for the values of a Worker's argument `secrets_store`."""
        return {
            key: {"store_id": self.store_id, "secret_name": stored.name}
            for key, (version, stored) in self._current.items()
            if WORKERS in version.scopes
        }


@dataclass(frozen=True)
class SecretVersion:
    """The current or the previous version of a secret, each a separate secret in the store."""

    key: str
    """Key in the argument `secrets`."""
    stored_name: str
    """Name in the store, without the prefix: the key, from version 2 on with the number of the version."""
    value: pulumi.Input[str] = field(repr=False)
    scopes: list[str]
    comment: str | None
    is_current: bool


def resolve_versions(key: str, secret: StoredSecretArgs, *, subject: str) -> Iterator[SecretVersion]:
    """Yields the current version of a secret, and the previous version if `previous_value` is set."""
    path = f"{subject}.secrets.{validate_secret_name(key, subject=f'{subject}.secrets')}"
    secret = validated_args(secret, StoredSecretArgs, subject=path)
    number = validate_version(secret.get("version", 1), subject=f"{path}.version")
    scopes = validate_scopes(secret.get("scopes", [WORKERS]), subject=f"{path}.scopes")
    comment = secret.get("comment")
    value = render_secret_value(secret["value"], subject=f"{path}.value")
    yield SecretVersion(key, format_stored_name(key, number), value, scopes, comment, is_current=True)
    if "previous_value" not in secret:
        return
    if number == 1:
        raise ValidationError(
            f"{path}.previous_value",
            "cannot be combined with version 1, which is the first",
            "Set `version` to 2 or more, or omit `previous_value`.",
        )
    given = require_value(secret["previous_value"], subject=f"{path}.previous_value")
    previous = render_secret_value(given, subject=f"{path}.previous_value")
    yield SecretVersion(key, format_stored_name(key, number - 1), previous, scopes, comment, is_current=False)


def render_secret_value(value: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the value as a secret. Raises `ValidationError` for a value that the store rejects."""
    return apply_input(pulumi.Output.secret(value), lambda known: validate_value(known, subject=subject))


def create_or_use_store(name: str, args: SecretsStoreArgs, children: Children) -> pulumi.Output[str]:
    """Returns the ID of the existing store, or of a new store."""
    if "store_id" in args:
        subject = f"{children.subject}.store_id"
        return pulumi.Output.from_input(
            apply_input(
                require_value(args["store_id"], subject=subject),
                lambda store_id: validate_hex_id(store_id, "store ID", subject=subject),
            )
        )
    return cloudflare.SecretsStore(
        f"{name}-store", account_id=args["account_id"], name=args["store_name"], opts=children.options("store")
    ).id
