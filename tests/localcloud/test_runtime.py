"""The Workers runtime: requests to Workers, and the control API."""

import base64
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.credentials import Credentials
from localcloud.ports import Ports, free_port
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import CHECKOUT, StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.logs import wait_for_log

TIMEOUT_SECONDS = 30
ECHO = """
export default {
  async fetch(request, env) {
    const { method, url, headers, cf } = request;
    const body = await request.text();
    const variables = Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value !== "object"));
    return Response.json({ method, url, headers: [...headers], body, variables, colo: typeof cf?.colo });
  },
};
"""
STORE = """
export default {
  async fetch(request, env) {
    const key = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") { await env.STORE.put(key, await request.arrayBuffer()); return new Response(); }
    return new Response(await env.STORE.get(key, "arrayBuffer"));
  },
};
"""
CALLER = "export default { fetch(request, env) { return env.OTHER.fetch(request); } };"
STREAM = """
export default {
  async fetch(request) {
    const { readable, writable } = new IdentityTransformStream();
    request.body.pipeTo(writable);
    return new Response(readable);
  },
};
"""


def answers(text: str) -> str:
    return f'export default {{ async fetch() {{ return new Response("{text}"); }} }};'


def worker(source: str, *bindings: dict[str, Any], name: str = "api", **fields: Any) -> dict[str, Any]:
    """Returns a Worker in the format of the control API. Its host is `NAME.localhost`."""
    content = base64.b64encode(source.encode()).decode()
    module = {"name": "worker.js", "contentType": "application/javascript+module", "contentBase64": content}
    return {
        "name": name,
        "mainModule": "worker.js",
        "modules": [module],
        "compatibilityDate": "2026-08-01",
        "compatibilityFlags": ["nodejs_compat"],
        "bindings": list(bindings),
        "hosts": [f"{name}.localhost"],
        "crons": [],
        **fields,
    }


def text(name: str, value: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "name": name, "text": value}


def store(namespace_id: str) -> dict[str, str]:
    return {"type": "kv_namespace", "name": "STORE", "namespaceId": namespace_id}


def hyperdrive(url: str, name: str = "DATABASE") -> dict[str, str]:
    return {"type": "hyperdrive", "name": name, "connectionString": url}


class Cloud:
    """The two ports of a runtime."""

    def __init__(self, runtime: WorkerRuntime) -> None:
        self.runtime, ports = runtime, Ports(runtime.state_directory).known()
        self.control = runtime.client(ports)
        self.control.timeout = httpx.Timeout(TIMEOUT_SECONDS)
        self.public = httpx.Client(base_url=f"http://127.0.0.1:{ports['workers']}", timeout=TIMEOUT_SECONDS)
        self.port = ports["workers"]

    def deploy(self, *workers: dict[str, Any]) -> httpx.Response:
        return self.control.put("/workers", json={"workers": list(workers)})

    def ask(self, path: str = "/", method: str = "GET", host: str = "api.localhost", **options: Any) -> httpx.Response:
        headers = {"host": f"{host}:{self.port}", **options.pop("headers", {})}
        return self.public.request(method, path, headers=headers, **options)

    def processes(self) -> list[str]:
        """Returns the names of the processes that serve requests."""
        names: list[str] = self.control.get("/health").json()["processes"]
        return names

    def rejection(self, *workers: dict[str, Any]) -> str:
        answer = self.deploy(*workers)
        assert answer.status_code == 400
        error: str = answer.json()["error"]
        return error


@pytest.fixture
def cloud(runtime: WorkerRuntime) -> Iterator[Cloud]:
    cloud = Cloud(runtime)
    with cloud.control, cloud.public:
        cloud.deploy()
        yield cloud


def test_a_request_reaches_the_worker_unchanged(cloud: Cloud) -> None:
    cloud.deploy(worker(ECHO))
    seen = cloud.ask("/a/b?c=d%20e", "PATCH", content=b"body", headers={"x-odd": "1"}).json()
    assert seen["method"] == "PATCH"
    assert seen["url"] == f"http://api.localhost:{cloud.port}/a/b?c=d%20e"
    assert seen["body"] == "body"
    assert ["x-odd", "1"] in seen["headers"]


