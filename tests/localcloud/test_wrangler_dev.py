"""`wrangler dev` serves the project's Worker from a generated file, with data from the local Postgres."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from edge_postgres.workers.wrangler_configuration import build_configuration
from edge_postgres.wrangler.files import LOCAL_DATABASE, Format, Mode, Source, render_files
from localcloud.engines import ending_with_this_process
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.wrangler_tool import Wrangler, needs_wrangler
from tools.wrangler_dev import dev_arguments

pytestmark = needs_wrangler

START_SECONDS = 40
END_SECONDS = 15
WELL_KNOWN_INSPECTOR_PORT = 9229
DATA = {
    **build_configuration("api", {"hyperdrive": {"HYPERDRIVE": "0" * 32}}, {"compatibility_date": "2026-11-01"}),
    "main": "worker.js",
}


SOURCE = Source("local", "api", "make wrangler STACK=local")


@pytest.fixture
def wrangler(tmp_path: Path) -> Wrangler:
    (tmp_path / "worker.js").write_bytes((CHECKOUT / "workers" / "dist" / "pg.js").read_bytes())
    return Wrangler(tmp_path)


@contextmanager
def dev(wrangler: Wrangler, config: str, **variables: str) -> Iterator[str]:
    """Yields the address of a running `wrangler dev`, and stops it afterwards."""
    port = free_port()
    log = wrangler.folder / "dev.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ending_with_this_process(wrangler.command(*dev_arguments(Path(config)), "--port", str(port))),
            cwd=wrangler.folder,
            env=wrangler.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)


def answer(address: str, log: Path) -> httpx.Response:
    """Returns its first response, and retries until there is one."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return httpx.get(address, timeout=10, trust_env=False)
        except httpx.TransportError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


@pytest.mark.parametrize("form", list(Format))
def test_wrangler_dev_responds_with_rows_of_the_local_postgres(
    wrangler: Wrangler, postgres: Postgres, form: Format
) -> None:
    for name, text in render_files(DATA, SOURCE, Mode.FILE, form).items():
        (wrangler.folder / name).write_text(text)
    database = {f"{LOCAL_DATABASE}HYPERDRIVE": postgres.url()}
    with dev(wrangler, f"wrangler.{form.value}", **database) as address:
        found = answer(address, wrangler.folder / "dev.log")
    assert found.status_code == 200, found.text
    assert [row["id"] for row in found.json()["result"]] == ["1", "2", "3"]
    assert str(urlsplit(postgres.url()).password) not in (wrangler.folder / "dev.log").read_text()


def test_the_worker_does_not_see_the_connection_string_of_the_env_file(wrangler: Wrangler) -> None:
    (wrangler.folder / "worker.js").write_text("export default { fetch: (_, env) => Response.json(Object.keys(env)) };")
    (wrangler.folder / ".env").write_text(f"{LOCAL_DATABASE}HYPERDRIVE=postgres://app:hidden@127.0.0.1:1/app\n")
    (wrangler.folder / "wrangler.jsonc").write_text(render_files(DATA, SOURCE)["wrangler.jsonc"])
    with dev(wrangler, "wrangler.jsonc") as address:
        assert answer(address, wrangler.folder / "dev.log").json() == ["HYPERDRIVE"]


def test_every_port_of_wrangler_dev_is_on_this_machine_only(wrangler: Wrangler) -> None:
    (wrangler.folder / "wrangler.jsonc").write_text(render_files(DATA, SOURCE)["wrangler.jsonc"])
    database = {f"{LOCAL_DATABASE}HYPERDRIVE": "postgres://app:any@127.0.0.1:1/app"}
    with dev(wrangler, "wrangler.jsonc", **database) as address:
        answer(address, wrangler.folder / "dev.log")
        sockets = [
            each for process in psutil.Process().children(recursive=True) for each in process.net_connections("tcp")
        ]
    listening = {each.laddr for each in sockets if each.status == psutil.CONN_LISTEN}
    assert {host.removeprefix("::ffff:") for host, _ in listening} == {"127.0.0.1"}
    assert WELL_KNOWN_INSPECTOR_PORT not in {port for _, port in listening}
