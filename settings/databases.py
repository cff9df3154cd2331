"""The databases of a stack file: one model for each `provider`, and the Hyperdrive configuration in front of it.

A rule that a component has too is called here, not written again: a component raises it alone, a stack file shows it
beside all other faults.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from components.errors import Refusal
from components.hosts import Endpoint, vendor_of
from components.hyperdrive_rules import checked_caching, checked_direct, checked_limit, checked_mtls, checked_public
from settings.model import LOCAL, Model, Name, SecretPath, Whole, around
from settings.secrets import Secrets

if TYPE_CHECKING:
    from components.hyperdrive import HyperdriveArgs
    from components.origins.existing import ExistingPostgresArgs

PROVIDERS = ("existing",)
"""The values of `provider`."""

# The settings that name a secret, and the arguments that take its value.
_SECRETS = {"url_secret": "url", "password_secret": "password", "access_client_secret": "access_client_secret"}


def _caching(value: Any) -> Any:
    if value is None:
        raise Refusal(
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
        checked_caching("", **self.model_dump())
        return self


def _connection_limit(limit: int, info: ValidationInfo) -> int:
    return checked_limit("", around(info).plan, limit, info.data.get("connection_ceiling"))


class HyperdriveSettings(Model):
    """The Hyperdrive configuration in front of a database."""

    connection_ceiling: Whole | None = None
    connection_limit: Annotated[int, AfterValidator(_connection_limit)]
    caching: Annotated[Caching, BeforeValidator(_caching)] = None  # type: ignore[assignment]  # stated, or a fault
    config_name: str | None = None

    def arguments(self, **given: Any) -> "HyperdriveArgs":
        """The arguments of the component: what this states, and what is given by its neighbours."""
        stated = self.model_dump(exclude_none=True)
        return cast("HyperdriveArgs", {**given, **stated})


def _dialled(host: str | None, info: ValidationInfo) -> str | None:
    if host is None:
        return None
    endpoint = info.data.get("endpoint")
    address = checked_direct("", host=host, port=info.data.get("port"), endpoint=endpoint)
    if info.data.get("access_client_id") is None:
        checked_public("", {**address, "port": 5432}, allow_loopback=around(info).stack == LOCAL)
    return host


def _tls(sslmode: str | None, info: ValidationInfo) -> str | None:
    service, authority = info.data.get("service_id"), info.data.get("ca_certificate_id")
    if sslmode is not None or authority is not None:
        checked_mtls("", service=service is not None, sslmode=sslmode, ca_certificate_id=authority)
    return sslmode


class ExistingDatabase(Model):
    """A database that is there already: a connection string among the secrets, or its parts."""

    provider: Literal["existing"]
    name: Name
    url_secret: SecretPath | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    endpoint: Annotated[Endpoint, Field(strict=False)] | None = None
    access_client_id: str | None = None
    access_client_secret: SecretPath | None = None
    service_id: str | None = None
    host: Annotated[str | None, AfterValidator(_dialled)] = None
    database: str | None = None
    user: str | None = None
    password_secret: SecretPath | None = None
    ca_certificate_id: str | None = None
    sslmode: Annotated[str | None, AfterValidator(_tls)] = None
    max_connections: Whole | None = None
    reserved_connections: Whole | None = None
    hyperdrive: HyperdriveSettings

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.url_secret is not None:
            for other in ("host", "port", "database", "user", "password_secret", "service_id"):
                if getattr(self, other) is not None:
                    raise Refusal("url_secret", f"stands beside `{other}`", "Name the connection string, or its parts.")
            return self
        needed = ["database", "user", "password_secret"]
        if self.service_id is None:
            needed = ["host", *needed]
        if self.host and (vendor := vendor_of(self.host)) and vendor.database:
            needed.remove("database")
        for part in needed:
            if getattr(self, part) is None:
                raise Refusal(part, "is missing, and so is `url_secret`", "Name one connection string, or all parts.")
        return self

    @model_validator(mode="after")
    def _one_route(self) -> Self:
        for other in ("host", "port", "access_client_id", "access_client_secret"):
            if self.service_id is not None and getattr(self, other) is not None:
                raise Refusal(
                    "service_id", f"stands beside `{other}`; the service knows the address", f"Leave `{other}` out."
                )
        if (self.access_client_id is None) != (self.access_client_secret is None):
            raise Refusal("access_client_id", "and `access_client_secret` belong together", "State both, or neither.")
        if self.access_client_id is not None and self.port is not None:
            raise Refusal("port", "stands beside `access_client_id`; the tunnel knows the port", "Leave the port out.")
        return self

    @model_validator(mode="after")
    def _within_the_database(self, info: ValidationInfo) -> Self:
        limit, plan = self.hyperdrive.connection_limit, around(info).plan
        ceiling = self.hyperdrive.connection_ceiling
        subject = "hyperdrive.connection_limit"
        checked_limit(subject, plan, limit, ceiling, self.max_connections, self.reserved_connections)
        return self

    def arguments(self, secrets: Secrets) -> "ExistingPostgresArgs":
        """The arguments of the component."""
        plain = self.model_dump(exclude={"provider", "name", "hyperdrive", *_SECRETS}, exclude_none=True)
        wrapped = {
            argument: secrets[path]
            for field, argument in _SECRETS.items()
            if (path := getattr(self, field)) is not None
        }
        return cast("ExistingPostgresArgs", {**plain, **wrapped})