def test_the_worker_sees_no_header_that_cloudflare_would_not_send(cloud: Cloud) -> None:
    cloud.deploy(worker(ECHO))
    names = {name for name, _ in cloud.ask(headers={"accept-encoding": "gzip"}).json()["headers"]}
    assert names == {"accept", "accept-encoding", "cf-connecting-ip", "connection", "host", "user-agent"}


def test_the_worker_sees_the_address_of_the_client(cloud: Cloud) -> None:
    cloud.deploy(worker(ECHO))
    seen = cloud.ask(headers={"cf-connecting-ip": "203.0.113.9"}).json()
    assert (seen["colo"], dict(seen["headers"])["cf-connecting-ip"]) == ("string", "127.0.0.1")


def test_a_body_streams_in_both_directions(cloud: Cloud) -> None:
    cloud.deploy(worker(STREAM))
    chunk = bytes(range(256)) * 256
    answer = cloud.ask(method="POST", content=(chunk for _ in range(64)))
    assert answer.content == chunk * 64


def test_status_headers_and_repeated_headers_are_returned(cloud: Cloud) -> None:
    source = """export default { async fetch() {
      return new Response(null, { status: 404, headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-a", "b"]] });
    } };"""
    cloud.deploy(worker(source))
    answer = cloud.ask()
    assert (answer.status_code, answer.headers["x-a"]) == (404, "b")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_vars_secrets_and_json_are_bound(cloud: Cloud) -> None:
    cloud.deploy(
        worker(
            "export default { async fetch(request, env) { return Response.json([env.A, env.B, env.C.d]); } };",
            text("A", "plain"),
            text("B", "hidden", "secret_text"),
            {"type": "json", "name": "C", "json": '{"d": [1]}'},
        )
    )
    assert cloud.ask().json() == ["plain", "hidden", [1]]


def test_a_worker_calls_another_by_service_binding(cloud: Cloud) -> None:
    cloud.deploy(
        worker(CALLER, {"type": "service", "name": "OTHER", "service": "other"}), worker(answers("other"), name="other")
    )
    assert cloud.ask().text == "other"


def test_a_worker_without_a_host_is_not_reachable(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("hidden"), hosts=[]))
    assert cloud.ask().status_code == 404


def test_the_error_about_an_unknown_host_lists_the_known_ones(cloud: Cloud) -> None:
    cloud.deploy(worker(ECHO, hosts=["api.localhost", "API.example.com"]))
    answer = cloud.ask(host="nobody.localhost")
    assert answer.status_code == 404
    assert answer.json()["error"] == (
        'No Worker is deployed for host "nobody.localhost". Known hosts: API.example.com, api.localhost.'
    )


def test_hosts_are_case_insensitive(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("one"), hosts=["API.example.com"]), worker(answers("two"), name="two"))
    assert [cloud.ask(host=host).text for host in ("api.EXAMPLE.com", "two.localhost")] == ["one", "two"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("export default {", "Uncaught SyntaxError: Unexpected end of input"),
        ("throw new Error('at the top');", "Uncaught Error: at the top"),
        ("import 'nowhere.js';", 'Uncaught Error: No such module "nowhere.js"'),
    ],
)
def test_an_invalid_script_is_rejected_with_the_message_of_the_runtime(
    cloud: Cloud, source: str, complaint: str
) -> None:
    error = cloud.rejection(worker(source))
    assert error.startswith(complaint)
    assert str(CHECKOUT) not in error


def test_after_a_rejected_change_the_old_workers_keep_serving(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("old")))
    cloud.rejection(worker("export default {"))
    assert cloud.ask().text == "old"
    assert cloud.control.get("/health").json()["workers"] == ["api"]


