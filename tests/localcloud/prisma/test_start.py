"""The emulator as a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from localcloud.certificates import Certificates
from localcloud.emulation.connections import create_listener
from localcloud.engines import ending_with_this_process
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.prisma.api import TOKEN, data, direct_url, new_database, run_statements, wait_until_ready
from tests.localcloud.prisma.conftest import started

PATIENCE_SECONDS = 30
ADMIN_URL = "postgres://postgres:s3cret@127.0.0.1:1/postgres"
GOOD = {"LOCALCLOUD_PRISMA_KEY": TOKEN, "LOCALCLOUD_POSTGRES_ADMIN_URL": ADMIN_URL}


@contextmanager
def process(folder: Path, port: int, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    certificates = Certificates.ensure(folder)
    files = ["--certificate", str(certificates.server_certificate), "--key", str(certificates.server_key)]
    child = subprocess.Popen(
        ending_with_this_process(
            [
                *(sys.executable, "-m", "localcloud.prisma", "--port", str(port)),
                *("--store", str(folder / "prisma.json"), *files, *options),
            ]
        ),
        cwd=CHECKOUT,
        env={"PATH": os.defpath, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def start_error(folder: Path, port: int, *options: str, **environment: str) -> str:
    """Returns the last line of the output of a start that fails."""
    with process(folder, port, *options, **environment) as child:
        _, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 2
    assert "Traceback" not in errors
    return errors.splitlines()[-1]


@contextmanager
def answering(port: int) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(client):
            assert time.monotonic() < deadline, "the emulator does not respond"
            time.sleep(0.05)
        yield client


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/__localcloud/health").is_success
    except httpx.TransportError:
        return False


def test_it_serves_and_ends_with_success_on_a_signal(postgres: Postgres, tmp_path: Path) -> None:
    port = free_port()
    environment = {**GOOD, "LOCALCLOUD_POSTGRES_ADMIN_URL": postgres.admin_url}
    options = ("--reads-until-ready", "0", "--plan", "pro")
    with process(tmp_path, port, *options, **environment) as child:
        with answering(port) as client:
            assert client.get("/__localcloud/health").json()["plan"] == "pro"
            connection = new_database(client)["connections"][0]
            assert run_statements(direct_url(connection), "select 1") == 1
            client.post("/__localcloud/reset").raise_for_status()
        child.send_signal(signal.SIGTERM)
        output, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert (child.returncode, errors) == (0, "")
    assert [line.split(" ")[:3] for line in output.splitlines()] == [
        ["POST", "/projects", "201"],
        ["POST", "/databases", "201"],
    ]


def test_changes_survive_a_killed_process(postgres: Postgres, tmp_path: Path) -> None:
    port = free_port()
    environment = {**GOOD, "LOCALCLOUD_POSTGRES_ADMIN_URL": postgres.admin_url}
    with process(tmp_path, port, **environment) as child, answering(port) as client:
        connection = wait_until_ready(client, new_database(client))["connections"][0]
        child.kill()
        child.wait(PATIENCE_SECONDS)
    with process(tmp_path, port, **environment), answering(port) as client:
        assert run_statements(direct_url(connection), "select 1") == 1
        client.post("/__localcloud/reset").raise_for_status()


def test_the_response_reports_a_postgres_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    with process(tmp_path, port, **GOOD), answering(port) as client:
        answer = client.post("/v1/projects", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internalServerError")
        assert "s3cret" not in answer.text


@pytest.mark.parametrize("missing", list(GOOD))
def test_the_error_about_a_missing_environment_variable_is_one_sentence(tmp_path: Path, missing: str) -> None:
    environment = {name: value for name, value in GOOD.items() if name != missing}
    assert f"{missing} is required" in start_error(tmp_path, free_port(), **environment)


def test_the_error_about_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with create_listener(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in start_error(tmp_path, port, **GOOD)


def test_the_error_about_a_port_for_all_databases_in_use_is_one_sentence(tmp_path: Path) -> None:
    with create_listener(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        error = start_error(tmp_path, free_port(), "--databases-port", str(port), **GOOD)
    assert f"Port {port} on 127.0.0.1 cannot be used" in error


def test_a_port_of_a_database_in_use_is_an_error_and_not_replaced(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        port = new_database(client)["connections"][0]["endpoints"]["direct"]["port"]
    with create_listener(port) as taken:
        taken.listen()
        assert f"direct port {port}" in start_error(tmp_path, free_port(), **GOOD)
    with started(postgres, tmp_path) as client:
        assert data(client.get("/v1/connections"))[0]["endpoints"]["direct"]["port"] == port
        client.post("/__localcloud/reset").raise_for_status()


def test_the_error_about_an_invalid_certificate_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    error = start_error(tmp_path, free_port(), "--certificate", str(tmp_path / "none.pem"), **GOOD)
    assert "none.pem" in error


@pytest.mark.parametrize("number", ["-1", "many"])
def test_an_invalid_number_is_rejected(tmp_path: Path, number: str) -> None:
    assert "reads-until-ready" in start_error(tmp_path, free_port(), f"--reads-until-ready={number}", **GOOD)
