"""Signing in to the database of a Hyperdrive configuration, as Cloudflare does before it stores one.

Codes: https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ (November 2026). That they come with
status 400 is documented nowhere; it was seen with 2015 and 2017.
"""

import asyncio
import errno
import ipaddress
import socket
import ssl
from dataclasses import dataclass

import asyncpg

from localcloud.cloudflare.envelope import Refused
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


class DialError(Refused):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(400, code, f"Failed to connect to the provided database: {reason}")


@dataclass(frozen=True)
class Dialer:
    """Signs in to origins that have a public host and port.

    Origins behind Access or a VPC service cannot be reached from this machine: they are taken on trust.
    """

    timeout_seconds: float
    """For the name, and again for the connection until the server lets us in."""
    allow_loopback: bool

    async def dial(self, origin: Record, sslmode: str = "require", authority: str | None = None) -> None:
        """Raises ``DialError``. ``authority`` is a PEM text, for the modes `verify-ca` and `verify-full`."""
        if "port" not in origin:
            return
        if origin["scheme"].lower() == "mysql":
            raise DialError(GENERIC_FAILURE, "the local cloud speaks to Postgres only.")
        await self._refuse_private(origin["host"], origin["port"])
        connection = await self._connect(origin, _tls(sslmode, authority))
        try:
            # asyncpg's `execute` trips over the answer to an empty query
            await connection.fetch(";", timeout=self.timeout_seconds)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise DialError(TEST_QUERY_FAILED, f"Test query failed: {_words(error)}") from None
        finally:
            await _close(connection)

    async def _refuse_private(self, host: str, port: int) -> None:
        for address in await self._addresses(host, port):
            if not (address.is_global or (address.is_loopback and self.allow_loopback)):
                raise DialError(
                    NOT_PUBLIC,
                    f"Host '{host}' is or resolves to {address}, which is not a public address. Give a public host, "
                    "or a private one by a VPC service or a tunnel.",
                )

    async def _addresses(self, host: str, port: int) -> list[IPAddress]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            raise DialError(BAD_HOSTNAME, f"Bad hostname. '{host}' could not be resolved.") from None
        return [_address(str(each[4][0])) for each in found]

    async def _connect(self, origin: Record, tls: ssl.SSLContext) -> asyncpg.Connection:
        place = f"{origin['host']}:{origin['port']}"
        try:
            return await asyncpg.connect(
                host=origin["host"],
                port=origin["port"],
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


def _tls(sslmode: str, authority: str | None) -> ssl.SSLContext:
    """`require` encrypts and verifies nothing here: what the real service verifies then, its pages disagree about."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = sslmode == "verify-full"
    if sslmode == "require":
        context.verify_mode = ssl.CERT_NONE
    elif authority:
        context.load_verify_locations(cadata=authority)
    return context


def _network_error(error: OSError, place: str) -> DialError:
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
