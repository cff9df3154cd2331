"""Limits on clients: queries stop without a reader, and memory is bounded."""

import base64
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil

from localcloud.postgres import Postgres
from localcloud.prisma_serverless import SOURCES
from localcloud.supervisor import Supervisor
from tests.localcloud.prisma.api import run_statements
from tests.localcloud.serverless.conftest import Database, Serverless
from tests.localcloud.serverless.test_protocol_errors import DESCRIPTOR, message
from tests.waiting import wait_until

PATIENCE_SECONDS = 10
ENDLESS = "select repeat('x', 10000) from generate_series(1, 1000000)"
"""10 GB."""
WORKING = "select count(*) from pg_stat_activity where application_name = 'prisma-postgres' and state = 'active'"


def working(postgres: Postgres) -> int:
    """Returns the number of running statements of the service."""
    count: int = run_statements(postgres.admin_url, WORKING)
    return count


@contextmanager
def endless_answer(serverless: Serverless, database: Database) -> Iterator[None]:
    """Yields a response of which only the first bytes were read."""
    with httpx.stream(
        "POST",
        f"{serverless.address}/v0/statement",
        content=message((DESCRIPTOR, f'{{"query": "{ENDLESS}"}}')),
        headers={"content-type": "multipart/form-data; boundary=edge"},
        auth=(database.user, database.password),
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    ) as answer:
        chunks = answer.iter_raw(100)  # closing this iterator would close the response
        next(chunks)
        yield


def test_a_query_is_stopped_if_its_client_disconnects(
    serverless: Serverless, database: Database, postgres: Postgres
) -> None:
    with endless_answer(serverless, database):
        assert working(postgres) == 1
    wait_until(lambda: working(postgres) == 0, seconds=PATIENCE_SECONDS)


def test_reading_rows_pauses_for_a_client_that_reads_slowly(
    serverless: Serverless, database: Database, postgres: Postgres
) -> None:
    pid = Supervisor(serverless.service.state_directory).status(serverless.service).pid
    assert pid is not None
    before = psutil.Process(pid).memory_info().rss
    with endless_answer(serverless, database):
        time.sleep(1)  # in which an unbounded service would buffer hundreds of megabytes
        assert psutil.Process(pid).memory_info().rss - before < 100 * 1024 * 1024
        assert working(postgres) == 1


def test_a_query_of_a_closed_session_is_stopped(serverless: Serverless, database: Database, postgres: Postgres) -> None:
    body = f"""const session = await cl.newSession();
        const {{ rows }} = await session.query("{ENDLESS}");
        await rows.next();
        session.close();"""
    serverless.driver(database, body)
    wait_until(lambda: working(postgres) == 0, seconds=PATIENCE_SECONDS)


INBOX = f"""const {{ Inbox }} = await import("{SOURCES / "inbox.mjs"}");
    const {{ EventEmitter }} = await import("node:events");
    const socket = new EventEmitter();
    let closed = null;
    socket.close = (code) => {{ closed = code; }};
    const inbox = new Inbox(socket, 0);
    const send = () => socket.emit("message", Buffer.alloc(8 * 1024 * 1024), true);"""


def test_a_session_accepts_any_amount_of_sequential_messages(serverless: Serverless, database: Database) -> None:
    body = f"{INBOX} for (let count = 0; count < 5; count++) {{ send(); await inbox.bytes(); }} return closed;"
    assert serverless.driver(database, body) is None


def test_a_session_with_too_many_pending_bytes_is_closed(serverless: Serverless, database: Database) -> None:
    assert (
        serverless.driver(database, f"{INBOX} for (let count = 0; count < 5; count++) send(); return closed;") == 1009
    )


def rejected(database: Database, size: int) -> bytes:
    """Returns the head of a request whose password is wrong, and whose body has ``size`` bytes."""
    credentials = base64.b64encode(f"{database.user}:wrong".encode()).decode()
    head = [
        "POST /v0/statement HTTP/1.1",
        "host: localhost",
        f"authorization: Basic {credentials}",
        "content-type: multipart/form-data; boundary=edge",
        f"content-length: {size}",
    ]
    return "\r\n".join([*head, "", ""]).encode()


def connected(serverless: Serverless) -> socket.socket:
    return socket.create_connection(("127.0.0.1", httpx.URL(serverless.address).port or 0), PATIENCE_SECONDS)


def test_the_response_to_wrong_credentials_does_not_wait_for_the_body(
    serverless: Serverless, database: Database
) -> None:
    with connected(serverless) as client:
        client.sendall(rejected(database, 30 * 1024 * 1024))
        assert client.recv(4096).split()[1] == b"401"


def test_a_rejected_client_may_send_the_rest_of_its_request(serverless: Serverless, database: Database) -> None:
    """A client that sends its body in parts would lose the response if the connection were reset."""
    with connected(serverless) as client:
        client.sendall(rejected(database, 3))
        assert client.recv(4096).split()[1] == b"401"
        for _ in range(3):
            client.sendall(b"x")
            time.sleep(0.05)
        client.sendall(rejected(database, 0))
        assert client.recv(4096).split()[1] == b"401"