def test_a_script_that_never_starts_is_rejected_and_delays_no_later_change(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("old")))
    assert cloud.rejection(worker("while (true) {}")) == "Error: Script startup exceeded CPU time limit."
    assert cloud.ask().text == "old"
    assert cloud.deploy(worker(answers("new"))).is_success
    assert cloud.ask().text == "new"
    assert cloud.deploy().is_success
    assert cloud.ask().status_code == 404


def test_a_script_may_use_cpu_time_at_its_start(cloud: Cloud) -> None:
    busy = "let total = 0; for (let i = 0; i < 20_000_000; i++) total += i % 7;"
    assert cloud.deploy(worker(busy + answers("started"))).is_success
    assert cloud.ask().text == "started"


def test_a_later_compatibility_date_is_lowered_with_a_warning(cloud: Cloud, runtime: WorkerRuntime) -> None:
    assert cloud.deploy(worker(answers("well"), compatibilityDate="2999-12-31")).is_success
    assert cloud.ask().text == "well"
    assert wait_for_log(runtime, "warn: Worker api has the compatibility date 2999-12-31. The local runtime supports")


def test_a_change_keeps_the_workers_that_it_only_names(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("one"), name="one"), worker(answers("two"), name="two"))
    body = {"workers": [worker(answers("new"), name="two")], "names": ["one", "two"]}
    assert cloud.control.put("/workers", json=body).is_success
    assert [cloud.ask(host=f"{name}.localhost").text for name in ("one", "two")] == ["one", "new"]
    assert cloud.control.put("/workers", json={"workers": [], "names": ["two"]}).is_success
    assert [cloud.ask(host=f"{name}.localhost").status_code for name in ("one", "two")] == [404, 200]


def test_a_change_that_keeps_unknown_workers_is_a_conflict(cloud: Cloud) -> None:
    assert cloud.control.put("/workers", json={"workers": [], "names": ["unknown"]}).status_code == 409


def test_a_change_of_hosts_starts_no_process(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("well")))
    before = cloud.processes()
    cloud.deploy(worker(answers("well"), hosts=["moved.localhost"], crons=["* * * * *"]))
    assert cloud.ask(host="moved.localhost").text == "well"
    assert cloud.processes() == before


def test_many_changes_run_in_few_processes(cloud: Cloud) -> None:
    workers: list[dict[str, Any]] = []
    for number in range(18):
        workers.append(worker(answers(str(number)), name=f"w{number}"))
        assert cloud.deploy(*workers).is_success
    assert [cloud.ask(host=f"w{number}.localhost").text for number in range(18)] == [str(each) for each in range(18)]
    assert 1 < len(cloud.processes()) <= 16


def test_a_removal_starts_no_process(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("one"), name="one"), worker(answers("two"), name="two"))
    before = cloud.processes()
    cloud.deploy(worker(answers("two"), name="two"))
    assert cloud.processes() == before
    assert [cloud.ask(host=f"{name}.localhost").status_code for name in ("one", "two")] == [404, 200]


def test_a_worker_calls_the_new_version_of_a_changed_worker(cloud: Cloud) -> None:
    caller = worker(CALLER, {"type": "service", "name": "OTHER", "service": "other"})
    cloud.deploy(caller, worker(answers("old"), name="other"))
    cloud.deploy(caller, worker(answers("new"), name="other"))
    assert cloud.ask().text == "new"


def test_an_unknown_binding_type_is_rejected(cloud: Cloud) -> None:
    error = cloud.rejection(worker(ECHO, {"type": "nothing", "name": "DATABASE"}))
    assert error.startswith(
        "Binding DATABASE of Worker api has type nothing. The local runtime supports analytics_engine, "
    )


def test_an_unknown_content_type_of_a_module_is_rejected(cloud: Cloud) -> None:
    api = worker(ECHO)
    api["modules"][0]["contentType"] = "text/x-python"
    assert cloud.rejection(api).startswith("Module worker.js of Worker api has content type text/x-python. Use one of ")


