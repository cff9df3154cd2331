"""A Postgres server that the local cloud uses but does not run."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import asyncpg

from localcloud.errors import LocalCloudError
from localcloud.service import Health, ServiceStatus

VARIABLE = "LOCALCLOUD_POSTGRES_URL"
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class ExternalPostgres:
    """The server at `LOCALCLOUD_POSTGRES_URL`. The local cloud does not start, stop or configure it.

    Raises ``LocalCloudError`` if the connection string is incomplete.
    """

    connection_string: str = field(repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.connection_string)
        try:
            has_valid_port = parts.port is None or parts.port > 0
        except ValueError:
            has_valid_port = False
        complete = parts.hostname and parts.username and parts.path.strip("/")
        if parts.scheme not in ("postgres", "postgresql") or not complete or not has_valid_port:
            raise LocalCloudError(
                f"{VARIABLE} is not a complete connection string. Use postgres://USER:PASSWORD@HOST:PORT/DATABASE."
            )

    @property
    def address(self) -> str:
        parts = urlsplit(self.connection_string)
        return f"{parts.hostname}:{parts.port or 5432}"

    def url(self, database: str | None = None) -> str:
        """Returns the connection string of the server, optionally for another database: a secret."""
        parts = urlsplit(self.connection_string)
        return parts._replace(path=f"/{quote(database, safe='')}").geturl() if database else self.connection_string

    @property
    def admin_url(self) -> str:
        """The connection string with which the Neon and Prisma emulators create roles and databases: a secret.

        Its role needs the rights to do so.
        """
        return self.connection_string

    def check(self) -> None:
        """Connects once. Raises `LocalCloudError` if the server cannot be used."""
        try:
            asyncio.run(self._connect())
        except TimeoutError:
            reason = f"no response within {TIMEOUT_SECONDS:.0f} seconds"
        except OSError as error:
            reason = error.strerror or "connection refused"
        except asyncpg.PostgresError as error:
            reason = str(error)
        except (asyncpg.InterfaceError, ValueError):
            reason = "invalid address or options"
        else:
            return
        raise LocalCloudError(
            f"The Postgres server of {VARIABLE} at {self.address} cannot be used: {reason}. "
            f"Start that server, or unset {VARIABLE} so that the local cloud runs its own."
        )

    def status(self) -> ServiceStatus:
        try:
            self.check()
        except LocalCloudError:
            health = Health.UNREACHABLE
        else:
            health = Health.EXTERNAL
        return ServiceStatus("postgres", self.address, pid=None, health=health, log=None)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self.connection_string, timeout=TIMEOUT_SECONDS)
        await connection.close(timeout=TIMEOUT_SECONDS)
