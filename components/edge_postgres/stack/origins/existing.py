"""Settings of an existing database.

The validators call the validation functions of the component ``ExistingPostgres``. Then `load` lists their errors with
all other errors of the stack file.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.address import default_port
from edge_postgres.origin.hosts import Endpoint, endpoint_of, vendor_of
from edge_postgres.origin.rules import known_connections, validate_user
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import NonNegativeInt, PasswordPath, SecretPath, ValidationContext
from edge_postgres.stack.origins.existing_address import (
    DatabaseName,
    UrlFacts,
    errors_of_address,
    hide_host,
    needs_encoding,
    read_url,
    validate_host_setting,
    validate_tls_setting,
    validate_url_setting,
)
from edge_postgres.stack.origins.rotating_password import RotatingPassword
from edge_postgres.workers.direct_tcp_rules import DirectOptions, validate_direct_origin, validate_direct_sslmode

if TYPE_CHECKING:
    from edge_postgres.origins.existing.component import ExistingPostgres, ExistingPostgresArgs


class ExistingDatabase(RotatingPassword):
    """An existing database: a secret connection string, or the parts of an address."""

    may_be_prisma: ClassVar[bool] = True
    may_be_private: ClassVar[bool] = True

    provider: Literal["existing"]
    """An existing Postgres database of any vendor."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """TCP port of the database. Cannot be combined with `urlSecret`, `accessClientId` or `serviceId`. Required if each
    database of the vendor has a separate port. Default: the vendor's port, by the host name; 5432 for an unknown
    vendor."""
    endpoint: Annotated[Endpoint, Field(strict=False)] | None = None
    """`direct` for the address of the database itself, `pooled` for the address of a pooler. Default: derived from the
    host name and the port."""
    access_client_id: str | None = None
    """Client ID of an Access service token, for a database behind your own Cloudflare Tunnel. Required with
    `accessClientSecret`."""
    access_client_secret: SecretPath | None = None
    """Path below `secrets` of the client secret of the Access service token. Required with `accessClientId`."""
    service_id: str | None = None
    """ID of a Workers VPC service that leads to the database. Cannot be combined with `urlSecret`, `host`, `port`,
    `accessClientId`, `sslmode` or `caCertificateId`."""
    user: Annotated[str, AfterValidator(lambda user: validate_user(user, subject=""))] | None = None
    """Role that Hyperdrive authenticates as."""
    host: Annotated[str | None, AfterValidator(validate_host_setting)] = None
    """Host name or IP address of the database. Cannot be combined with `urlSecret` or `serviceId`."""
    database: DatabaseName | None = None
    """Name of the database."""
    password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    ca_certificate_id: str | None = None
    """ID of a CA certificate that Cloudflare already has. To upload a certificate, use `hyperdrive.tls` instead."""
    sslmode: Annotated[str | None, AfterValidator(validate_tls_setting)] = None
    """TLS mode. `verify-ca` and `verify-full` require `caCertificateId`. Default: the URL's mode, else `require`."""
    # The validation of `url_secret` needs the fields above.
    url_secret: Annotated[SecretPath, AfterValidator(validate_url_setting)] | None = None
    """Path below `secrets` of the connection string, for example `databases.main.url`. Cannot be combined with the
    parts of an address, such as `host` and `user`."""
    max_connections: NonNegativeInt | None = None
    """Number of connections that the database accepts. With `cloud-sql` the stack sets this number at the database.
    With all other providers the number only describes the database. Default: the vendor's number, if
    edge-postgres knows this number."""
    reserved_connections: NonNegativeInt | None = None
    """Number of connections in `maxConnections` that the database reserves for itself. Default: the vendor's number, if
    edge-postgres knows this number."""
    _url: UrlFacts | None = PrivateAttr(default=None)
    _needs_encoding: bool = PrivateAttr(default=False)

    def model_post_init(self, context: object, /) -> None:
        """Reads the facts of the secret connection string once."""
        if isinstance(context, ValidationContext):
            secrets = context.secrets
            self._url = read_url(self.url_secret, secrets) if self.url_secret else None
            password = secrets[self.password_secret] if self.password_secret else ""
            parts = f"{password}{self.user or ''}{self.database or ''}"
            self._needs_encoding = self._url.needs_encoding if self._url else needs_encoding(parts)

    @property
    def login(self) -> str | None:
        """Name of the role that Hyperdrive authenticates as."""
        return self._url.user if self._url else self.user

    @property
    def needs_encoding(self) -> bool:
        """Whether the user, the password or the database has characters that a URL encodes."""
        return self._needs_encoding

    @property
    def is_pooled(self) -> bool:
        """Whether the address is a pooler, according to `endpoint`, or by default according to host and port."""
        found = self.address()
        derived = endpoint_of(found["host"], found["port"]) if found else Endpoint.DIRECT
        return ((found and found["endpoint"]) or derived) is Endpoint.POOLED

    @property
    def has_secret_url(self) -> bool:
        """Whether `urlSecret` is set."""
        return self.url_secret is not None

    def args(self, context: StackContext) -> "ExistingPostgresArgs":
        """Returns the arguments of ``ExistingPostgres``."""
        args: ExistingPostgresArgs = {
            "host": optional(self.host),
            "port": optional(self.port),
            "database": optional(self.database),
            "user": optional(self.user),
            "sslmode": optional(self.sslmode),
            "ca_certificate_id": optional(self.ca_certificate_id),
            "max_connections": optional(self.max_connections),
            "reserved_connections": optional(self.reserved_connections),
            "endpoint": optional(self.endpoint),
            "password_rotates": optional(self.password_rotates),
            "rotation_sync": optional(self.rotation_sync),
            "access_client_id": optional(self.access_client_id),
            "service_id": optional(self.service_id),
        }
        if self.url_secret:
            args["url"] = context.secrets.output(self.url_secret)
        if self.password_secret:
            args["password"] = context.secrets.output(self.password_secret)
        if self.access_client_secret:
            args["access_client_secret"] = context.secrets.output(self.access_client_secret)
        return args

    def create(self, name: str, context: StackContext) -> "ExistingPostgres":
        """Returns the component, which describes the database and creates nothing."""
        from edge_postgres.origins.existing.component import ExistingPostgres

        return ExistingPostgres(name, self.args(context), self.options())

    @property
    def other_routes(self) -> list[str]:
        """`service_id` and `access_client_id`, as far as they are set. Both lead to the database as `route` does."""
        routes = {"service_id": self.service_id, "access_client_id": self.access_client_id}
        return [argument for argument, value in routes.items() if value]

    @property
    def host_or_example(self) -> str | None:
        """The setting `host`. None if a secret connection string or the Workers VPC service contains the host."""
        return self.host

    def address(self) -> DirectAddress | None:
        """Returns the address of the database. Returns None without `host` and `urlSecret`."""
        if self._url is not None:
            return {**self._url.address, "endpoint": self.endpoint or self._url.address["endpoint"]}
        if self.host is None:
            return None
        return {
            "host": self.host,
            "port": self.port or default_port(self.host, subject="port"),
            "endpoint": self.endpoint,
        }

    def validate_direct_access(self, options: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError`` if the settings show that a Worker's socket cannot reach the database."""
        validate_direct_origin({"host": ..., "port": ..., **self.model_dump(exclude_none=True)}, subject=subject)
        mode = self._url.sslmode if self._url and not self.sslmode else self.sslmode
        validate_direct_sslmode(mode, clear_text=options.clear_text, subject=f"{subject}.sslmode")
        try:
            super().validate_direct_access(options, subject=subject)
        except ValidationError as error:
            raise (hide_host(error, self._url.host, error.path) if self._url else error) from None

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted and the reserved connections, by default the numbers of the host's vendor."""
        known = known_connections(self._url.host if self._url else self.host or "")
        given = {"max_connections": self.max_connections, "reserved_connections": self.reserved_connections}
        numbers = {**known, **{key: number for key, number in given.items() if number is not None}}
        return numbers.get("max_connections"), numbers.get("reserved_connections")

    @rule
    def _address_fits_the_other_settings(self) -> Iterator[ValidationError]:
        yield from errors_of_address(self, self._url)

    @rule
    def _one_address(self) -> Iterator[ValidationError]:
        parts = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password_secret": self.password_secret,
            "service_id": self.service_id,
        }
        given = [part for part, value in parts.items() if value is not None]
        if self.url_secret is not None:
            if given:
                problem = f"cannot be combined with {' and '.join(f'`{part}`' for part in given)}"
                yield ValidationError("url_secret", problem, "Remove `url_secret`, or remove all parts of the address.")
            return
        required = [*(["host"] if self.service_id is None else []), "database", "user", "password_secret"]
        if self.host and (vendor := vendor_of(self.host)) and vendor.database:
            required.remove("database")
        for part in required:
            if parts[part] is None:
                yield ValidationError(
                    part, "is required without `url_secret`", f"Set `{part}`, or set `url_secret` instead of all parts."
                )

    @rule
    def _one_route(self) -> Iterator[ValidationError]:
        addresses = {
            "host": self.host,
            "port": self.port,
            "access_client_id": self.access_client_id,
            "access_client_secret": self.access_client_secret,
        }
        given = [other for other, value in addresses.items() if value is not None]
        if self.service_id is not None and given:
            names = " and ".join(f"`{other}`" for other in given)
            yield ValidationError(
                "service_id",
                f"cannot be combined with {names}, because the service contains the address",
                f"Remove {names}.",
            )
        if (self.access_client_id is None) != (self.access_client_secret is None):
            yield ValidationError(
                "access_client_id",
                "must be set together with `access_client_secret`",
                "Set `access_client_id` and `access_client_secret`, or remove both.",
            )
        if self.access_client_id is not None and self.port is not None:
            yield ValidationError(
                "port",
                "cannot be combined with `access_client_id`, because the tunnel contains the port",
                "Remove `port`.",
            )