def test_the_error_about_an_invalid_connection_string_has_no_password(cloud: Cloud) -> None:
    error = cloud.rejection(worker(ECHO, hyperdrive("postgres://app:sentinel@:x/app")))
    assert error == "The connection string of binding DATABASE of Worker api is not a URL."


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"workers": 1}'])
def test_a_body_without_a_list_of_workers_is_rejected(cloud: Cloud, body: bytes) -> None:
    assert cloud.control.put("/workers", content=body).status_code == 400


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "wrong"])
def test_the_control_api_requires_its_token(cloud: Cloud, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    assert httpx.get(cloud.control.base_url.join("/health"), headers=headers).status_code == 401


def test_a_change_under_load_fails_no_request(cloud: Cloud) -> None:
    cloud.deploy(worker(answers("first")))
    changed = threading.Event()
    seen: list[tuple[int, str]] = []

    def load() -> None:
        while not changed.is_set():
            answer = cloud.ask()
            seen.append((answer.status_code, answer.text))

    clients = [threading.Thread(target=load) for _ in range(4)]
    for client in clients:
        client.start()
    for name in ("second", "third"):
        assert cloud.deploy(worker(answers(name))).is_success
    changed.set()
    for client in clients:
        client.join(TIMEOUT_SECONDS)
    assert {status for status, _ in seen} == {200}
    assert {version for _, version in seen} <= {"first", "second", "third"}
    assert cloud.ask().text == "third"


def test_a_request_in_flight_is_finished_by_the_workers_that_received_it(cloud: Cloud) -> None:
    cloud.deploy(worker(STREAM))
    request = b"POST / HTTP/1.1\r\nHost: api.localhost\r\nContent-Length: 11\r\n\r\nbefore"
    with socket.create_connection(("127.0.0.1", cloud.port), TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        answer = received(connection, until=b"before")
        cloud.deploy(worker(answers("new")))
        assert cloud.ask().text == "new"
        connection.sendall(b"after")
        answer += received(connection, until=b"after")
    assert answer.startswith(b"HTTP/1.1 200 OK")


def received(connection: socket.socket, until: bytes) -> bytes:
    content = b""
    while until not in content:
        chunk = connection.recv(65536)
        assert chunk, f"the response ended after {content!r}"
        content += chunk
    return content


def test_a_worker_reads_a_kv_value_that_the_control_api_wrote(cloud: Cloud) -> None:
    cloud.deploy(worker(STORE, store("shared-1")))
    cloud.control.put("/kv/shared-1/some%2Fkey", content=b"\x00\xff")
    assert cloud.ask("/some/key").content == b"\x00\xff"


def test_the_control_api_reads_a_kv_value_that_a_worker_wrote(cloud: Cloud) -> None:
    cloud.deploy(worker(STORE, store("shared-2")))
    cloud.ask("/key", "PUT", content=b"\x00\xff")
    assert cloud.control.get("/kv/shared-2/key").content == b"\x00\xff"


def test_kv_values_are_kept_when_workers_change(cloud: Cloud) -> None:
    cloud.deploy(worker(STORE, store("kept")))
    cloud.ask("/key", "PUT", content=b"value")
    cloud.deploy(worker(STORE, store("kept"), text("CHANGED", "yes")))
    assert cloud.ask("/key").text == "value"


def test_an_absent_key_is_404(cloud: Cloud) -> None:
    assert cloud.control.get("/kv/nothing-here/key").status_code == 404


def test_a_deleted_key_is_not_found(cloud: Cloud) -> None:
    cloud.control.put("/kv/deleted/key", content=b"value")
    assert cloud.control.delete("/kv/deleted/key").status_code == 200
    assert cloud.control.get("/kv/deleted/key").status_code == 404


def test_only_a_dropped_namespace_is_emptied(cloud: Cloud) -> None:
    for path in ("/kv/dropped/a", "/kv/dropped/b", "/kv/other/a"):
        cloud.control.put(path, content=b"value")
    cloud.control.delete("/kv/dropped")
    found = [cloud.control.get(path).status_code for path in ("/kv/dropped/a", "/kv/dropped/b", "/kv/other/a")]
    assert found == [404, 404, 200]


def test_a_worker_reads_rows_over_tls(cloud: Cloud, postgres: Postgres) -> None:
    bundle = CHECKOUT / "workers" / "dist" / "pg.js"
    cloud.deploy(worker(bundle.read_text(), hyperdrive(postgres.url(), "HYPERDRIVE")))
    answer = cloud.ask()
    assert [row["name"] for row in answer.json()["result"]] == ["one", "two", "three"]


def test_two_workers_with_the_same_binding_name_reach_different_databases(cloud: Cloud, postgres: Postgres) -> None:
    bundle = (CHECKOUT / "workers" / "dist" / "pg.js").read_text()
    elsewhere = f"postgres://app:word@127.0.0.1:{free_port()}/app"
    cloud.deploy(
        worker(bundle, hyperdrive(elsewhere, "HYPERDRIVE"), name="astray"),
        worker(bundle, hyperdrive(postgres.url(), "HYPERDRIVE")),
    )
    assert (cloud.ask(host="astray.localhost").status_code >= 500, cloud.ask().status_code) == (True, 200)


def test_a_database_that_is_down_stops_neither_the_runtime_nor_other_workers(cloud: Cloud) -> None:
    bundle = (CHECKOUT / "workers" / "dist" / "pg.js").read_text()
    down = f"postgres://app:sentinel@127.0.0.1:{free_port()}/app?sslmode=require"
    cloud.deploy(worker(bundle, hyperdrive(down, "HYPERDRIVE")), worker(answers("well"), name="other"))
    assert cloud.ask().status_code >= 500
    assert cloud.ask(host="other.localhost").text == "well"


def test_an_exception_of_a_worker_is_a_500_response_and_is_logged(cloud: Cloud, runtime: WorkerRuntime) -> None:
    cloud.deploy(worker("export default { fetch() { throw new Error('on purpose'); } };"))
    assert cloud.ask().status_code == 500
    assert wait_for_log(runtime, "on purpose")


def test_a_worker_that_does_not_respond_in_time_is_a_504_response(state_directory: StateDirectory) -> None:
    runtime = WorkerRuntime(state_directory, response_timeout_seconds=1)
    Supervisor(state_directory).ensure(runtime, print)
    cloud = Cloud(runtime)
    cloud.deploy(worker("export default { async fetch() { await scheduler.wait(60_000); return new Response(); } };"))
    answer = cloud.ask()
    assert (answer.status_code, answer.json()["error"]) == (504, "Worker api sent nothing within 1 s.")


def test_the_token_is_not_on_the_command_line(runtime: WorkerRuntime) -> None:
    record = runtime.state_directory.read("parts.json")["workers"]
    assert Credentials.of(runtime.state_directory).runtime_token not in " ".join(record["command"])


def test_kv_values_survive_kill_9(runtime: WorkerRuntime) -> None:
    supervisor = Supervisor(runtime.state_directory)
    cloud = Cloud(runtime)
    cloud.control.put("/kv/durable/key", content=b"value")
    pid = supervisor.status(runtime).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    supervisor.ensure(runtime, print)
    assert Cloud(runtime).control.get("/kv/durable/key").content == b"value"


def test_it_leaves_no_files_in_the_temporary_directory(state_directory: StateDirectory) -> None:
    supervisor, runtime = Supervisor(state_directory), WorkerRuntime(state_directory)
    before = set(Path(tempfile.gettempdir()).glob("miniflare-*"))
    supervisor.ensure(runtime, print)
    Cloud(runtime).deploy(worker(answers("well")))
    supervisor.stop(runtime.name, print)
    assert set(Path(tempfile.gettempdir()).glob("miniflare-*")) - before == set()
