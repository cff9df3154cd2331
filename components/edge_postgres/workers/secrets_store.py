"""`SecretsStore`: a stack's secrets in the account's Secrets Store."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validated_args
from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.workers.bindings.kinds import SecretsStoreBinding
from edge_postgres.workers.limits import SECRETS_STORE_SECRETS_CEILING
from edge_postgres.workers.secrets_store_rules import (
    WORKERS,
    format_stored_name,
    reject_duplicate_names,
    validate_count,
    validate_scopes,
    validate_secret_name,
    validate_value,
    validate_version,
)


class StoredSecretArgs(TypedDict):
    """One secret of a SecretsStore."""

    value: pulumi.Input[str]
    """The value in use; becomes a secret if it is none."""
    version: NotRequired[float]
    """Number of the value in use, 1 where it is left out. A new version stands beside the one before."""
    previous_value: NotRequired[pulumi.Input[str]]
    """Value of the version before, which stays: whatever is bound to it, a Worker rolled back too, finds it."""
    scopes: NotRequired[list[str]]
    """Services that may use it: `access`, `ai_gateway`, `dex`, `workers`; `workers` alone where it is left out."""
    comment: NotRequired[str]
    """What it is for; everybody who may list the secrets reads it."""


class SecretsStoreArgs(TypedDict):
    """Arguments of SecretsStore."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the store."""
    secrets: dict[str, StoredSecretArgs]
    """The secrets by name: letters, digits, `_` and `-`."""
    store_id: NotRequired[pulumi.Input[str]]
    """Id of the store that the account has, 32 hexadecimal digits. Excludes `store_name`."""
    store_name: NotRequired[str]
    """Makes a store of this name. An account has one store, most have it already: then it is refused there."""
    name_prefix: NotRequired[str]
    """How the names in the store begin, which all stacks share; the component's name and `-` where it is left out."""
    secrets_ceiling: NotRequired[float]
    """Overrides the number of secrets that an account may have."""


class SecretsStore(pulumi.ComponentResource):
    """Secrets in the account's Secrets Store, to which any Worker of the account can be bound.

    Creates one ``cloudflare.SecretsStoreSecret`` for each secret and each previous version, and a
    ``cloudflare.SecretsStore`` only where a ``store_name`` asks for it. A new value of the same version changes the
    secret for everything that is bound to it, at once and for good. A new version is a secret of its own,
    ``stripe-key-v2``: Workers move to it, and the one before stays until the next rotation.

    Refuses an argument it does not know, a store that is both given and made, or neither, a name with a space, two
    secrets of one name, an unknown scope, a value that is empty or too large, and more secrets than an account has.

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
            "secrets_store": {"DATABASE_PASSWORD": store.bindable()["database-password"]},
        })
    """

    store_id: pulumi.Output[str]
    """Id of the store."""
    secret_names: pulumi.Output[dict[str, str]]
    """Names in the store of the versions in use, by the names of the secrets."""

    def __init__(self, name: str, args: SecretsStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:SecretsStore", name, {}, opts)
        args = validated_args(args, SecretsStoreArgs, subject=name)
        if ("store_id" in args) == ("store_name" in args):
            raise ValidationError(
                f"{name}.store_id", "or `store_name` is needed, and one of them only", "Give one of them."
            )
        versions = [each for key, secret in args["secrets"].items() for each in resolve_versions(name, key, secret)]
        reject_duplicate_names([each.stored_name for each in versions], subject=f"{name}.secrets")
        validate_count(
            len(versions), args.get("secrets_ceiling", SECRETS_STORE_SECRETS_CEILING), subject=f"{name}.secrets"
        )
        prefix = args.get("name_prefix", f"{name}-")
        child = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)

        self.store_id = pulumi.Output.from_input(create_or_use_store(name, args, child))
        self._in_use: dict[str, tuple[SecretVersion, cloudflare.SecretsStoreSecret]] = {}
        for each in versions:
            secret = cloudflare.SecretsStoreSecret(
                f"{name}-{each.stored_name}",
                account_id=args["account_id"],
                store_id=self.store_id,
                name=f"{prefix}{each.stored_name}",
                value=each.value,
                scopes=each.scopes,
                comment=each.comment,
                opts=child,
            )
            if each.is_in_use:
                self._in_use[each.secret] = each, secret
        self.secret_names = pulumi.Output.all(**{key: made.name for key, (_, made) in self._in_use.items()})
        self.register_outputs({"store_id": self.store_id, "secret_names": self.secret_names})

    def bindable(self) -> dict[str, SecretsStoreBinding]:
        """The secrets that a Worker may use, each as its `secrets_store` takes it; a Worker waits for its own."""
        return {
            key: {"store_id": self.store_id, "secret_name": made.name}
            for key, (version, made) in self._in_use.items()
            if WORKERS in version.scopes
        }


@dataclass(frozen=True)
class SecretVersion:
    """One value of a secret, as the store holds it."""

    secret: str
    stored_name: str
    value: Any = field(repr=False)
    scopes: list[str]
    comment: str | None
    is_in_use: bool


def resolve_versions(name: str, key: str, secret: StoredSecretArgs) -> Iterator[SecretVersion]:
    """The version in use, and the one before where its value is given."""
    subject = f"{name}.secrets.{validate_secret_name(key, subject=f'{name}.secrets')}"
    secret = validated_args(secret, StoredSecretArgs, subject=subject)
    number = validate_version(secret.get("version", 1), subject=f"{subject}.version")
    scopes = validate_scopes(secret.get("scopes", [WORKERS]), subject=f"{subject}.scopes")
    comment = secret.get("comment")
    yield SecretVersion(
        key,
        format_stored_name(key, number),
        render_secret_value(secret["value"], subject=f"{subject}.value"),
        scopes,
        comment,
        True,
    )
    if "previous_value" not in secret:
        return
    if number == 1:
        raise ValidationError(
            f"{subject}.previous_value", "stands beside version 1, which is the first", "State a `version`."
        )
    value = render_secret_value(secret["previous_value"], subject=f"{subject}.previous_value")
    yield SecretVersion(key, format_stored_name(key, number - 1), value, scopes, comment, False)


def render_secret_value(value: pulumi.Input[str], *, subject: str) -> Any:
    """A value that the store takes, wrapped."""
    return apply_input(pulumi.Output.secret(value), lambda text: validate_value(text, subject=subject))


def create_or_use_store(name: str, args: SecretsStoreArgs, child: pulumi.ResourceOptions) -> Any:
    """The id of the store."""
    if "store_id" in args:
        return apply_input(
            args["store_id"], lambda store_id: validate_hex_id(store_id, "store id", subject=f"{name}.store_id")
        )
    return cloudflare.SecretsStore(
        f"{name}-store", account_id=args["account_id"], name=args["store_name"], opts=child
    ).id
