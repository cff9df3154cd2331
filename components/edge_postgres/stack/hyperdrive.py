"""The Hyperdrive configuration in front of a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.budget import ConnectionBudgetArgs
from edge_postgres.hyperdrive.rules import split_limit, validate_caching, validate_limit
from edge_postgres.origin.certificates import certificates_of, reject_wrong_key
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import Model, NonNegativeInt, SecretPath, context_of
from edge_postgres.stack.secrets import Secrets

if TYPE_CHECKING:
    from edge_postgres.hyperdrive.certificates import OriginCertificates, OriginCertificatesArgs
    from edge_postgres.hyperdrive.configuration import CachingArgs, Hyperdrive
    from edge_postgres.hyperdrive.pair import HyperdrivePair
    from edge_postgres.hyperdrive.slots import HyperdriveSlots


def _readable(file: str | None, info: ValidationInfo) -> str | None:
    if file is not None and not (context_of(info).root / file).is_file():
        raise ValidationError("", f"is {file}, which is no file", "Name one in PEM, relative to the project.")
    return file


def _caching(value: Any) -> Any:
    if value is None:
        raise ValidationError(
            "",
            "is not stated",
            "Say `none`, or `{maxAge: 60, staleWhileRevalidate: 15}`; a cached read can be up to 75 s old.",
        )
    return {"disabled": True} if value == "none" else value


class Caching(Model):
    """`none`, or the ages of cached answers in seconds."""

    disabled: bool = False
    max_age: int | None = None
    stale_while_revalidate: int | None = None

    @property
    def args(self) -> "CachingArgs":
        """The argument `caching` of the components."""
        return {
            "disabled": self.disabled,
            "max_age": optional(self.max_age),
            "stale_while_revalidate": optional(self.stale_while_revalidate),
        }

    @model_validator(mode="after")
    def _ages(self) -> Self:
        validate_caching(subject="", **self.model_dump())
        return self


AUTO = "auto"
"""A limit that is what remains of the database's connections."""


class Fresh(Model):
    """A second configuration that never caches: the part of the connections that it gets, and its name."""

    share: Annotated[float, Field(gt=0, lt=1, strict=False)]
    config_name: str | None = None


class Tls(Model):
    """How Hyperdrive verifies the database, and what it shows to it."""

    mode: Literal["require", "verify-ca", "verify-full"]
    ca_file: Annotated[str | None, AfterValidator(_readable)] = None
    ca_common_name: str | None = None
    client_certificate_file: Annotated[str | None, AfterValidator(_readable)] = None
    client_key_secret: SecretPath | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.mode == "require") != (self.ca_file is None):
            raise ValidationError(
                "ca_file",
                f"{'stands beside' if self.ca_file else 'is missing for'} `mode: {self.mode}`",
                "The verify modes take the certificate of the authority; `require` takes none.",
            )
        if (self.client_certificate_file is None) != (self.client_key_secret is None):
            raise ValidationError(
                "client_key_secret", "and `client_certificate_file` belong together", "State both, or neither."
            )
        return self

    @model_validator(mode="after")
    def _key_matches_the_certificate(self, info: ValidationInfo) -> Self:
        if self.client_certificate_file and self.client_key_secret:
            pem = (context_of(info).root / self.client_certificate_file).read_text()
            certificate = certificates_of(pem, subject="client_certificate_file")[0]
            key = context_of(info).secrets[self.client_key_secret]
            reject_wrong_key(certificate.pem, key, subject="client_key_secret")
        return self

    def with_tls(self, origin: PostgresOrigin, certificates: "OriginCertificates | None") -> PostgresOrigin:
        """The origin with the TLS mode and the ids of the uploaded certificates."""
        with_tls: PostgresOrigin = {**origin, "sslmode": self.mode}
        if certificates and self.ca_file:
            with_tls["ca_certificate_id"] = cast("pulumi.Output[str]", certificates.ca_certificate_id)
        if certificates and self.client_key_secret:
            with_tls["mtls_certificate_id"] = cast("pulumi.Output[str]", certificates.mtls_certificate_id)
        return with_tls

    def certificates_args(self, account_id: str, certificate_name: str, secrets: Secrets) -> "OriginCertificatesArgs":
        """Arguments of ``OriginCertificates``."""
        key = self.client_key_secret
        return {
            "account_id": account_id,
            "certificate_name": certificate_name,
            "ca_file": optional(self.ca_file),
            "ca_common_name": optional(self.ca_common_name),
            "client_certificate_file": optional(self.client_certificate_file),
            "client_key_pem": optional(secrets.output(key) if key else None),
        }


def _connection_limit(limit: Any, info: ValidationInfo) -> int | str:
    if limit == AUTO:
        return AUTO
    if type(limit) is not int:
        raise ValidationError("", "is no number of connections", "Write a whole number, without quotes, or `auto`.")
    return validate_limit(limit, plan=context_of(info).plan, ceiling=info.data.get("connection_ceiling"), subject="")


def _elsewhere(value: Any) -> Any:
    return {"reservedElsewhere": value} if isinstance(value, int) else value


