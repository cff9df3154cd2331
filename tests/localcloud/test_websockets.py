"""WebSockets of Workers: the local cloud passes them on, with the same hosts and the same protection as requests."""

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from localcloud import node
from tests.localcloud.test_runtime import Cloud, cloud, worker
from tests.waiting import wait_until

__all__ = ["cloud"]

CLIENT = Path(__file__).with_name("websocket_client.mjs")
TIMEOUT_SECONDS = 60
ECHO = """
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/plain") return new Response("no WebSocket here", { status: 426 });
    if (request.headers.get("upgrade") !== "websocket") return new Response("hello");
    const [client, server] = Object.values(new WebSocketPair());
    server.binaryType = "arraybuffer";
    server.accept();
    const seen = ["cf-connecting-ip", "x-odd"].map((name) => request.headers.get(name)).join(" ");
    if (pathname === "/first") server.send(seen);
    server.addEventListener("message", ({ data }) => {
      if (data === "close") server.close(4001, "as requested");
      else server.send(data);
    });
    server.addEventListener("close", ({ code, reason }) => console.log(`closed with ${code} ${reason}`));
    return new Response(null, { status: 101, webSocket: client });
  },
};
"""
CLOSE = {"code": 1000, "reason": "done"}
SWITCHING = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")  # fmt: skip


@pytest.fixture
def echo(cloud: Cloud) -> Cloud:
    cloud.deploy(worker(ECHO))
    return cloud


def started(cloud: Cloud, path: str = "/", **options: Any) -> subprocess.Popen[str]:
    headers = {"host": "api.localhost", **options.pop("headers", {})}
    asked = {"folder": str(node.FOLDER), "url": f"ws://127.0.0.1:{cloud.port}{path}", "headers": headers, **options}
    command = [str(node.program()), str(CLIENT)]
    pipe = subprocess.PIPE
    client = subprocess.Popen(command, env={"PATH": os.defpath}, stdin=pipe, stdout=pipe, text=True)
    assert client.stdin
    client.stdin.write(json.dumps(asked))
    client.stdin.close()
    client.stdin = None
    return client


def talk(cloud: Cloud, path: str = "/", **options: Any) -> dict[str, Any]:
    """Returns the messages that a client got and the close code, or the status of the response that it got instead."""
    output, _ = started(cloud, path, **options).communicate(timeout=TIMEOUT_SECONDS)
    found: dict[str, Any] = json.loads(output)
    return found


def sent_raw(cloud: Cloud, request: str) -> bytes:
    """Sends bytes, and returns all until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=TIMEOUT_SECONDS) as client:
        client.sendall(request.encode())
        received = b""
        while more := client.recv(4096):
            received += more
    return received


def test_text_and_binary_messages_pass_in_both_directions(echo: Cloud) -> None:
    messages = [{"text": "one ü🙂"}, {"hex": "00ff10"}, {"text": ""}]
    assert talk(echo, send=messages, close=CLOSE) == {
        "messages": ["open", {"size": 10, "text": "one ü🙂"}, {"hex": "00ff10"}, {"size": 0, "text": ""}],
        "code": 1000,
        "reason": "done",
    }


def test_the_worker_gets_the_close_code_of_the_client(echo: Cloud) -> None:
    talk(echo, close={"code": 4321, "reason": "bye"})
    log = echo.runtime.state_directory.log(echo.runtime.name)
    wait_until(lambda: "closed with 4321 bye" in log.read_text(), "the Worker got no close event")


def test_the_client_gets_the_close_code_of_the_worker(echo: Cloud) -> None:
    found = talk(echo, send=[{"text": "close"}])
    assert (found["code"], found["reason"]) == (4001, "as requested")


@pytest.mark.parametrize("size", [65_536, 1_048_576, 16_777_216])
def test_big_messages_pass(echo: Cloud, size: int) -> None:
    found = talk(echo, send=[{"text": "x", "times": size}], close=CLOSE)
    assert found["messages"][1]["size"] == size


def test_the_worker_may_send_first_and_sees_the_headers_of_the_handshake(echo: Cloud) -> None:
    headers = {"x-odd": "1", "cf-connecting-ip": "203.0.113.9"}
    found = talk(echo, "/first", headers=headers, send=[{"text": "close"}])
    assert {"size": 11, "text": "127.0.0.1 1"} in found["messages"]


def test_the_client_gets_the_response_of_a_worker_that_accepts_no_websocket(echo: Cloud) -> None:
    assert talk(echo, "/plain") == {"status": 426, "text": "no WebSocket here"}


def test_a_host_without_a_worker_is_a_404(echo: Cloud) -> None:
    found = talk(echo, headers={"host": "other.localhost"})
    assert (found["status"], "No Worker is deployed" in found["text"]) == (404, True)


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://localhost.attacker.example"])
def test_a_page_of_another_site_cannot_open_one(echo: Cloud, origin: str) -> None:
    """A browser may send `Origin` alone with a WebSocket, without the headers that it adds to a request."""
    found = talk(echo, headers={"origin": origin})
    assert (found["status"], "another site" in found["text"]) == (403, True)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://api.localhost"])
def test_a_page_on_this_machine_can_open_one(echo: Cloud, origin: str) -> None:
    assert talk(echo, headers={"origin": origin}, close=CLOSE)["messages"] == ["open"]


def test_other_workers_serve_while_a_socket_is_open_and_a_deployment_closes_it(echo: Cloud) -> None:
    client = started(echo, send=[{"text": "one"}])
    log = echo.runtime.state_directory.log(echo.runtime.name)
    before = len(log.read_text())
    try:
        echo.deploy(worker(ECHO + "// changed"))
        assert echo.ask().text == "hello"
        output, _ = client.communicate(timeout=TIMEOUT_SECONDS)
    finally:
        client.kill()
    assert json.loads(output)["code"] == 1006
    assert "TypeError" not in log.read_text()[before:]


def test_a_client_that_disappears_does_not_end_the_server(echo: Cloud) -> None:
    host = f"GET / HTTP/1.1\r\nHost: api.localhost\r\n{SWITCHING}\r\n"
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", echo.port), timeout=TIMEOUT_SECONDS) as client:
            client.sendall(host.encode())
            assert client.recv(12) == b"HTTP/1.1 101"
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
    assert echo.ask().text == "hello"


@pytest.mark.parametrize("upgrade", ["h2c", "TLS/1.0"])
def test_another_protocol_is_ignored(echo: Cloud, upgrade: str) -> None:
    answer = sent_raw(
        echo, f"GET / HTTP/1.1\r\nHost: api.localhost\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"hello" in answer


def test_another_protocol_with_a_body_is_rejected(echo: Cloud) -> None:
    lines = (
        "POST / HTTP/1.1\r\nHost: api.localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nhi"
    )
    assert sent_raw(echo, lines).startswith(b"HTTP/1.1 400")


def test_a_cron_trigger_is_no_websocket(echo: Cloud) -> None:
    request = f"GET /cdn-cgi/local/scheduled HTTP/1.1\r\nHost: api.localhost\r\n{SWITCHING}\r\n"
    assert sent_raw(echo, request).startswith(b"HTTP/1.1 400")
