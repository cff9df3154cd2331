"""Attacks on the Workers runtime: from another user, from a web page, and from a Worker."""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import httpx
import psutil
import pytest

from localcloud.ports import Ports
from localcloud.runtime import WorkerRuntime
from localcloud.supervisor import Supervisor
from tests.localcloud.test_runtime import Cloud, answers, cloud, store, text, worker

__all__ = ["cloud"]

# A Worker that opens a socket to `host`, or fetches `url`, and returns what it receives. In both, `DATABASE` is
# replaced by the value of this binding.
ATTACKER = """
import { connect } from "cloudflare:sockets";

async function socketTo(host) {
  const socket = connect(host);
  await socket.opened;
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode("GET /health HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n"));
  const { value } = await socket.readable.getReader().read();
  return new TextDecoder().decode(value);
}

export default {
  async fetch(request, env) {
    const parameters = new URL(request.url).searchParams;
    const [host, url] = ["host", "url"].map((name) => parameters.get(name)?.replace("DATABASE", env.DATABASE));
    try {
      return new Response(host ? await socketTo(host) : await (await fetch(url)).text());
    } catch (error) {
      return new Response(error.message, { status: 502 });
    }
  },
};
"""
# Names of this machine that a filter can overlook.
LOOPBACK = ["127.0.0.1", "localhost", "127.1.2.3", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::ffff:0.0.0.0]"]


def listening(runtime: WorkerRuntime) -> dict[int, psutil.Process]:
    """Returns the processes of the runtime by the TCP port on which they listen."""
    pid = Supervisor(runtime.state_directory).status(runtime).pid
    assert pid is not None
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert "workerd" in {process.name() for process in processes}
    return {
        connection.laddr.port: process
        for process in processes
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def test_workerd_listens_on_no_tcp_port(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker(ATTACKER, store("isolated"), text("A", "b")))
    assert {process.name() for process in listening(runtime).values()} & {"workerd"} == set()


def test_every_other_port_of_the_runtime_rejects_requests_without_a_key(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker(answers("reached")))
    others = set(listening(runtime)) - {cloud.port}
    assert Ports(runtime.state_directory).of("workers-control") in others
    answers_without_key = {port: status_without_key(port) for port in others}
    assert {status for status in answers_without_key.values() if status is not None} <= {401, 403}
    assert answers_without_key[Ports(runtime.state_directory).of("workers-control")] is not None


def status_without_key(port: int) -> int | None:
    """The status of a response. None if the process behind the port ends, because a newer one takes its place."""
    try:
        headers = {"mf-route-override": "api"}
        return httpx.get(f"http://127.0.0.1:{port}/", headers=headers, trust_env=False).status_code
    except httpx.TransportError:
        return None


def test_only_the_owner_reaches_the_sockets_of_workerd(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker(answers("reached")))
    folders = [each for each in (runtime.state_directory.path / "workers" / "sockets").iterdir() if each.is_dir()]
    assert folders
    assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "api.localhost.evil.example"])
def test_a_foreign_host_reaches_no_worker(cloud: Cloud, host: str) -> None:
    cloud.deploy(worker(answers("reached")))
    answer = cloud.ask(host=host)
    assert (answer.status_code, "reached" in answer.text) == (404, False)


def test_a_foreign_host_does_not_get_the_known_hosts(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("well"), hosts=["private.example.com"]))
    assert "private.example.com" in cloud.ask(host="localhost").text
    assert "private.example.com" not in cloud.ask(host="evil.example").text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin"])
def test_a_web_page_runs_no_cron_trigger(cloud: Cloud, site: str) -> None:
    cloud.deploy(worker("export default { scheduled() {} };"))
    path = "/cdn-cgi/local/scheduled"
    assert cloud.ask(path, headers={"sec-fetch-site": site}).status_code == 403
    assert [cloud.ask(path, headers=headers).text for headers in ({}, {"sec-fetch-site": "none"})] == ["ok", "ok"]


def test_a_crashed_workerd_is_restarted_on_the_same_socket(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker(answers("again")))
    sockets = runtime.state_directory.path / "workers" / "sockets"
    newest = max((each for each in sockets.iterdir() if each.name.isdecimal()), key=lambda each: int(each.name))
    os.kill(int((newest / "pid").read_text()), 9)
    statuses = [cloud.ask().status_code for _ in range(40)]
    assert statuses[-1] == 200
    assert cloud.ask().text == "again"


@pytest.mark.parametrize("host", LOOPBACK)
def test_a_worker_opens_no_socket_to_the_control_port(cloud: Cloud, runtime: WorkerRuntime, host: str) -> None:
    cloud.deploy(worker(ATTACKER))
    control = Ports(runtime.state_directory).of("workers-control")
    answer = cloud.ask(f"/?host={quote(f'{host}:{control}')}")
    assert (answer.status_code, "HTTP/1.1" in answer.text) == (502, False)


@pytest.mark.parametrize("host", [*LOOPBACK, "2130706433", "0x7f.1", "a.localhost"])
def test_a_worker_fetches_nothing_from_the_control_port(cloud: Cloud, runtime: WorkerRuntime, host: str) -> None:
    cloud.deploy(worker(ATTACKER))
    url = f"http://{host}:{Ports(runtime.state_directory).of('workers-control')}/health"
    answer = cloud.ask(f"/?url={quote(url)}")
    assert (answer.status_code, "token" in answer.text) == (502, False)


def test_a_worker_opens_no_unix_socket(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker(ATTACKER, text("DATABASE_URL", "postgres://127.0.0.1/")))
    for host in ("unix:sockets/storage/all", "unix:sockets/storage/all:0", "unix-abstract:anything"):
        answer = cloud.ask(f"/?host={quote(host)}")
        assert (answer.status_code, "HTTP/1.1" in answer.text) == (502, False)


@contextmanager
def server(host: str = "127.0.0.1") -> Iterator[int]:
    """Serves `here` on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer((host, 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving.server_address[1]
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("plain_text", "http://127.0.0.1:{port}"),
        ("secret_text", "http://user:word@127.0.0.1:{port}/path?a=b"),
        ("json", '{{"services": ["http://127.0.0.1:{port}/"]}}'),
    ],
)
def test_a_worker_fetches_from_the_address_in_a_binding_only(cloud: Cloud, kind: str, value: str) -> None:
    with server() as declared, server() as other:
        field = "json" if kind == "json" else "text"
        cloud.deploy(worker(ATTACKER, {"type": kind, "name": "API", field: value.format(port=declared)}))
        assert cloud.ask(f"/?url=http://127.0.0.1:{declared}/").text == "here"
        rejected = cloud.ask(f"/?url=http://127.0.0.1:{other}/")
    assert rejected.status_code == 502
    assert f"127.0.0.1:{other} only if a binding has this address" in rejected.text


def test_a_host_in_a_binding_opens_no_port_for_fetch(cloud: Cloud) -> None:
    with server() as other:
        cloud.deploy(worker(ATTACKER, text("DATABASE_HOST", "127.0.0.1")))
        assert cloud.ask(f"/?url=http://127.0.0.1:{other}/").status_code == 502


def test_a_binding_of_one_worker_opens_nothing_for_another(cloud: Cloud) -> None:
    with server() as declared:
        url = f"http://127.0.0.1:{declared}/"
        cloud.deploy(worker(answers("well"), text("API", url), name="other"), worker(ATTACKER))
        assert cloud.ask(f"/?url={quote(url)}").status_code == 502
        assert cloud.ask(f"/?host=127.0.0.1:{declared}").status_code == 502
