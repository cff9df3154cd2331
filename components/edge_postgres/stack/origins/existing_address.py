"""Rules of an existing database's host, connection string and TLS mode in a stack file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.rules import validate_mtls, validate_sslmode
from edge_postgres.origin.address import default_port, validate_direct, validate_host, validate_public
from edge_postgres.origin.connection_string import ConnectionString, read_connection_string
from edge_postgres.origin.hosts import Endpoint
from edge_postgres.origin.rules import validate_database, validate_length
from edge_postgres.postgres.preview_database_rules import validate_server_database
from edge_postgres.routes.rules import reject_certificates
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.stack.hyperdrive import HyperdriveSettings
from edge_postgres.stack.model import context_of
from edge_postgres.stack.secrets import Secrets

if TYPE_CHECKING:
    from edge_postgres.stack.origins.existing import ExistingDatabase


DatabaseName = Annotated[str, AfterValidator(lambda name: validate_length(name, "database name", subject=""))]


def validate_host_setting(host: str | None, info: ValidationInfo) -> str | None:
    """Returns the setting `host` without a final dot. Raises ``ValidationError`` if its database cannot be reached."""
    if host is None:
        return None
    host = validate_host(host, subject="")
    if info.data.get("hyperdrive", ...) is None:
        return host
    given = {part: info.data.get(part) for part in ("port", "endpoint", "user")}
    address = validate_direct(host=host, subject="", **given)
    # If `route` itself has an error, `info.data` has no key `route`, and no second error is useful.
    if info.data.get("access_client_id") is None and info.data.get("route", ...) is None:
        validate_public({**address, "port": 5432}, allow_loopback=context_of(info).is_local, subject="")
    return host


def validate_url_setting(path: str, info: ValidationInfo) -> str:
    """Returns the setting `urlSecret` unchanged.

    Raises:
        ValidationError: The connection string is not valid, or its database cannot be reached. The message shows no
            part of the string.
    """
    found, context = info.data, context_of(info)
    has_port, has_sslmode = found.get("access_client_id") is None, found.get("sslmode") is not None
    url = read_connection_string(context.secrets[path], has_port=has_port, subject="")
    if found.get("hyperdrive", ...) is None:
        return path
    if "sslmode" in found and not has_sslmode and not _sets_tls(found.get("hyperdrive")):
        _validate_mode_of_url(url.sslmode, info)
    try:
        endpoint = found.get("endpoint") or (Endpoint.POOLED if url.is_pooled else None)
        # Without the user, because the fix would show the part of the secret string that identifies the database.
        address = validate_direct(host=url.host, port=url.port, endpoint=endpoint, subject="")
        # If `route` itself has an error, `info.data` has no key `route`, and no second error is useful.
        if has_port and found.get("route", ...) is None:
            validate_public({**address, "port": 5432}, allow_loopback=context.is_local, subject="")
    except ValidationError as error:
        raise hide_host(error, url.host) from None
    return path


def _validate_mode_of_url(sslmode: str | None, info: ValidationInfo) -> None:
    try:
        validate_tls_setting(sslmode, info)
    except ValidationError as error:
        problem = f"has an `sslmode` that Hyperdrive does not support: it {error.problem}"
        raise ValidationError("", problem, error.stack_file_fix) from None


def _sets_tls(hyperdrive: object) -> bool:
    """Whether the settings of Hyperdrive, or an invalid one, replace the TLS mode of the connection string."""
    return not isinstance(hyperdrive, HyperdriveSettings) or hyperdrive.tls is not None


def hide_host(error: ValidationError, host: str, path: str = "") -> ValidationError:
    """Returns an error without the host of a secret connection string.

    Args:
        error: The error, whose message can contain the host.
        host: The host.
        path: Path of the new error.
    """
    return ValidationError(path, _without_host(error.problem, host), _without_host(error.stack_file_fix, host))


def _without_host(message: str, host: str) -> str:
    """Returns a message with `(hidden)` instead of the host and of other hosts of the same domain."""
    domain = re.escape(".".join(host.split(".")[-2:]))
    return re.sub(rf"(?<![\w.-])([\w-]+\.)*{domain}(?![\w-])(:\d+)?", "(hidden)", message)


def validate_tls_setting(sslmode: str | None, info: ValidationInfo) -> str | None:
    """Returns the TLS mode unchanged. Raises ``ValidationError`` if it does not fit the CA or the network route."""
    if info.data.get("hyperdrive", ...) is None:
        # The rules of direct TCP apply, where a Worker uses the database.
        return sslmode
    service, ca_certificate_id = info.data.get("service_id"), info.data.get("ca_certificate_id")
    if sslmode is not None or ca_certificate_id is not None:
        validate_mtls(service=service is not None, sslmode=sslmode, ca_certificate_id=ca_certificate_id, subject="")
    return sslmode


@dataclass(frozen=True)
class UrlFacts:
    """Facts in a secret connection string about its database, without the credentials."""

    host: str
    port: int
    user: str
    database: str
    sslmode: str | None
    is_pooled: bool
    needs_encoding: bool
    """Whether the user, the password or the database has characters that a URL encodes."""

    @property
    def address(self) -> DirectAddress:
        """The address for connections without Hyperdrive. The host is a secret."""
        endpoint = Endpoint.POOLED if self.is_pooled else None
        return {"host": self.host, "port": self.port, "endpoint": endpoint}


UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
"""Text without characters that a URL encodes."""


def needs_encoding(text: str) -> bool:
    """Returns whether a string has characters that a URL encodes."""
    return UNRESERVED.fullmatch(text) is None


def read_url(path: str, secrets: Secrets) -> UrlFacts:
    """Returns the facts of a connection string that is valid."""
    url = ConnectionString.parse(secrets[path])
    port = url.port or default_port(url.host, subject="")
    database = validate_database(url.database, url.host, subject="")
    needs = not all(UNRESERVED.fullmatch(part) for part in (url.user, url.password, database))
    return UrlFacts(url.host, port, url.user, database, url.sslmode, url.is_pooled, needs)


def errors_of_address(database: "ExistingDatabase", url: UrlFacts | None) -> Iterator[ValidationError]:
    """Yields the errors of an address that does not fit the other settings of the database."""
    yield from errors_of_call(lambda: _validate_mode(database, url))
    yield from errors_of_call(lambda: _validate_preview(database, url))
    yield from errors_of_call(lambda: _reject_settings_without_address(database))
    yield from errors_of_call(lambda: _reject_ca_of_vpc_service(database))


def _validate_mode(database: "ExistingDatabase", url: UrlFacts | None) -> None:
    """Raises ``ValidationError`` if `hyperdrive.tls.mode` verifies a host name and the host is an IP address."""
    host = url.host if url else database.host
    if host and database.hyperdrive and database.hyperdrive.tls:
        try:
            validate_sslmode(database.hyperdrive.tls.mode, host, subject="hyperdrive.tls.mode")
        except ValidationError as error:
            raise (hide_host(error, host, error.path) if url else error) from None


def _validate_preview(database: "ExistingDatabase", url: UrlFacts | None) -> None:
    """Raises ``ValidationError`` if a preview database has the name of the existing database."""
    existing = url.database if url else database.database
    if existing and database.preview_database:
        validate_server_database(existing, database.preview_database, subject="preview_database")


def _reject_settings_without_address(database: "ExistingDatabase") -> None:
    """Raises ``ValidationError`` if `pulumi up` must connect to a database that only Cloudflare can reach."""
    creates_roles = database.credentials is not None and database.credentials.admin_user is not None
    needs = {"preview_database": database.preview_database is not None, "credentials.admin_user": creates_roles}
    for setting, is_set in needs.items():
        if is_set and database.other_routes:
            route = database.other_routes[0]
            raise ValidationError(
                setting,
                f"cannot be combined with `{route}`, because `pulumi up` itself connects to the database",
                f"Remove `{setting}`, or set the address of the database without `{route}`.",
            )


def _reject_ca_of_vpc_service(database: "ExistingDatabase") -> None:
    """Raises ``ValidationError`` for an uploaded CA, which a Workers VPC service does not use."""
    if database.route and database.route.kind == "vpc-service":
        reject_certificates(database.ca_certificate_id, None, subject="")
