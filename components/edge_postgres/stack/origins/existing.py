"""Settings of an existing database.

The validators call the validation functions of the component ``ExistingPostgres``. Then `load` lists their errors with
all other errors of the stack file.
"""

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.rules import validate_mtls
from edge_postgres.origin.address import default_port, validate_direct, validate_host, validate_public
from edge_postgres.origin.connection_string import read_connection_string
from edge_postgres.origin.hosts import Endpoint, endpoint_of, vendor_of
from edge_postgres.origin.rules import known_connections
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import NonNegativeInt, PasswordPath, SecretPath, context_of
from edge_postgres.stack.origins.shared_server import SharedServer
from edge_postgres.workers.direct_tcp_rules import DirectOptions, validate_direct_origin

if TYPE_CHECKING:
    from edge_postgres.origins.existing.component import ExistingPostgres, ExistingPostgresArgs


def _valid_host(host: str | None, info: ValidationInfo) -> str | None:
    if host is None:
        return None
    if info.data.get("hyperdrive", ...) is None:
        return validate_host(host, subject="")
    given = {part: info.data.get(part) for part in ("port", "endpoint", "user")}
    address = validate_direct(host=host, subject="", **given)
    # If `route` itself has an error, `info.data` has no key `route`, and no second error is useful.
    if info.data.get("access_client_id") is None and info.data.get("route", ...) is None:
        validate_public({**address, "port": 5432}, allow_loopback=context_of(info).is_local, subject="")
    return host


def _valid_url(path: str, info: ValidationInfo) -> str:
    found, context = info.data, context_of(info)
    has_port, has_sslmode = found.get("access_client_id") is None, found.get("sslmode") is not None
    url = read_connection_string(context.secrets[path], has_port=has_port, has_sslmode=has_sslmode, subject="")
    if found.get("hyperdrive", ...) is None:
        return path
    try:
        endpoint = found.get("endpoint")
        address = validate_direct(host=url.host, port=url.port, endpoint=endpoint, user=url.user, subject="")
        # If `route` itself has an error, `info.data` has no key `route`, and no second error is useful.
        if has_port and found.get("route", ...) is None:
            validate_public({**address, "port": 5432}, allow_loopback=context.is_local, subject="")
    except ValidationError as error:
        error.problem, error.fix = _without_host(error.problem, url.host), _without_host(error.fix, url.host)
        raise ValidationError("", error.problem, error.fix) from None
    return path


def _without_host(message: str, host: str) -> str:
    """Returns a message with `(hidden)` instead of the host and of other hosts of the same domain."""
    domain = re.escape(".".join(host.split(".")[-2:]))
    return re.sub(rf"(?<![\w.-])([\w-]+\.)*{domain}(?![\w-])(:\d+)?", "(hidden)", message)


def _valid_tls_mode(sslmode: str | None, info: ValidationInfo) -> str | None:
    service, ca_certificate_id = info.data.get("service_id"), info.data.get("ca_certificate_id")
    if sslmode is not None or ca_certificate_id is not None:
        validate_mtls(service=service is not None, sslmode=sslmode, ca_certificate_id=ca_certificate_id, subject="")
    return sslmode


class ExistingDatabase(SharedServer):
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
    user: str | None = None
    """Role that Hyperdrive authenticates as."""
    host: Annotated[str | None, AfterValidator(_valid_host)] = None
    """Host name or IP address of the database. Cannot be combined with `urlSecret` or `serviceId`."""
    database: str | None = None
    """Name of the database."""
    password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    ca_certificate_id: str | None = None
    """ID of a CA certificate that Cloudflare already has. To upload a certificate, use `hyperdrive.tls` instead."""
    sslmode: Annotated[str | None, AfterValidator(_valid_tls_mode)] = None
    """TLS mode. `verify-ca` and `verify-full` require `caCertificateId`. Default: the URL's mode, else `require`."""
    # The validation of `url_secret` needs the fields above.
    url_secret: Annotated[SecretPath, AfterValidator(_valid_url)] | None = None
    """Path below `secrets` of the connection string, for example `databases.main.url`. Cannot be combined with the
    parts of an address, such as `host` and `user`."""
    max_connections: NonNegativeInt | None = None
    """Number of connections that the database accepts. With `cloud-sql` the stack sets this number at the database.
    With all other providers the number only describes the database. Default: the vendor's number, if
    edge-postgres knows this number."""
    reserved_connections: NonNegativeInt | None = None
    """Number of connections in `maxConnections` that the database reserves for itself. Default: the vendor's number, if
    edge-postgres knows this number. With `urlSecret`, the connection budget does not use the vendor's number."""

    @property
    def is_pooled(self) -> bool:
        """Whether the host is a pooler, according to `endpoint`, or by default according to host and port."""
        derived = endpoint_of(self.host, self.port or 0) if self.host else Endpoint.DIRECT
        return (self.endpoint or derived) is Endpoint.POOLED

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
        """Returns the address of the database. Returns None without `host`."""
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
        super().validate_direct_access(options, subject=subject)

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted and the reserved connections, by default the numbers of the host's vendor."""
        known = known_connections(self.host or "")
        given = {"max_connections": self.max_connections, "reserved_connections": self.reserved_connections}
        numbers = {**known, **{key: number for key, number in given.items() if number is not None}}
        return numbers.get("max_connections"), numbers.get("reserved_connections")

    @rule
    def _one_address(self) -> Self:
        parts = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password_secret": self.password_secret,
            "service_id": self.service_id,
        }
        if self.url_secret is not None:
            for other, value in parts.items():
                if value is not None:
                    raise ValidationError(
                        "url_secret",
                        f"cannot be combined with `{other}`",
                        f"Remove `url_secret`, or remove `{other}` and all other parts of the address.",
                    )
            return self
        required = ["database", "user", "password_secret"]
        if self.service_id is None:
            required = ["host", *required]
        if self.host and (vendor := vendor_of(self.host)) and vendor.database:
            required.remove("database")
        for part in required:
            if parts[part] is None:
                raise ValidationError(
                    part, "is required without `url_secret`", f"Set `{part}`, or set `url_secret` instead of all parts."
                )
        return self

    @rule
    def _one_route(self) -> Self:
        addresses = {
            "host": self.host,
            "port": self.port,
            "access_client_id": self.access_client_id,
            "access_client_secret": self.access_client_secret,
        }
        for other, value in addresses.items():
            if self.service_id is not None and value is not None:
                raise ValidationError(
                    "service_id",
                    f"cannot be combined with `{other}`, because the service contains the address",
                    f"Remove `{other}`.",
                )
        if (self.access_client_id is None) != (self.access_client_secret is None):
            raise ValidationError(
                "access_client_id",
                "must be set together with `access_client_secret`",
                "Set `access_client_id` and `access_client_secret`, or remove both.",
            )
        if self.access_client_id is not None and self.port is not None:
            raise ValidationError(
                "port",
                "cannot be combined with `access_client_id`, because the tunnel contains the port",
                "Remove `port`.",
            )
        return self
