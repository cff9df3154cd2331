"""The emulator as a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.emulation.connections import create_listener
from localcloud.engines import ending_with_this_process
from localcloud.ports import free_port
from localcloud.state_directory import CHECKOUT
from tests.localcloud.cloudflare.api import CONFIGS, TOKEN, config, result, vpc_origin
from tests.localcloud.cloudflare.test_tunnels import TUNNELS

PATIENCE_SECONDS = 30


@contextmanager
def process(folder: Path, port: int, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    arguments = ["--port", str(port), "--store", str(folder / "store.json"), "--public-port", "1", *options]
    child = subprocess.Popen(
        ending_with_this_process([sys.executable, "-m", "localcloud.cloudflare", *arguments]),
        cwd=CHECKOUT,
        env={"PATH": os.defpath, "LOCALCLOUD_API_TOKEN": TOKEN, **environment},
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
    """Returns the one-line error of a start that fails."""
    with process(folder, port, *options, **environment) as child:
        output, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 2
    assert output == ""
    assert len(errors.splitlines()) == 1
    return errors


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_success_on_a_signal_and_logs_one_line_per_request(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with process(tmp_path, port, "--trust-private-origins") as child:
        with answering(port) as client:
            result(client.post(CONFIGS, json=config(origin=vpc_origin(password="s3cret"))))
        child.send_signal(number)
        output, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 0
    assert [line.split(" ")[:3] for line in output.splitlines()] == [["POST", CONFIGS, "200"]]
    assert errors == ""


def test_changes_survive_a_killed_process(tmp_path: Path) -> None:
    port = free_port()
    with process(tmp_path, port, "--trust-private-origins") as child, answering(port) as client:
        created = result(client.post(CONFIGS, json=config()))
        child.kill()
        child.wait(PATIENCE_SECONDS)
    with process(tmp_path, port), answering(port) as client:
        assert result(client.get(CONFIGS)) == [created]


def test_it_can_be_started_with_healthy_tunnels(tmp_path: Path) -> None:
    port = free_port()
    with process(tmp_path, port, "--tunnel-status", "healthy"), answering(port) as client:
        assert result(client.post(TUNNELS, json={"name": "db"}))["status"] == "healthy"


def test_it_listens_on_this_machine_only() -> None:
    with create_listener(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_the_error_about_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with create_listener(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in start_error(tmp_path, port)


def test_the_error_about_an_invalid_store_is_one_sentence_and_the_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text("{broken")
    assert "store.json" in start_error(tmp_path, free_port())
    assert (tmp_path / "store.json").read_text() == "{broken"


@pytest.mark.parametrize("token", ["", "short", "x" * 39 + "!"])
def test_the_error_about_an_invalid_token_is_one_sentence(tmp_path: Path, token: str) -> None:
    error = start_error(tmp_path, free_port(), LOCALCLOUD_API_TOKEN=token)
    assert "LOCALCLOUD_API_TOKEN" in error
    assert not token or token not in error


def test_the_error_about_a_missing_runtime_token_is_one_sentence(tmp_path: Path) -> None:
    assert "LOCALCLOUD_RUNTIME_TOKEN" in start_error(tmp_path, free_port(), "--runtime", "http://127.0.0.1:1")


def test_it_starts_even_if_the_runtime_is_down(tmp_path: Path) -> None:
    port = free_port()
    options: Any = {"LOCALCLOUD_RUNTIME_TOKEN": "t"}
    with (
        process(tmp_path, port, "--runtime", f"http://127.0.0.1:{free_port()}", **options),
        answering(port) as client,
    ):
        assert result(client.get(CONFIGS)) == []
