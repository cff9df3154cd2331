"""The connection test of a Hyperdrive configuration, which Cloudflare runs before it stores the configuration.

Codes: https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ (November 2026). Their HTTP status
is not documented. Status 400 was seen with 2015 and 2017.
"""

import asyncio
import errno
import ipaddress
import socket
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record

APPLICATION_NAME = "Cloudflare Hyperdrive"
CLOSE_TIMEOUT_SECONDS = 2.0

BAD_HOSTNAME = 2008
NOT_PUBLIC = 2009
UNREACHABLE = 2010
CONNECTION_REFUSED = 2011
NO_TLS = 2012
BAD_CREDENTIALS = 2013
NO_SUCH_DATABASE = 2014
GENERIC_FAILURE = 2015
TEST_QUERY_FAILED = 2016

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class DatabaseCheckError(ApiError):
    """The connection test failed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(400, code, f"Failed to connect to the provided database: {reason}")


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ClientCertificate:
    """The client certificate that Hyperdrive presents: PEM strings, the client's certificate first."""

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Tls:
    sslmode: str = "require"
    ca_certificate: str | None = None
    """PEM string of the CA for `verify-ca` and `verify-full`. None: the public CAs."""
    client: ClientCertificate | None = None


REQUIRE = Tls()


@dataclass(frozen=True)
class DatabaseCheck:
    """Connects to databases and runs a test query."""

    timeout_seconds: float
    """Timeout of the name resolution, and again of the connection with its authentication."""
    allow_loopback: bool
    folder: Path | None = None
    """Folder for a temporary file with a client's key, which OpenSSL reads only from files. None: the system's."""

    async def run(self, origin: Record, tls: Tls = REQUIRE, tunnel_target: Address | None = None) -> None:
        """Tests the connection. Raises ``DatabaseCheckError``.

        ``tunnel_target`` is the address to which the connector of a tunnel connects, for an origin without a public
        address. It may be private, and `verify-full` compares its name with the certificate.
        """
        if origin["scheme"].lower() == "mysql":
            raise DatabaseCheckError(GENERIC_FAILURE, "the local cloud supports Postgres only.")
        address = tunnel_target or Address(origin["host"], origin["port"])
        if tunnel_target is None:
            await self._reject_private_address(address)
        connection = await self._connect(origin, address, self._context(tls))
        try:
            # asyncpg's `execute` cannot handle the response to an empty query
            await connection.fetch(";", timeout=self.timeout_seconds)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise DatabaseCheckError(TEST_QUERY_FAILED, f"Test query failed: {_message(error)}") from None
        finally:
            await _close(connection)

    async def _reject_private_address(self, address: Address) -> None:
        for resolved in await self._addresses(address):
            if not (resolved.is_global or (resolved.is_loopback and self.allow_loopback)):
                raise DatabaseCheckError(
                    NOT_PUBLIC,
                    f"Host '{address.host}' is or resolves to {resolved}, which is not a public address. Use a public "
                    "host, or a VPC service or a tunnel for a private one.",
                )

    async def _addresses(self, address: Address) -> list[IPAddress]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            raise DatabaseCheckError(BAD_HOSTNAME, f"Bad hostname. '{address.host}' could not be resolved.") from None
        return [_address(str(each[4][0])) for each in found]

    def _context(self, tls: Tls) -> ssl.SSLContext:
        """Returns the TLS context.

        `require` verifies nothing, because the documentation of the service is contradictory.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = tls.sslmode == "verify-full"
        if tls.sslmode == "require":
            context.verify_mode = ssl.CERT_NONE
        elif tls.ca_certificate is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cadata=tls.ca_certificate)
            # An intermediate CA may be uploaded instead of its root.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if tls.client is not None:
            with tempfile.NamedTemporaryFile("w", dir=self.folder) as file:  # mode 0600
                file.write(f"{tls.client.certificates}\n{tls.client.private_key}")
                file.flush()
                context.load_cert_chain(file.name)
        return context

    async def _connect(self, origin: Record, address: Address, tls: ssl.SSLContext) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(
                host=address.host,
                port=address.port,
                user=origin["user"],
                password=origin["password"],
                database=origin["database"],
                ssl=tls,
                timeout=self.timeout_seconds,
                server_settings={"application_name": APPLICATION_NAME},
            )
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
            raise DatabaseCheckError(
                BAD_CREDENTIALS,
                f"Invalid database credentials. The server rejected user '{origin['user']}' or its password.",
            ) from None
        except asyncpg.InvalidCatalogNameError:
            raise DatabaseCheckError(
                NO_SUCH_DATABASE, f"The specified database name does not exist: '{origin['database']}'."
            ) from None
        except ssl.SSLError as error:
            raise DatabaseCheckError(GENERIC_FAILURE, f"cert verification failed - {error.reason or error}") from None
        except TimeoutError:
            raise DatabaseCheckError(
                UNREACHABLE, f"Cannot connect to {address}: no response within {self.timeout_seconds:g} seconds."
            ) from None
        except OSError as error:
            raise _network_error(error, address) from None
        except Exception as error:  # asyncpg raises many kinds of errors for a server that is not Postgres
            raise DatabaseCheckError(GENERIC_FAILURE, f"{address} answered: {_message(error)}") from None


def _address(text: str) -> IPAddress:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _network_error(error: OSError, address: Address) -> DatabaseCheckError:
    text = str(error)
    if "rejected SSL upgrade" in text:  # asyncpg has no class for this error
        return DatabaseCheckError(NO_TLS, "Databases must be configured to support SSL/TLS.")
    # If a name has several addresses, asyncio joins their errors into one without an error number.
    if error.errno == errno.ECONNREFUSED or f"Errno {errno.ECONNREFUSED}]" in text:
        return DatabaseCheckError(CONNECTION_REFUSED, f"Connection refused by {address}.")
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT):
        return DatabaseCheckError(UNREACHABLE, f"Cannot connect to {address}: {error.strerror}.")
    return DatabaseCheckError(GENERIC_FAILURE, "Connection closed unexpectedly by the database server.")


def _message(error: BaseException) -> str:
    """Returns the message of a server, which may contain names of users and databases, but never a password."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=CLOSE_TIMEOUT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        connection.terminate()
