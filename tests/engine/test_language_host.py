"""`tools/language_host.py` is a process that responds on a port. These tests need no engine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as wire
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeStub

from tests.waiting import wait_until
from tools.language_host import plugin_arguments

HOST = Path(__file__).parents[2] / "tools" / "language_host.py"
SECONDS = 20

EXECUTOR = """
import json, os, pathlib, signal, sys, time
exec(json.loads(os.environ["PULUMI_CONFIG"])["program"])
"""
"""Replaces the SDK's script. It runs the program that a test passes as configuration."""

SLEEPS = "pathlib.Path('pid').write_text(f'{os.getpid()}.'); time.sleep(60)"


@dataclass(frozen=True)
class Host:
    process: subprocess.Popen[str]
    stub: LanguageRuntimeStub
    folder: Path

    def request(self, program: str, **more: object) -> wire.RunRequest:
        info = wire.ProgramInfo(root_directory=str(self.folder), program_directory=str(self.folder), entry_point=".")
        fields = {"pwd": str(self.folder), "info": info, "config": {"program": program}} | more
        return wire.RunRequest(**fields)  # type: ignore[arg-type]

    def run(self, program: str) -> wire.RunResponse:
        response: wire.RunResponse = self.stub.Run(self.request(program), timeout=SECONDS)
        return response

    def start(self, program: str) -> tuple[grpc.Future, int]:
        pid_file = self.folder / "pid"
        pid_file.unlink(missing_ok=True)
        call = self.stub.Run.future(self.request(program), timeout=SECONDS)
        wait_until(lambda: pid_file.exists() and pid_file.read_text().endswith("."), seconds=SECONDS)
        return call, int(pid_file.read_text().rstrip("."))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    yield from started(tmp_path_factory.mktemp("host"))


@pytest.fixture
def host_to_stop(tmp_path: Path) -> Iterator[Host]:
    yield from started(tmp_path)


def started(folder: Path) -> Iterator[Host]:
    executor = folder / "executor.py"
    executor.write_text(EXECUTOR)
    command = [sys.executable, str(HOST), str(executor), "127.0.0.1:1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield Host(process, LanguageRuntimeStub(channel), folder)
        process.terminate()


def test_a_program_that_succeeds_reports_no_error(host: Host):
    assert host.run("pass") == wire.RunResponse()


def test_a_program_that_reported_its_error_stops_the_engine_without_a_second_message(host: Host):
    assert host.run("sys.exit(32)") == wire.RunResponse(bail=True)


def test_any_other_exit_code_is_reported(host: Host):
    assert host.run("sys.exit(7)").error == "Program exited with non-zero exit code: 7"


def test_the_error_of_a_program_that_a_signal_ended_names_the_signal(host: Host):
    assert host.run("os.kill(os.getpid(), 9)").error == "Program was terminated by SIGKILL"


def test_configuration_is_on_no_command_line(host: Host):
    host.run("pathlib.Path('arguments').write_text(' '.join(sys.orig_argv))")
    arguments = (host.folder / "arguments").read_text()
    assert "--engine=127.0.0.1:1" in arguments
    assert "write_text" not in arguments


def test_the_program_gets_the_names_of_secret_configuration(host: Host):
    program = "pathlib.Path('keys').write_text(os.environ['PULUMI_CONFIG_SECRET_KEYS'])"
    host.stub.Run(host.request(program, configSecretKeys=["app:password"]), timeout=SECONDS)
    assert json.loads((host.folder / "keys").read_text()) == ["app:password"]


def test_the_program_runs_in_the_virtual_environment_of_the_project(host: Host):
    python = host.folder / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    request = host.request("pathlib.Path('python').write_text(sys.executable)")
    request.info.options["virtualenv"] = "environment"
    host.stub.Run(request, timeout=SECONDS)
    assert (host.folder / "python").read_text() == str(python)


def test_a_missing_virtual_environment_is_rejected_by_name(host: Host):
    request = host.request("pass")
    request.info.options["virtualenv"] = "nowhere"
    with pytest.raises(grpc.RpcError) as caught:
        host.stub.Run(request, timeout=SECONDS)
    assert "`virtualenv` is nowhere, but there is no " in str(caught.value.details())


def test_output_and_exit_code_of_a_plugin_are_passed_on(host: Host):
    (host.folder / "__main__.py").write_text("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    info = wire.ProgramInfo(program_directory=str(host.folder))
    request = wire.RunPluginRequest(pwd=str(host.folder), info=info, env=[f"PATH={os.environ['PATH']}"])
    answers = list(host.stub.RunPlugin(request, timeout=SECONDS))
    assert b"".join(answer.stdout for answer in answers) == b"out\n"
    assert b"".join(answer.stderr for answer in answers) == b"err\n"
    assert answers[-1].exitcode == 3


def test_a_policy_pack_runs_with_the_module_of_the_sdk():
    info = wire.ProgramInfo(program_directory="/pack")
    request = wire.RunPluginRequest(kind="analyzer", args=["127.0.0.1:1"], info=info)
    assert plugin_arguments(request) == ["-m", "pulumi.policy", "127.0.0.1:1", "/pack"]


def test_cancel_ends_the_program(host: Host):
    call, pid = host.start(SLEEPS)
    host.stub.Cancel(Empty(), timeout=SECONDS)
    assert call.result().error == "Program was terminated by SIGTERM"
    assert not is_running(pid)


def test_a_call_that_the_engine_cancels_ends_the_program(host: Host):
    call, pid = host.start(SLEEPS)
    call.cancel()
    wait_until(lambda: not is_running(pid), seconds=SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_host_that_gets_a_signal_ends_the_program_first(host_to_stop: Host, number: signal.Signals):
    _, pid = host_to_stop.start(SLEEPS)
    host_to_stop.process.send_signal(number)
    assert host_to_stop.process.wait(SECONDS) == 0
    assert not is_running(pid)


def test_a_program_that_ignores_the_signal_is_killed(host_to_stop: Host):
    _, pid = host_to_stop.start(f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}")
    host_to_stop.process.terminate()
    assert host_to_stop.process.wait(SECONDS) == 0
    assert not is_running(pid)


def test_a_host_whose_engine_was_killed_ends_the_program_and_itself(host_to_stop: Host):
    """The kernel closes the engine's end of the pipe."""
    _, pid = host_to_stop.start(SLEEPS)
    assert host_to_stop.process.stdin
    host_to_stop.process.stdin.close()
    assert host_to_stop.process.wait(SECONDS) == 0
    assert not is_running(pid)


def test_a_host_whose_engine_was_killed_before_it_served_ends(tmp_path: Path):
    command = [sys.executable, str(HOST), str(tmp_path / "executor.py"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin
        process.stdin.close()
        assert process.wait(SECONDS) == 0


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_host_starts_without_the_sdk_which_can_be_imported_later() -> None:
    source = "import sys, tools.language_host; print('pulumi' in sys.modules); import pulumi; print(pulumi.Output)"
    run = subprocess.run([sys.executable, "-c", source], cwd=HOST.parents[1], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("False\n<class 'pulumi.output.Output'>\n", "")
