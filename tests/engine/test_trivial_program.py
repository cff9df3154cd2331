"""The engine of `tools/pulumi.sh` runs a program of one component, without a provider and without a cloud."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60
SENTINEL = "sentinel-5f1c"

PROGRAM = """
import os, pathlib, sys, time
import pulumi

config = pulumi.Config()
if config.get("fail"):
    raise pulumi.RunError("`fail` is set, so the program stops. Unset it.")

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Thing", name)
        self.register_outputs({})

Thing("one")
pathlib.Path("arguments").write_text(" ".join(sys.orig_argv))
pulumi.export("password", config.get_secret("password"))
if config.get("sleep"):
    pathlib.Path("pid").write_text(f"{os.getpid()}.")
    time.sleep(60)
"""


@dataclass(frozen=True)
class Project:
    """A separate Pulumi project with its own state, on stack `test`."""

    folder: Path
    engine: Path

    @property
    def command(self) -> list[str]:
        return [str(self.engine), "--non-interactive", "--color=never"]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def pulumi(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder / "program",
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)


@pytest.fixture
def project(tmp_path: Path, pulumi_path: Path) -> Project:
    for folder in ("program", "state"):
        (tmp_path / folder).mkdir()
    (tmp_path / "program" / "Pulumi.yaml").write_text("name: trivial\nruntime: python\n")
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM)
    project = Project(tmp_path, pulumi_path)
    assert project.pulumi("stack", "init", "test").returncode == 0
    return project


pytestmark = pytest.mark.engine


def test_a_program_is_deployed_has_no_changes_and_is_destroyed(project: Project):
    assert "+ 2 created" in project.up().stdout
    assert "2 unchanged" in project.up("--expect-no-changes").stdout
    assert "- 2 deleted" in project.pulumi("destroy", "--yes", "--skip-preview").stdout


def test_a_validation_error_of_a_program_is_shown_without_a_traceback(project: Project):
    project.pulumi("config", "set", "fail", "true")
    failed = project.up()
    assert failed.returncode != 0
    assert "`fail` is set, so the program stops. Unset it." in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr


def test_a_secret_reaches_the_program_but_no_command_line_and_no_output(project: Project):
    project.pulumi("config", "set", "--secret", "password", stdin=SENTINEL)
    shown = project.up()
    assert json.loads(project.pulumi("stack", "output", "--json", "--show-secrets").stdout) == {"password": SENTINEL}
    assert SENTINEL not in shown.stdout + shown.stderr
    assert SENTINEL not in (project.folder / "program" / "arguments").read_text()
    assert SENTINEL not in project.pulumi("stack", "export").stdout


def test_an_interrupted_up_ends_the_program(project: Project):
    project.pulumi("config", "set", "sleep", "true")
    up = subprocess.Popen(
        [*project.command, "up", "--yes", "--skip-preview"],
        cwd=project.folder / "program",
        env=project.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pid = int(text_when_complete(project.folder / "program" / "pid"))
    up.send_signal(signal.SIGINT)
    assert up.wait(SECONDS) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def text_when_complete(file: Path) -> str:
    for _ in range(SECONDS * 20):
        if file.exists() and (text := file.read_text()).endswith("."):
            return text.rstrip(".")
        time.sleep(0.05)
    raise AssertionError(f"{file.name} was not written within {SECONDS} seconds")
