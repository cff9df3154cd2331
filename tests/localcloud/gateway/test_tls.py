"""TLS from the gateway to the database: modes, certificates and host names."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from localcloud.gateway.origin import PooledOrigin, Tls
from localcloud.gateway.pools import Pools
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.gateway.clients import is_rejected, query_value
from tests.localcloud.gateway.conftest import Play

MODES = ("verify-ca", "verify-full")
ENCRYPTED = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


def with_tls(origin: PooledOrigin, tls: Tls) -> PooledOrigin:
    return replace(origin, target=replace(origin.target, tls=tls))


@pytest.mark.parametrize("sslmode", ["require", *MODES])
def test_a_server_certificate_of_the_given_ca_is_accepted(
    play: Play, postgres: Postgres, origin: PooledOrigin, sslmode: str
) -> None:
    async def scenario(pools: Pools) -> None:
        tls = Tls(sslmode, postgres.ca_file.read_text())
        url = (await pools.ensure_pools({"main": with_tls(origin, tls)}))["main"]
        assert await query_value(url, ENCRYPTED) is True

    play(scenario)


@pytest.mark.parametrize("ca_certificate", [create_certificate("another CA", is_ca=True).certificate, None])
def test_a_server_certificate_of_another_ca_is_rejected(
    play: Play, origin: PooledOrigin, ca_certificate: str | None
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": with_tls(origin, Tls("verify-ca", ca_certificate))}))["main"]
        await is_rejected(url, match="^Server connection attempt failed: ")

    play(scenario)


def test_verify_full_rejects_a_server_with_another_name(play: Play, postgres: Postgres, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        async with forwarded(origin) as port:
            target = replace(origin.target, host="127.0.0.2", port=port)
            ca_certificate = postgres.ca_file.read_text()
            origins = {mode: replace(origin, target=replace(target, tls=Tls(mode, ca_certificate))) for mode in MODES}
            urls = await pools.ensure_pools(origins)
            assert await query_value(urls["verify-ca"], "select 1") == 1
            await is_rejected(urls["verify-full"], match="^Server connection attempt failed: ")
            await pools.retire_others({})

    play(scenario)


@contextlib.asynccontextmanager
async def forwarded(origin: PooledOrigin) -> AsyncIterator[int]:
    """Forwards a port of 127.0.0.2 to the database."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
            writer.close()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(origin.target.host, origin.target.port)
        await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))

    async with await asyncio.start_server(lead, "127.0.0.2", 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_a_server_without_tls_is_rejected(play: Play, origin: PooledOrigin) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        await reader.read()
        writer.close()

    async def scenario(pools: Pools) -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            plain = replace(origin, target=replace(origin.target, port=port))
            url = (await pools.ensure_pools({"main": plain}))["main"]
            await is_rejected(url, match="^Server connection attempt failed: tls_not_supported$")

    play(scenario)
