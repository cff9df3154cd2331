"""Hyperdrive configurations with pools: bindings of Workers, and requests during changes."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, ScriptRejected, Worker
from localcloud.credentials import Credentials
from localcloud.gateway.origin import Caching, PooledOrigin, Tls
from localcloud.gateway.pools import PoolError
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import CHECKOUT, StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.cloudflare.api import CONFIGS, SCRIPTS, config, error_of, message, result, upload
from tests.localcloud.cloudflare.conftest import Emulator, Start
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.cloudflare.test_hyperdrive import public_origin

LIMIT = 5
HYPERDRIVE = "HYPERDRIVE"
COUNT = "select count(*) from pg_stat_activity where application_name in ('edge-postgres', 'Cloudflare Hyperdrive')"
WHERE = """
export default { async fetch(request, env) {
  const { user, password, database } = env.HYPERDRIVE ?? {};
  return Response.json({ user, password, database });
} };
"""


class Recorder:
    """Pools without processes, which record the calls."""

    def __init__(self) -> None:
        self.served: Mapping[str, PooledOrigin] = {}
        self.kept: Mapping[str, PooledOrigin] = {}
        self.error: PoolError | None = None

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        if self.error and any(origin.connections == 6 for origin in origins.values()):
            raise self.error
        self.served = dict(origins)
        return {name: f"postgres://app:of-the-pool@127.0.0.1:1/{name}" for name in origins}

    async def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        self.kept = dict(origins)

    async def figures(self) -> list[dict[str, Any]]:
        return []

    async def close(self) -> None:
        return


class PickyRuntime(MemoryRuntime):
    is_picky = False

    async def apply(self, workers: Any) -> None:
        if self.is_picky:
            raise ScriptRejected("Uncaught SyntaxError")
        await super().apply(workers)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def picky() -> PickyRuntime:
    return PickyRuntime()


@pytest.fixture
def recorded(start: Start, recorder: Recorder, picky: PickyRuntime) -> Emulator:
    emulator = start(picky, allow_loopback_origins=True)
    emulator.cloud.pooling = recorder
    return emulator


def bound(client: httpx.Client, config_id: str, source: str = WHERE) -> None:
    """Uploads the Worker `api` with a binding to a configuration."""
    binding = {"type": "hyperdrive", "name": HYPERDRIVE, "id": config_id}
    result(upload(client, "api", binding, source=source, compatibility_flags=["nodejs_compat"]))
    result(client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))


def connection_strings(workers: list[Worker]) -> list[str]:
    return [binding["connectionString"] for worker in workers for binding in worker["bindings"]]


def test_a_worker_is_bound_to_the_pool_of_its_configuration(
    recorded: Emulator, recorder: Recorder, picky: PickyRuntime, postgres: Postgres
) -> None:
    origin = public_origin(postgres)
    created = result(recorded.client.post(CONFIGS, json=config(origin=origin, origin_connection_limit=17)))
    bound(recorded.client, created["id"])
    pooled = recorder.served[created["id"]]
    assert (pooled.connections, pooled.password) == (17, origin["password"])
    assert (pooled.target.host, pooled.target.port) == (origin["host"], origin["port"])
    assert (pooled.target.user, pooled.target.database) == (origin["user"], origin["database"])
    assert pooled.target.tls == Tls("require")
    assert connection_strings(picky.workers) == [f"postgres://app:of-the-pool@127.0.0.1:1/{created['id']}"]


@pytest.mark.parametrize(
    ("caching", "expected"),
    [
        ({"disabled": False}, Caching(60, 15)),
        ({"disabled": False, "max_age": 300}, Caching(300, 15)),
        ({"disabled": False, "max_age": 0, "stale_while_revalidate": 0}, Caching(0, 0)),
        ({"disabled": True}, None),
    ],
)
def test_a_pool_has_the_cache_of_its_configuration(
    recorded: Emulator, recorder: Recorder, postgres: Postgres, caching: Any, expected: Caching | None
) -> None:
    created = result(recorded.client.post(CONFIGS, json=config(origin=public_origin(postgres), caching=caching)))
    bound(recorded.client, created["id"])
    assert recorder.served[created["id"]].caching == expected


def test_a_pool_has_the_tls_settings_of_its_configuration(
    recorded: Emulator, recorder: Recorder, postgres: Postgres
) -> None:
    account = CONFIGS.removesuffix("/hyperdrive/configs")
    client, ca = create_certificate("a client"), postgres.ca_file.read_text()
    uploads = [
        {"name": "authority", "ca": True, "certificates": ca},
        {"name": "client", "ca": False, "certificates": client.certificate, "private_key": client.key},
    ]
    ids = [result(recorded.client.post(f"{account}/mtls_certificates", json=each))["id"] for each in uploads]
    mtls = {"sslmode": "verify-full", "ca_certificate_id": ids[0], "mtls_certificate_id": ids[1]}
    created = result(recorded.client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls)))
    tls = recorder.served[created["id"]].target.tls
    assert tls.sslmode == "verify-full"
    texts = (tls.ca_certificate, tls.certificate, tls.private_key)
    assert [str(text).strip() for text in texts] == [ca.strip(), client.certificate.strip(), client.key.strip()]


def test_a_change_that_the_runtime_rejects_does_not_change_the_pools(
    recorded: Emulator, recorder: Recorder, picky: PickyRuntime, postgres: Postgres
) -> None:
    origin = public_origin(postgres)
    created = result(recorded.client.post(CONFIGS, json=config(origin=origin)))
    bound(recorded.client, created["id"])
    before = recorder.served
    picky.is_picky = True
    # The change has to affect Workers, because otherwise the runtime is not called.
    recorded.cloud._deployed = None
    changed = recorded.client.patch(f"{CONFIGS}/{created['id']}", json={"origin_connection_limit": 6})
    assert error_of(changed) == (400, 10021)
    assert (recorder.served, recorder.kept) == (before, before)


def test_a_gateway_that_does_not_respond_rejects_the_change_and_keeps_other_pools(
    recorded: Emulator, recorder: Recorder, postgres: Postgres
) -> None:
    created = result(recorded.client.post(CONFIGS, json=config(origin=public_origin(postgres))))
    before = recorder.served
    recorder.error = PoolError("The gateway does not respond.")
    changed = recorded.client.patch(f"{CONFIGS}/{created['id']}", json={"origin_connection_limit": 6})
    assert error_of(changed) == (500, 10013)
    assert message(changed) == "The gateway does not respond."
    assert (recorder.served, recorder.kept) == (before, before)


def test_a_deleted_configuration_has_no_pool(recorded: Emulator, recorder: Recorder, postgres: Postgres) -> None:
    created = result(recorded.client.post(CONFIGS, json=config(origin=public_origin(postgres))))
    assert list(recorder.kept) == [created["id"]]
    result(recorded.client.delete(f"{CONFIGS}/{created['id']}"))
    assert recorder.kept == {}


class Cloud:
    """An emulator with real pools, and a Worker that uses them."""

    def __init__(self, client: httpx.Client, port: int) -> None:
        self.client = client
        self._public = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        self._headers = {"host": f"api.localhost:{port}"}

    def ask(self) -> httpx.Response:
        return self._public.get("/", headers=self._headers)

    @contextmanager
    def asked_all_the_time(self, clients: int = 8) -> Iterator[list[int]]:
        """Collects the statuses of responses to clients that send requests without a pause."""
        statuses: list[int] = []
        is_over = False

        def ask() -> None:
            while not is_over:
                statuses.append(self.ask().status_code)

        with ThreadPoolExecutor(clients) as executor:
            asking = [executor.submit(ask) for _ in range(clients)]
            try:
                more(statuses, 20)
                yield statuses
                more(statuses, 20)
            finally:
                is_over = True
        for each in asking:
            each.result()


def more(statuses: list[int], count: int) -> None:
    """Waits for this number of further responses."""
    expected, deadline = len(statuses) + count, time.monotonic() + 30
    while len(statuses) < expected:
        assert time.monotonic() < deadline, "the Worker does not respond"
        time.sleep(0.01)


@pytest.fixture
def cloud(start: Start, runtime: WorkerRuntime, state_directory: StateDirectory) -> Iterator[Cloud]:
    gateway = Gateway(state_directory)
    Supervisor(state_directory).ensure(gateway, print)
    ports = Ports(runtime.state_directory).known()
    control = HttpRuntime(
        f"http://127.0.0.1:{ports['workers-control']}", Credentials.of(runtime.state_directory).runtime_token
    )
    emulator = start(control, allow_loopback_origins=True)
    emulator.cloud.pooling = gateway.pools()
    emulator.client.timeout = httpx.Timeout(60)
    yield Cloud(emulator.client, ports["workers"])
    emulator.client.post("/__localcloud/reset").raise_for_status()


@pytest.fixture
def query_value(postgres: Postgres) -> Callable[[str], Any]:
    """Returns the only value of a query of the superuser."""

    async def fetch(query: str) -> Any:
        connection = await asyncpg.connect(postgres.admin_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return lambda query: asyncio.run(fetch(query))


def created_in(cloud: Cloud, origin: Mapping[str, Any]) -> str:
    """Creates a configuration and a Worker that reads rows. Returns the path of the configuration."""
    created = result(cloud.client.post(CONFIGS, json=config(origin=origin, origin_connection_limit=LIMIT)))
    bundle = CHECKOUT / "workers" / "dist" / "pg.js"
    bound(cloud.client, created["id"], bundle.read_text())
    return f"{CONFIGS}/{created['id']}"


def test_a_worker_does_not_see_the_password_of_the_database(cloud: Cloud, postgres: Postgres) -> None:
    origin = public_origin(postgres)
    bound(cloud.client, result(cloud.client.post(CONFIGS, json=config(origin=origin)))["id"])
    seen = cloud.ask().json()
    assert (seen["user"], seen["database"]) == (origin["user"], origin["database"])
    assert seen["password"] not in ("", origin["password"])


def test_a_busy_worker_stays_within_the_connection_limit(
    cloud: Cloud, postgres: Postgres, query_value: Callable[[str], Any]
) -> None:
    created_in(cloud, public_origin(postgres))
    with cloud.asked_all_the_time(20) as statuses:
        counts = [query_value(COUNT) for _ in range(40)]
    assert set(statuses) == {200}
    assert 1 < max(counts) <= LIMIT


def test_a_rotation_in_two_slots_loses_no_request(
    cloud: Cloud, postgres: Postgres, query_value: Callable[[str], Any]
) -> None:
    query_value("create role slot_a login password 'a1' in role app")
    query_value("create role slot_b login password 'b1' in role app")
    try:
        origin = public_origin(postgres)
        path = created_in(cloud, {**origin, "user": "slot_a", "password": "a1"})
        with cloud.asked_all_the_time() as statuses:
            result(cloud.client.patch(path, json={"origin": {"user": "slot_b", "password": "b1"}}))
            more(statuses, 20)
            query_value("alter role slot_a password 'a2'")
            more(statuses, 20)
            result(cloud.client.patch(path, json={"origin": {"user": "slot_a", "password": "a2"}}))
            more(statuses, 20)
        assert set(statuses) == {200}
    finally:
        cloud.client.post("/__localcloud/reset").raise_for_status()
        for role in ("slot_a", "slot_b"):
            query_value(f"select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = '{role}'")
            query_value(f"drop role {role}")


def test_a_worker_has_no_binding_after_its_configuration_was_deleted(cloud: Cloud, postgres: Postgres) -> None:
    created = result(cloud.client.post(CONFIGS, json=config(origin=public_origin(postgres))))
    bound(cloud.client, created["id"])
    assert "user" in cloud.ask().json()
    result(cloud.client.delete(f"{CONFIGS}/{created['id']}"))
    assert cloud.ask().json() == {}
