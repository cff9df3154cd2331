"""Signing in to the database of a Hyperdrive configuration, as Cloudflare does before it stores one.

Codes: https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ (November 2026). That they come with
status 400 is documented nowhere; it was seen with 2015 and 2017.
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


class DialError(ApiError):
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
    """What Hyperdrive shows a database that asks for a certificate: PEM texts, leaf first."""

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Tls:
    sslmode: str = "require"
    ca_certificate: str | None = None
    """PEM text, for `verify-ca` and `verify-full`; None: the public ones."""
    client: ClientCertificate | None = None


REQUIRE = Tls()


@dataclass(frozen=True)
class Dialer:
    """Signs in to databases."""

    timeout_seconds: float
    """For the name, and again for the connection until the server lets us in."""
    allow_loopback: bool
    folder: Path | None = None
    """Where a client's key is for a moment, because OpenSSL reads it from files only; None: the system's."""

    async def dial(self, origin: Record, tls: Tls = REQUIRE, behind: Address | None = None) -> None:
        """Raises ``DialError``.

        ``behind`` is what the connector of a tunnel dials for an origin without a public address: it may be private,
        and its name is the one that `verify-full` wants in the certificate.
        """
        if origin["scheme"].lower() == "mysql":
            raise DialError(GENERIC_FAILURE, "the local cloud speaks to Postgres only.")
        address = behind or Address(origin["host"], origin["port"])
        if behind is None:
            await self._refuse_private(address)
        connection = await self._connect(origin, address, self._context(tls))
        try:
            # asyncpg's `execute` trips over the answer to an empty query
            await connection.fetch(";", timeout=self.timeout_seconds)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise DialError(TEST_QUERY_FAILED, f"Test query failed: {_words(error)}") from None
        finally:
            await _close(connection)

    async def _refuse_private(self, place: Address) -> None:
        for address in await self._addresses(place):
            if not (address.is_global or (address.is_loopback and self.allow_loopback)):
                raise DialError(
                    NOT_PUBLIC,
                    f"Host '{place.host}' is or resolves to {address}, which is not a public address. Give a public "
                    "host, or a private one by a VPC service or a tunnel.",
                )

    async def _addresses(self, place: Address) -> list[IPAddress]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            raise DialError(BAD_HOSTNAME, f"Bad hostname. '{place.host}' could not be resolved.") from None
        return [_address(str(each[4][0])) for each in found]

    def _context(self, tls: Tls) -> ssl.SSLContext:
        """`require` encrypts and verifies nothing here: what the real service verifies, its pages disagree about."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = tls.sslmode == "verify-full"
        if tls.sslmode == "require":
            context.verify_mode = ssl.CERT_NONE
        elif tls.ca_certificate is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cadata=tls.ca_certificate)
            # An intermediate authority may be uploaded in the place of its root.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if tls.client is not None:
            with tempfile.NamedTemporaryFile("w", dir=self.folder) as file:  # mode 0600
                file.write(f"{tls.client.certificates}\n{tls.client.private_key}")
                file.flush()
                context.load_cert_chain(file.name)
        return context

    async def _connect(self, origin: Record, place: Address, tls: ssl.SSLContext) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(
                host=place.host,
                port=place.port,
                user=origin["user"],
                password=origin["password"],
                database=origin["database"],
                ssl=tls,
                timeout=self.timeout_seconds,
                server_settings={"application_name": APPLICATION_NAME},
            )
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
            raise DialError(
                BAD_CREDENTIALS,
                f"Invalid database credentials. The server refused user '{origin['user']}' or its password.",
            ) from None
        except asyncpg.InvalidCatalogNameError:
            raise DialError(
                NO_SUCH_DATABASE, f"The specified database name does not exist: '{origin['database']}'."
            ) from None
        except ssl.SSLError as error:
            raise DialError(GENERIC_FAILURE, f"cert verification failed - {error.reason or error}") from None
        except TimeoutError:
            raise DialError(
                UNREACHABLE, f"Cannot connect to {place}: no answer within {self.timeout_seconds:g} seconds."
            ) from None
        except OSError as error:
            raise _network_error(error, place) from None
        except Exception as error:  # asyncpg trips over what is no Postgres in many ways
            raise DialError(GENERIC_FAILURE, f"{place} answered: {_words(error)}") from None


def _address(text: str) -> IPAddress:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _network_error(error: OSError, place: Address) -> DialError:
    text = str(error)
    if "rejected SSL upgrade" in text:  # asyncpg has no class of its own for it
        return DialError(NO_TLS, "Databases must be configured to support SSL/TLS.")
    # Where a name has several addresses, asyncio joins their errors into one without a number.
    if error.errno == errno.ECONNREFUSED or f"Errno {errno.ECONNREFUSED}]" in text:
        return DialError(CONNECTION_REFUSED, f"Connection refused by {place}.")
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT):
        return DialError(UNREACHABLE, f"Cannot connect to {place}: {error.strerror}.")
    return DialError(GENERIC_FAILURE, "Connection closed unexpectedly by the database server.")


def _words(error: BaseException) -> str:
    """What a server said. It names users and databases, never a password."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=CLOSE_TIMEOUT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        connection.terminate()
