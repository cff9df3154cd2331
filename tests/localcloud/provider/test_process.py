"""`python -m localcloud.provider`."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from localcloud.engines import ending_with_this_process
from localcloud.ports import free_port
from localcloud.provider.errors import ProviderError
from localcloud.provider.random import RANDOM
from localcloud.provider.server import start_server
from localcloud.state_directory import CHECKOUT
from tests.localcloud.provider.engine import Engine

SECONDS = 30


def start(cloudflare: int, random: int, directory: Path = CHECKOUT, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ending_with_this_process(
            [
                *(sys.executable, "-m", "localcloud.provider"),
                *("--cloudflare-port", str(cloudflare), "--random-port", str(random)),
            ]
        ),
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def ports() -> tuple[int, int]:
    cloudflare = free_port()
    return cloudflare, free_port({cloudflare})


def test_it_serves_both_packages_until_sigterm(ports: tuple[int, int]):
    process = start(*ports)
    try:
        for port in ports:
            until_open(port)
        assert Engine.attach(ports[1]).create("random:index/randomId:RandomId", {"byteLength": 4}).id
    finally:
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=SECONDS)
    assert (process.returncode, *output) == (0, "", "")


@pytest.mark.parametrize("taken", [0, 1])
def test_the_error_about_a_provider_port_in_use_is_one_sentence(ports: tuple[int, int], taken: int):
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[taken]))
        other.listen()
        process = start(*ports)
        _, output = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert f"Port {ports[taken]} on 127.0.0.1" in output
    assert "--cloudflare-port" in output or "--random-port" in output
    assert "Traceback" not in output


def test_a_port_is_never_shared_with_another_provider(ports: tuple[int, int]):
    first = start_server(RANDOM, ports[0])
    try:
        with pytest.raises(ProviderError, match=f"Port {ports[0]}"):
            start_server(RANDOM, ports[0])
    finally:
        first.stop(1).wait()


def until_open(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"port {port} did not open within {SECONDS} seconds"
        time.sleep(0.05)
