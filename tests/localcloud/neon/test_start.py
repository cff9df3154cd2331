"""The emulator as a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from localcloud.certificates import Certificates
from localcloud.engines import ending_with_this_process
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.neon.api import KEY, new_project, run_statements, url_of
from tests.localcloud.neon.conftest import started

PATIENCE_SECONDS = 30


@contextmanager
def process(postgres: Postgres, folder: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    certificates = Certificates.ensure(postgres.state_directory.folder("certificates"))
    options = {"port": port, "store": folder / "neon.json"}
    options |= {"certificate": certificates.server_certificate, "key": certificates.server_key}
    arguments = [argument for name, value in options.items() for argument in (f"--{name}", str(value))]
    given = {"LOCALCLOUD_NEON_KEY": KEY, "LOCALCLOUD_POSTGRES_ADMIN_URL": postgres.admin_url, **environment}
    child = subprocess.Popen(
        ending_with_this_process([sys.executable, "-m", "localcloud.neon", *arguments]),
        cwd=CHECKOUT,
        env={"PATH": os.defpath, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@contextmanager
def answering(port: int) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=20) as client:
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


def test_it_responds_and_ends_with_success_on_sigterm(postgres: Postgres, tmp_path: Path) -> None:
    port = free_port()
    with process(postgres, tmp_path, port) as child:
        with answering(port) as client:
            created = new_project(client)
            assert run_statements(url_of(created)) == 1
            client.post("/__localcloud/reset")
        child.send_signal(signal.SIGTERM)
        output, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 0
    assert output.startswith("POST /projects 201 ")
    assert errors == ""
    assert created["roles"][0]["password"] not in output


def start_error(postgres: Postgres, folder: Path, **environment: str) -> str:
    """Returns the one-line error of a start that fails."""
    with process(postgres, folder, free_port(), **environment) as child:
        output, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 2
    assert (output, len(errors.splitlines())) == ("", 1)
    return errors


def test_the_error_about_a_missing_key_is_one_sentence(postgres: Postgres, tmp_path: Path) -> None:
    assert "LOCALCLOUD_NEON_KEY is required" in start_error(postgres, tmp_path, LOCALCLOUD_NEON_KEY="")


def test_the_error_about_a_port_of_a_compute_in_use_is_one_sentence(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        port = urlsplit(url_of(new_project(client))).port
        assert f"Port {port} of the compute" in start_error(postgres, tmp_path)
        client.post("/__localcloud/reset")
