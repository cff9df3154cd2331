"""Sockets of Workers: the runtime verifies certificates as Cloudflare does, and trusts the local cloud's CA."""

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any

import httpx
import pytest

from localcloud.certificates import Certificates
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor

TIMEOUT_SECONDS = 30
SOURCE = """
import { connect } from "cloudflare:sockets";
const TLS_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);
const START = new Uint8Array([0, 0, 0, 20, 0, 3, 0, 0, ...new TextEncoder().encode("user\\0nobody\\0\\0")]);
START[3] = START.length;

async function exchanged(socket, sent, length) {
  const writer = socket.writable.getWriter();
  await writer.write(sent);
  writer.releaseLock();
  const reader = socket.readable.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value.subarray(0, length));
}

export default {
  async fetch(request, env) {
    const { secureTransport } = Object.fromEntries(new URL(request.url).searchParams);
    try {
      const { host } = new URL(env.DATABASE_URL);
      const socket = connect(host, { secureTransport });
      if (secureTransport === "on") return new Response(await exchanged(socket, START, 5));
      if ((await exchanged(socket, TLS_REQUEST, 1)) !== "S") return new Response("no TLS", { status: 502 });
      return new Response(await exchanged(socket.startTls(), START, 1));
    } catch (error) {
      return new Response(error.message, { status: 502 });
    }
  },
};
"""

Connect = Callable[[str, str], httpx.Response]


@pytest.fixture(scope="module")
def connect(postgres: Postgres) -> Iterator[Connect]:
    """Opens a socket from a Worker, with TLS from the start (`on`) or after Postgres's TLS request."""
    runtime = WorkerRuntime(postgres.state_directory)
    supervisor = Supervisor(postgres.state_directory)
    supervisor.ensure(runtime, print)
    ports = Ports(postgres.state_directory)
    module = {"name": "worker.js", "contentType": "application/javascript+module"}
    sockets: dict[str, Any] = {
        "name": "sockets",
        "mainModule": "worker.js",
        "modules": [{**module, "contentBase64": base64.b64encode(SOURCE.encode()).decode()}],
        "compatibilityDate": "2026-08-01",
        "hosts": ["sockets.localhost"],
    }

    def connect(host: str, secure_transport: str = "starttls") -> httpx.Response:
        # A Worker reaches this machine only at the address in a binding.
        bindings = [{"type": "secret_text", "name": "DATABASE_URL", "text": f"postgres://{host}/"}]
        with runtime.client(ports.known()) as control:
            workers = [{**sockets, "bindings": bindings}]
            control.put("/workers", json={"workers": workers}, timeout=TIMEOUT_SECONDS).raise_for_status()
        return httpx.get(
            f"http://127.0.0.1:{ports.of('workers')}/",
            params={"secureTransport": secure_transport},
            headers={"host": "sockets.localhost"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    yield connect
    supervisor.stop(runtime.name, print)


@contextmanager
def tls_server(certificates: Certificates, greeting: bytes) -> Iterator[int]:
    """Serves one message by TLS to each client that has sent data. Yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server_certificate, certificates.server_key)

    def serve() -> None:
        try:
            client, _ = listening.accept()
            with context.wrap_socket(client, server_side=True) as secured:
                secured.recv(1)
                secured.sendall(greeting)
        except OSError:
            pass  # a client that does not trust the certificate disconnects

    with create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(TIMEOUT_SECONDS)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(TIMEOUT_SECONDS)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_worker_connects_to_the_local_postgres_with_tls(connect: Connect, postgres: Postgres, host: str) -> None:
    answer = connect(f"{host}:{postgres.port}", "starttls")
    assert (answer.status_code, answer.text) == (200, "R")  # Postgres asks for a password


def test_a_worker_trusts_the_local_ca_in_direct_tls(connect: Connect, postgres: Postgres) -> None:
    with tls_server(Certificates.ensure(postgres.state_directory.folder("certificates")), b"hello") as port:
        assert connect(f"127.0.0.1:{port}", "on").text == "hello"


def test_a_worker_trusts_no_other_private_ca(connect: Connect, tmp_path: Path) -> None:
    state_directory = StateDirectory(tmp_path / "home")
    with tls_server(Certificates.ensure(state_directory.folder("certificates")), b"hello") as port:
        answer = connect(f"127.0.0.1:{port}", "on")
    assert answer.status_code == 502
    assert "hello" not in answer.text
