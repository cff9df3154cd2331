"""The file to copy for direct TCP, minified, in the real runtime, on a host that is not local."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.supervisor import Supervisor
from tests.localcloud.asking import BY_DATE, TOKEN, Ask, ask, worker
from tests.localcloud.gateway.hanging import locked, waiting
from tests.localcloud.gateway.test_drivers import TABLE
from tests.localcloud.test_drivers import NAME, database, run, value
from tests.waiting import wait_until

__all__ = ["ask"]

NAMES = "select array_agg(name) from public.items"
AWKWARD = "p%40 /?#:@&=+ü'\""

Request = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def runtime(postgres: Postgres) -> Iterator[WorkerRuntime]:
    """A runtime that trusts the certificate of the Postgres of the tests."""
    supervisor, service = Supervisor(postgres.state_directory), WorkerRuntime(postgres.state_directory)
    supervisor.ensure(service, print)
    yield service
    supervisor.stop(service.name, print)


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> Iterator[str]:
    yield from database(postgres, TABLE)


@pytest.fixture(autouse=True)
def empty(url: str) -> None:
    run(url, "truncate public.items restart identity")


@pytest.fixture
def deployed(ask: Ask) -> Callable[[str], Request]:
    def deployed(url: str) -> Request:
        values = {"DB_URL": url, "API_TOKEN": TOKEN}
        secrets = [{"type": "secret_text", "name": name, "text": text} for name, text in values.items()]
        ask.put({**worker("copy/direct", url, BY_DATE), "bindings": secrets, "hosts": ["direct.example.com"]})
        address = f"http://127.0.0.1:{Ports(ask.runtime.state_directory).of('workers')}/items"

        def request(method: str, json: Any = None, authorization: str = f"Bearer {TOKEN}") -> httpx.Response:
            headers = {"host": "direct.example.com", "authorization": authorization}
            return httpx.request(method, address, json=json, headers=headers, timeout=60, trust_env=False)

        return request

    return deployed


def test_it_reads_the_row_that_it_wrote(deployed: Callable[[str], Request], url: str) -> None:
    request = deployed(url)
    written = request("POST", {"name": NAME})
    assert (written.status_code, written.json()) == (201, {"id": "1", "name": NAME})
    assert request("GET").json() == [{"id": "1", "name": NAME}]


def test_it_rejects_a_request_without_the_token(deployed: Callable[[str], Request], url: str) -> None:
    request = deployed(url)
    assert {request(method, {"name": "x"}, "Bearer wrong").status_code for method in ("GET", "POST")} == {401}
    assert value(url, NAMES) is None


@pytest.mark.parametrize("options", ["sslmode=require", "sslmode=disable", ""])
def test_its_connection_is_encrypted(deployed: Callable[[str], Request], url: str, options: str) -> None:
    run(
        url,
        "create or replace function public.noted() returns trigger language plpgsql as $$ begin"
        " new.name := (select ssl::text from pg_stat_ssl where pid = pg_backend_pid()); return new; end $$",
        "create or replace trigger noted before insert on public.items for each row execute function public.noted()",
    )
    try:
        written = deployed(f"{url.split('?')[0]}?{options}")("POST", {"name": "x"})
    finally:
        run(url, "drop trigger noted on public.items")
    assert written.json()["name"] == "true"


def test_it_sends_nothing_to_a_server_without_tls(deployed: Callable[[str], Request]) -> None:
    received = bytearray()

    def serve() -> None:
        client, _ = listening.accept()
        with client:
            received.extend(client.recv(8))
            client.sendall(b"N")
            while more := client.recv(1024):
                received.extend(more)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        thread = threading.Thread(target=serve)
        thread.start()
        answer = deployed(f"postgres://app:secret@127.0.0.1:{listening.getsockname()[1]}/app")("GET")
        thread.join(30)
    assert answer.status_code == 503
    assert bytes(received) == bytes([0, 0, 0, 8, 4, 210, 22, 47])


def test_a_password_that_needs_url_encoding_works(
    deployed: Callable[[str], Request], postgres: Postgres, url: str
) -> None:
    literal = AWKWARD.replace("'", "''")
    run(postgres.admin_url, f"create role awkward_direct login password '{literal}'")
    try:
        run(url, "grant select on public.items to awkward_direct")
        parts = urlsplit(url)
        other = f"postgres://awkward_direct:{quote(AWKWARD, safe='')}@{parts.hostname}:{parts.port}{parts.path}"
        assert deployed(other)("GET").status_code == 200
    finally:
        run(url, "revoke select on public.items from awkward_direct")
        run(postgres.admin_url, "drop role awkward_direct")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_statement_that_hangs_is_ended_at_the_database(
    deployed: Callable[[str], Request], url: str, method: str
) -> None:
    request = deployed(url)
    with locked(url):
        answer = request(method, {"name": "late"})
        wait_until(lambda: waiting(url) == 0, "the statement did not end while the table was locked")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert value(url, NAMES) is None
