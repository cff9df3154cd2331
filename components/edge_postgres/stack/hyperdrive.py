"""The Hyperdrive configuration in front of a database."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.rules import split_limit, validate_caching, validate_limit
from edge_postgres.stack.model import Model, SecretPath, Whole, around
from edge_postgres.stack.secrets import Secrets


def _readable(file: str | None, info: ValidationInfo) -> str | None:
    if file is not None and not (around(info).root / file).is_file():
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

    def ids(self) -> list[str]:
        """The leaves of an origin that name a certificate."""
        given = {"ca_certificate_id": self.ca_file, "mtls_certificate_id": self.client_key_secret}
        return [leaf for leaf, source in given.items() if source]

    def certificates(self, secrets: Secrets, **given: Any) -> Any:
        """The arguments of ``OriginCertificates``; None where there are no certificates."""
        if self.ca_file is None and self.client_key_secret is None:
            return None
        stated = self.model_dump(exclude={"mode", "client_key_secret"}, exclude_none=True)
        key = {"client_key_pem": secrets[self.client_key_secret]} if self.client_key_secret else {}
        return {**given, **stated, **key}


def _connection_limit(limit: Any, info: ValidationInfo) -> int | str:
    if limit == AUTO:
        return AUTO
    if type(limit) is not int:
        raise ValidationError("", "is no number of connections", "Write a whole number, without quotes, or `auto`.")
    return validate_limit(limit, plan=around(info).plan, ceiling=info.data.get("connection_ceiling"), subject="")


def _elsewhere(value: Any) -> Any:
    return {"reservedElsewhere": value} if isinstance(value, int) else value


class HyperdriveSettings(Model):
    """The Hyperdrive configuration in front of a database, or the pair of them."""

    connection_ceiling: Whole | None = None
    connection_limit: Annotated[Any, AfterValidator(_connection_limit)]
    reserved_elsewhere: Annotated[dict[str, Whole], BeforeValidator(_elsewhere)] = {}
    other_stacks: dict[str, str] = {}
    unallocated: Whole | None = None
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

    @property
    def component(self) -> str:
        """Name of the component that makes it, in `components`."""
        return "HyperdrivePair" if self.fresh else "Hyperdrive"

    def claims(self, parties: list[str]) -> dict[str, Any]:
        """What each party claims of the database's connections, as arguments of a ``ConnectionBudget``."""
        is_auto = self.connection_limit == AUTO
        key, share = ("weights", 1.0) if is_auto else ("limits", self.connection_limit)
        claim = {key: dict.fromkeys(parties, share)}
        pairs = {"pairs": parties} if self.fresh else {}
        unallocated = {} if self.unallocated is None else {"unallocated": self.unallocated}
        ceiling = {} if self.connection_ceiling is None else {"connection_ceiling": self.connection_ceiling}
        return {**claim, **pairs, **unallocated, **ceiling, "elsewhere": self.reserved_elsewhere}

    def certificates(self, secrets: Secrets, account_id: str | None, certificate_name: str) -> Any:
        """The arguments of ``OriginCertificates``; None where there are no certificates."""
        if self.tls is None:
            return None
        return self.tls.certificates(secrets, account_id=account_id, certificate_name=certificate_name)

    def authority(self) -> dict[str, str]:
        """The authority that whoever makes roles verifies the server against, where Hyperdrive does so in full."""
        if self.tls is None or self.tls.mode != "verify-full" or self.tls.ca_file is None:
            return {}
        return {"ca_pem": Path(self.tls.ca_file).read_text()}

    def verified(self, origin: Any, certificates: Any) -> Any:
        """The origin with the TLS that is stated for it."""
        if self.tls is None:
            return origin
        ids = {key: getattr(certificates, key) for key in self.tls.ids()}
        return {**origin, "sslmode": self.tls.mode, **ids}

    def arguments(self, **given: Any) -> Any:
        """The arguments of the component: what this states, and what is given by its neighbours."""
        apart = {"connection_limit", "reserved_elsewhere", "other_stacks", "unallocated", "fresh", "tls"}
        stated = self.model_dump(exclude=apart, exclude_none=True)
        pair: dict[str, Any] = {}
        if self.fresh:
            pair["fresh_share"] = self.fresh.share
            if self.fresh.config_name:
                pair["fresh_config_name"] = self.fresh.config_name
        return {**given, **stated, **pair}
