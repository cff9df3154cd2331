"""A Postgres server that somebody else runs, in place of the local cloud's own."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import asyncpg

from localcloud.errors import LocalCloudError
from localcloud.part import Health, PartStatus

VARIABLE = "LOCALCLOUD_POSTGRES_URL"
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class ExternalPostgres:
    """The server that `LOCALCLOUD_POSTGRES_URL` names. It is used as it is: nothing is started, made or deleted."""

    given: str = field(repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.given)
        try:
            has_good_port = parts.port is None or parts.port > 0
        except ValueError:
            has_good_port = False
        complete = parts.hostname and parts.username and parts.path.strip("/")
        if parts.scheme not in ("postgres", "postgresql") or not complete or not has_good_port:
            raise LocalCloudError(
                f"{VARIABLE} is not a whole connection string. Write postgres://USER:PASSWORD@HOST:PORT/DATABASE."
            )

    @property
    def address(self) -> str:
        parts = urlsplit(self.given)
        return f"{parts.hostname}:{parts.port or 5432}"

    def url(self, database: str | None = None) -> str:
        """The connection string as it was given, or for another database: a secret."""
        parts = urlsplit(self.given)
        return parts._replace(path=f"/{quote(database, safe='')}").geturl() if database else self.given

    @property
    def admin_url(self) -> str:
        """The stand-ins of Neon and Prisma make roles and databases with it, where its role may: a secret."""
        return self.given

    def check(self) -> None:
        """Raises `LocalCloudError` where it cannot be used."""
        try:
            asyncio.run(self._connect())
        except TimeoutError:
            reason = f"no answer within {TIMEOUT_SECONDS:.0f} seconds"
        except OSError as error:
            reason = error.strerror or "the connection is refused"
        except asyncpg.PostgresError as error:
            reason = str(error)
        except (asyncpg.InterfaceError, ValueError):
            reason = "its address or options are not understood"
        else:
            return
        raise LocalCloudError(
            f"The Postgres of {VARIABLE} at {self.address} cannot be used: {reason}. "
            f"Start that server, or unset {VARIABLE} to have the local cloud run its own."
        )

    def status(self) -> PartStatus:
        try:
            self.check()
        except LocalCloudError:
            health = Health.UNREACHABLE
        else:
            health = Health.EXTERNAL
        return PartStatus("postgres", self.address, pid=None, health=health, log=None)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self.given, timeout=TIMEOUT_SECONDS)
        await connection.close(timeout=TIMEOUT_SECONDS)
