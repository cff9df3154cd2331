"""Clients without a valid key: they use no memory, they cannot displace the log, and they cannot keep connections."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from localcloud.emulation.request_log import MAX_WITHOUT_KEY, LoggedRequest
from tests.localcloud.cloudflare.api import CONFIGS, TOKEN, config
from tests.localcloud.cloudflare.conftest import Emulator
from tests.waiting import wait_until

BODY_BYTES = 90 * 1024 * 1024
SECONDS = 20
UPLOADS = [
    "/accounts/local/workers/assets/upload?base64=true",
    *(f"/pages/assets/{each}" for each in ("check-missing", "upload", "upsert-hashes")),
]
PATHS = [CONFIGS, "/client/v4" + CONFIGS, "/__localcloud/faults", "/__localcloud/reset", *UPLOADS]


@contextmanager
def connection(client: httpx.Client) -> Iterator[socket.socket]:
    address = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(address, SECONDS) as opened:
        yield opened


def head(path: str, length: int, key: str = "x" * 43) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: localhost", f"authorization: Bearer {key}", f"content-length: {length}"]
    return "\r\n".join([*lines, "content-type: application/json", "", ""]).encode()


def wait_until_closed(opened: socket.socket) -> None:
    """Reads until the server closes the connection, and sends a byte after each response. Raises `TimeoutError`."""
    with suppress(ConnectionError):
        while opened.recv(4096):
            opened.sendall(b"x")


def read_all(opened: socket.socket) -> None:
    while opened.recv(65536):
        pass


@pytest.mark.parametrize("path", PATHS)
def test_the_key_is_checked_before_the_body_is_read(client: httpx.Client, path: str) -> None:
    with connection(client) as opened:
        opened.sendall(head(path, BODY_BYTES))
        assert opened.recv(4096).split()[1] in (b"401", b"403")


@pytest.mark.parametrize("path", ["/ips", "/__localcloud/health"])
def test_an_open_path_is_answered_before_a_body_is_read(client: httpx.Client, path: str) -> None:
    with connection(client) as opened:
        opened.sendall(head(path, BODY_BYTES).replace(b"POST", b"GET"))
        assert opened.recv(4096).split()[1] == b"200"


def test_the_body_of_a_rejected_request_is_not_stored(emulator: Emulator) -> None:
    with httpx.Client(base_url=emulator.client.base_url, trust_env=False) as stranger:
        assert stranger.post(f"{CONFIGS}?{'q' * 5000}", content=b"x" * 100_000).status_code == 401
    # The entry is written beside the response.
    wait_until(lambda: emulator.cloud.request_log.as_data(raw=True), "the request is not in the log")
    (logged,) = emulator.cloud.request_log.as_data(raw=True)
    assert (logged["status"], logged["body"], len(logged["query"])) == (401, "", 200)


def test_rejected_requests_do_not_displace_others_in_the_log(emulator: Emulator) -> None:
    emulator.client.get(CONFIGS)
    for number in range(MAX_WITHOUT_KEY + 10):
        emulator.cloud.request_log.add_without_key(LoggedRequest("GET", f"/{number}", "", ""))
    paths = [each["path"] for each in emulator.cloud.request_log.as_data()]
    assert paths == [CONFIGS, *(f"/{number}" for number in range(10, MAX_WITHOUT_KEY + 10))]


def test_a_rejected_request_uses_no_injected_error(emulator: Emulator) -> None:
    emulator.client.post("/__localcloud/faults", json=[{"status": 503}])
    with httpx.Client(base_url=emulator.client.base_url, trust_env=False) as stranger:
        assert stranger.get(CONFIGS).status_code == 401
    assert emulator.client.get(CONFIGS).status_code == 503


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: localhost\r\n", head(CONFIGS, 100)])
def test_a_connection_without_a_whole_request_is_closed(
    client: httpx.Client, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localcloud.emulation.connections.REQUEST_SECONDS", 0.2)
    with connection(client) as opened:
        opened.sendall(sent)
        wait_until_closed(opened)


def test_a_body_that_never_ends_is_rejected(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.emulation.request_body.BODY_SECONDS", 0.2)
    with connection(client) as opened:
        opened.sendall(head(CONFIGS, 100, TOKEN) + b"{")
        assert opened.recv(4096).split()[1] == b"408"


def test_a_connection_is_kept_between_two_requests(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.emulation.connections.REQUEST_SECONDS", 0.2)
    content = json.dumps(config()).encode()
    with connection(client) as opened:
        opened.settimeout(0.5)
        for _ in range(2):
            opened.sendall(head(CONFIGS, len(content), TOKEN) + content)
            assert opened.recv(9) == b"HTTP/1.1 "
            with pytest.raises(TimeoutError):  # a closed connection would return no bytes
                read_all(opened)
