"""Another user listens on the port of a database of the local cloud, while the database does not run."""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from localcloud.certificates import Certificates
from localcloud.emulation.postgres_proxy import PostgresProxy, Target
from localcloud.emulation.server import LocalServer
from localcloud.emulator import CloudflareEmulator
from localcloud.gateway.origin import PooledOrigin, PoolTarget, Tls
from localcloud.gateway.pools import CA_VARIABLE, NoPooling
from localcloud.gateway.service import Gateway
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.asking import Ask, ask
from tests.localcloud.impostor import impostor

__all__ = ["ask"]

PASSWORD = "sentinel-4b1d"
TARGET = PoolTarget("127.0.0.1", 5432, "app", "app")
ORIGIN = PooledOrigin(TARGET, PASSWORD, 5)
CA = "the CA of the local cloud"


@pytest.fixture
def port(state_directory: StateDirectory) -> int:
    """The port that the local cloud remembers for its Postgres, where the impostor listens."""
    port = free_port()
    state_directory.write("ports.json", {"postgres": port})
    return port


async def connect(url: str) -> None:
    """Connects as a client that accepts every way to authenticate."""
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await asyncpg.connect(url, timeout=10)


def test_the_impostor_gets_the_password_of_a_client_that_verifies_nothing(
    state_directory: StateDirectory, port: int, tmp_path: Path
) -> None:
    async def scenario() -> list[str]:
        async with impostor(tmp_path / "impostor", port) as passwords:
            await connect(f"postgres://app:{PASSWORD}@127.0.0.1:{port}/app?sslmode=require")
        return passwords

    assert asyncio.run(scenario()) == [PASSWORD]


def test_the_emulators_of_vendors_do_not_send_the_password_of_the_superuser(
    state_directory: StateDirectory, port: int, tmp_path: Path
) -> None:
    async def scenario() -> list[str]:
        async with impostor(tmp_path / "impostor", port) as passwords:
            server = LocalServer(Postgres(state_directory).admin_url)
            with pytest.raises(OSError, match="certificate verify failed"):
                await server.create_role("anyone", None)
        return passwords

    assert asyncio.run(scenario()) == []


def test_the_proxies_of_vendors_do_not_forward_a_login(
    state_directory: StateDirectory, port: int, tmp_path: Path
) -> None:
    certificates = Certificates.ensure(state_directory.folder("certificates"))

    async def scenario() -> list[str]:
        async with impostor(tmp_path / "impostor", port) as passwords:
            address = LocalServer(Postgres(state_directory).admin_url).address
            proxy = PostgresProxy(address, certificates.server_certificate, certificates.server_key)
            front = await proxy.open(0, lambda user, database: Target(user, database))
            await connect(f"postgres://app:{PASSWORD}@127.0.0.1:{front}/app?sslmode=require")
            await proxy.close_all()
        return passwords

    assert asyncio.run(scenario()) == []


@pytest.fixture
def verified(state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator of Cloudflare knows the CA of the local cloud."""
    monkeypatch.setenv(CA_VARIABLE, str(Postgres(state_directory).ca_file))


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_pools_do_not_send_the_password(state_directory: StateDirectory, port: int, tmp_path: Path, host: str) -> None:
    gateway = Gateway(state_directory)
    Supervisor(state_directory).ensure(gateway, print)

    async def scenario() -> list[str]:
        pools = gateway.pools()
        origin = PooledOrigin(PoolTarget(host, port, "app", "app"), PASSWORD, 5)
        async with impostor(tmp_path / "impostor", port) as passwords:
            await connect((await pools.ensure_pools({"main": origin}))["main"])
        await pools.close()
        return passwords

    assert asyncio.run(scenario()) == []


@pytest.mark.usefixtures("verified")
def test_a_worker_without_a_pool_does_not_send_the_password(ask: Ask, port: int, tmp_path: Path) -> None:
    origin = replace(ORIGIN, target=replace(TARGET, port=port))

    async def scenario() -> list[str]:
        url = (await NoPooling().ensure_pools({"main": origin}))["main"]
        async with impostor(tmp_path / "impostor", port) as passwords:
            answer = await asyncio.to_thread(ask, "pg", url)
        assert answer.status_code == 503
        return passwords

    assert asyncio.run(scenario()) == []


def test_a_worker_without_a_pool_reaches_the_database(
    ask: Ask, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CA_VARIABLE, str(postgres.ca_file))
    password = urlsplit(postgres.url()).password or ""
    origin = PooledOrigin(replace(TARGET, port=postgres.port), password, 5)
    url = asyncio.run(NoPooling().ensure_pools({"main": origin}))["main"]
    assert ask("pg", url).json()["success"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_database_on_this_machine_is_verified(host: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CA)
    origin = replace(ORIGIN, target=replace(TARGET, host=host))
    assert origin.needs_verification
    assert origin.verified_by(tmp_path / "ca.pem").target.tls == Tls("verify-ca", CA)


def test_a_client_certificate_is_kept(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CA)
    origin = replace(ORIGIN, target=replace(TARGET, tls=Tls(certificate="certificate", private_key="key")))
    assert origin.verified_by(tmp_path / "ca.pem").target.tls == Tls("verify-ca", CA, "certificate", "key")


@pytest.mark.parametrize(
    "target",
    [
        replace(TARGET, host="db.example.com"),
        replace(TARGET, host="192.0.2.1"),
        replace(TARGET, tls=Tls("verify-full", "another CA")),
        replace(TARGET, tls=Tls("require", "another CA")),
    ],
)
def test_other_databases_keep_their_settings(target: PoolTarget) -> None:
    assert not replace(ORIGIN, target=target).needs_verification


def test_without_a_ca_of_the_local_cloud_nothing_is_verified() -> None:
    assert asyncio.run(NoPooling().ensure_pools({"main": ORIGIN})) == {}


def test_a_server_of_the_user_is_not_verified(state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has another CA."""
    emulator = CloudflareEmulator(state_directory)
    state_directory.write("ports.json", {"workers": 1, "workers-control": 2, "gateway": 4})
    assert emulator.launch({"cloudflare": 3}).environment[CA_VARIABLE] == str(Postgres(state_directory).ca_file)
    monkeypatch.setenv("LOCALCLOUD_POSTGRES_URL", "postgres://me:word@127.0.0.1:5432/mine")
    assert CA_VARIABLE not in emulator.launch({"cloudflare": 3}).environment