class HyperdriveSettings(Model):
    """The Hyperdrive configuration in front of a database, or the pair of them."""

    connection_ceiling: NonNegativeInt | None = None
    connection_limit: Annotated[Any, AfterValidator(_connection_limit)]
    reserved_elsewhere: Annotated[dict[str, NonNegativeInt], BeforeValidator(_elsewhere)] = {}
    other_stacks: dict[str, str] = {}
    unallocated: NonNegativeInt | None = None
    caching: Annotated[Caching, BeforeValidator(_caching)] = None  # type: ignore[assignment]  # stated, or a fault
    config_name: str | None = None
    fresh: Fresh | None = None
    tls: Tls | None = None

    @model_validator(mode="after")
    def _split(self) -> Self:
        if self.fresh is None:
            return self
        if self.caching.disabled:
            raise ValidationError(
                "fresh", "stands beside `caching: none`; the other one never caches either", "Leave `fresh` out."
            )
        if self.connection_limit != AUTO:
            split_limit(self.connection_limit, self.fresh.share, subject="")
        return self

    def with_limits(self, args: ConnectionBudgetArgs, consumers: list[str]) -> ConnectionBudgetArgs:
        """The arguments of a ``ConnectionBudget`` with the connections of the stack's consumers."""
        limits, elsewhere = args.get("limits", {}), args.get("elsewhere", {})
        is_auto = self.connection_limit == AUTO
        with_limits: ConnectionBudgetArgs = {
            **args,
            "weights": dict.fromkeys(consumers, 1.0) if is_auto else {},
            "limits": dict(limits) if is_auto else {**dict.fromkeys(consumers, self.connection_limit), **limits},
            "pairs": consumers if self.fresh else [],
            "elsewhere": {**self.reserved_elsewhere, **elsewhere},
        }
        if self.unallocated is not None:
            with_limits["unallocated"] = self.unallocated
        if self.connection_ceiling is not None:
            with_limits["connection_ceiling"] = self.connection_ceiling
        return with_limits

    def create_certificates(self, name: str, context: StackContext) -> "OriginCertificates | None":
        """Uploads the certificates of ``tls``. Returns None if there are none."""
        if self.tls is None or (self.tls.ca_file is None and self.tls.client_key_secret is None):
            return None
        from edge_postgres.hyperdrive.certificates import OriginCertificates

        args = self.tls.certificates_args(context.account_id, context.physical_name(name), context.secrets)
        return OriginCertificates(name, args)

    @property
    def ca_pem(self) -> str | None:
        """The CA that also verifies the server for the roles that this stack creates: that of `verify-full`."""
        if self.tls is None or self.tls.mode != "verify-full" or self.tls.ca_file is None:
            return None
        return Path(self.tls.ca_file).read_text()

    def create(
        self,
        name: str,
        context: StackContext,
        origin: PostgresOrigin,
        certificates: "OriginCertificates | None",
        connection_limit: pulumi.Input[float],
    ) -> "Hyperdrive | HyperdrivePair":
        """Creates the configuration, or the pair, in front of an origin."""
        if self.tls:
            origin = self.tls.with_tls(origin, certificates)
        if self.fresh is None:
            from edge_postgres.hyperdrive.configuration import Hyperdrive

            return Hyperdrive(
                name,
                {
                    "account_id": context.account_id,
                    "origin": origin,
                    "connection_limit": connection_limit,
                    "caching": self.caching.args,
                    "config_name": self.config_name or context.physical_name(name),
                    "plan": context.plan,
                    "connection_ceiling": optional(self.connection_ceiling),
                    "allow_loopback": context.is_local,
                },
            )
        from edge_postgres.hyperdrive.pair import HyperdrivePair

        return HyperdrivePair(
            name,
            {
                "account_id": context.account_id,
                "origin": origin,
                "connection_limit": connection_limit,
                "fresh_share": self.fresh.share,
                "caching": self.caching.args,
                "config_name": self.config_name or context.physical_name(name),
                "fresh_config_name": optional(self.fresh.config_name),
                "plan": context.plan,
                "connection_ceiling": optional(self.connection_ceiling),
                "allow_loopback": context.is_local,
            },
        )

    def create_slots(
        self,
        name: str,
        context: StackContext,
        slots: dict[str, PostgresOrigin],
        active_slot: str,
        certificates: "OriginCertificates | None",
        connection_limit: pulumi.Input[float],
    ) -> "HyperdriveSlots":
        """Creates the configuration, or the pair, of each slot."""
        from edge_postgres.hyperdrive.slots import HyperdriveSlots

        if self.tls:
            slots = {slot: self.tls.with_tls(origin, certificates) for slot, origin in slots.items()}

        return HyperdriveSlots(
            name,
            {
                "account_id": context.account_id,
                "slots": slots,
                "active_slot": active_slot,
                "connection_limit": connection_limit,
                "caching": self.caching.args,
                "fresh_share": optional(self.fresh.share if self.fresh else None),
                "config_name": self.config_name or context.physical_name(name),
                "plan": context.plan,
                "connection_ceiling": optional(self.connection_ceiling),
                "allow_loopback": context.is_local,
            },
        )
