"""The server of dynamic providers: whom it serves, and when it ends. These tests need no engine."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from localcloud.deploy import DYNAMIC_PROVIDER
from localcloud.provider.peers import REFUSAL
from tests.localcloud.stranger import IMPORTS, attack, only_root
from tests.processes import wait_until_ended

SECONDS = 30
LAUNCHER = DYNAMIC_PROVIDER / "pulumi-resource-pulumi-python"

# The SDK's server executes the pickled provider of a request. This one creates a file.
EXECUTE = """
import base64, pickle
class Provider:
    def __reduce__(self):
        return os.mkdir, (sys.argv[4],)
request = wire.CreateRequest()
request.properties["__provider"] = base64.b64encode(pickle.dumps(Provider())).decode()
try:
    ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{sys.argv[3]}")).Create(request, timeout=20)
except grpc.RpcError as error:
    print(error.details())
"""

ENGINE = """
import subprocess, sys
provider = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(provider.pid, provider.stdout.readline(), flush=True)
provider.wait()
"""
"""Starts a provider with pipes, as the engine does, and prints its pid and its port."""


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a provider whose program runs in the virtual environment of the tests."""
    return os.environ | {"PULUMI_RUNTIME_VIRTUALENV": sys.prefix}


@pytest.fixture
def provider(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [LAUNCHER, "127.0.0.1:1"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


def port_of(provider: subprocess.Popen[str]) -> int:
    assert provider.stdout
    return int(provider.stdout.readline())


def stub_of(port: int) -> ResourceProviderStub:
    return ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


def request(script: str, folder: Path, *arguments: object) -> None:
    """Runs the script of an attack as this user, in a folder."""
    command = [sys.executable, "-c", IMPORTS + script, "", "", *map(str, arguments)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)


def test_it_serves_the_user_who_started_it(provider: subprocess.Popen[str]) -> None:
    assert stub_of(port_of(provider)).GetPluginInfo(Empty(), timeout=SECONDS).version


@only_root
def test_another_user_cannot_execute_code(provider: subprocess.Popen[str], tmp_path: Path) -> None:
    assert attack(EXECUTE, port_of(provider), tmp_path / "executed") == f"{REFUSAL}\n"
    assert not (tmp_path / "executed").exists()


def test_the_request_of_the_attack_is_valid(provider: subprocess.Popen[str], tmp_path: Path) -> None:
    request(EXECUTE, tmp_path, port_of(provider), tmp_path / "executed")
    assert (tmp_path / "executed").exists()


def test_it_ends_when_the_engine_is_killed(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENGINE, LAUNCHER, "127.0.0.1:1"], env=environment, stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdout
        provider = psutil.Process(int(engine.stdout.readline().split()[0]))
        assert provider.is_running()
        engine.kill()
    wait_until_ended(provider)


def test_it_ends_with_the_signal_of_the_engine(provider: subprocess.Popen[str]) -> None:
    port_of(provider)
    provider.send_signal(signal.SIGINT)
    provider.wait(SECONDS)


def test_modules_of_the_program_are_found(provider: subprocess.Popen[str], tmp_path: Path) -> None:
    """A pickled class of a module next to the program is imported by its name."""
    (tmp_path / "providers.py").write_text("import pathlib\ndef main(): pathlib.Path('imported').touch()\n")
    request(
        EXECUTE.replace("os.mkdir, (sys.argv[4],)", "__import__('providers').main, ()"), tmp_path, port_of(provider)
    )
    assert (tmp_path / "imported").exists()


def test_a_program_without_a_virtual_environment_is_rejected(environment: dict[str, str]) -> None:
    del environment["PULUMI_RUNTIME_VIRTUALENV"]
    ended = subprocess.run([LAUNCHER, "127.0.0.1:1"], env=environment, capture_output=True, text=True)
    assert ended.returncode != 0
    assert "is required. Set the option virtualenv of the runtime in Pulumi.yaml" in ended.stderr
