"""The emulator with the real runtime and a real database."""

from concurrent.futures import ThreadPoolExecutor

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from tests.localcloud.cloudflare.api import (
    CONFIGS,
    NAMESPACES,
    SCRIPTS,
    config,
    error_of,
    message,
    result,
    text,
    upload,
)
from tests.localcloud.cloudflare.conftest import Running
from tests.localcloud.cloudflare.test_hyperdrive import public_origin

WHERE = """
export default { async fetch(request, env) {
  const { host, port, user, password, database } = env.HYPERDRIVE;
  return Response.json({ user, password, database });
} };
"""
STORE = """
export default { async fetch(request, env) {
  await env.CACHE.put("from the worker", "1");
  return new Response(await env.CACHE.get("from/the api"));
} };
"""
GREET = "export default { async fetch(request, env) { return new Response(env.GREETING); } };"


def test_an_uploaded_script_responds_after_its_subdomain_is_enabled(running: Running) -> None:
    result(upload(running.client, "api", text("GREETING", "hello"), source=GREET))
    assert running.ask().status_code == 404
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    assert running.ask().text == "hello"


def test_a_script_with_a_syntax_error_is_rejected_and_the_old_one_keeps_running(running: Running) -> None:
    result(upload(running.client, "api", text("GREETING", "hello"), source=GREET))
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    answer = upload(running.client, "api", source="export default {")
    assert error_of(answer) == (400, 10021)
    assert "SyntaxError" in message(answer)
    assert running.ask().text == "hello"


def test_a_script_that_never_starts_fails_alone_and_delays_no_later_change(running: Running) -> None:
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(upload, running.client, "endless", source="while (true) {}")
        others = pool.submit(upload, running.client, "api", text("GREETING", "hello"), source=GREET)
    assert error_of(endless.result()) == (400, 10021)
    assert message(endless.result()) == "Error: Script startup exceeded CPU time limit."
    result(others.result())
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    assert running.ask().text == "hello"
    result(running.client.delete(f"{SCRIPTS}/api"))
    assert running.ask().status_code == 404


def test_a_restarted_runtime_receives_all_workers_with_the_next_change(
    running: Running, runtime: WorkerRuntime
) -> None:
    result(upload(running.client, "api", text("GREETING", "hello"), source=GREET))
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    with runtime.client(Ports(runtime.state_directory).known()) as control:
        control.put("/workers", json={"workers": []}, timeout=60).raise_for_status()  # as after a restart
    result(upload(running.client, "other"))
    assert running.ask().text == "hello"


def test_a_worker_sees_the_database_and_its_changes(running: Running, postgres: Postgres) -> None:
    origin = public_origin(postgres)
    created = result(running.client.post(CONFIGS, json=config(origin=origin)))
    binding = {"type": "hyperdrive", "name": "HYPERDRIVE", "id": created["id"]}
    result(upload(running.client, "api", binding, source=WHERE, compatibility_flags=["nodejs_compat"]))
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    assert running.ask().json()["database"] == "app"
    changed = config(origin={**origin, "database": "postgres"})
    result(running.client.put(f"{CONFIGS}/{created['id']}", json=changed))
    assert running.ask().json()["database"] == "postgres"


def test_worker_and_api_use_the_same_kv_values(running: Running) -> None:
    namespace = result(running.client.post(NAMESPACES, json={"title": "cache"}))["id"]
    path = f"{NAMESPACES}/{namespace}/values"
    result(running.client.put(f"{path}/from%2Fthe%20api", content=b"shared"))
    result(
        upload(
            running.client, "api", {"type": "kv_namespace", "name": "CACHE", "namespace_id": namespace}, source=STORE
        )
    )
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    assert running.ask().text == "shared"
    assert running.client.get(f"{path}/from%20the%20worker").content == b"1"
    result(running.client.delete(f"{path}/from%20the%20worker"))
    assert error_of(running.client.get(f"{path}/from%20the%20worker")) == (404, 10009)


def test_a_deleted_script_stops_responding(running: Running) -> None:
    result(upload(running.client, "api", text("GREETING", "hello"), source=GREET))
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    result(running.client.delete(f"{SCRIPTS}/api"))
    assert running.ask().status_code == 404
