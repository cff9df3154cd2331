"""`pulumi up` in a bare clone, after the install step of Pulumi's own Python host and nothing else.

That host runs `pip install -r requirements.txt` in the folder of the program, in the virtual environment that
`Pulumi.yaml` names (sdk/python/toolchain/pip.go of pulumi 3.259.0). The engine that is built here has no such step, so
the test does it. Pins keep the installation fast and the same as in the checkout.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tools.rehearsal.copy import copy_checkout

pytestmark = pytest.mark.engine

PROGRAM_SECONDS = 120
INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Clone:
    """A copy of the checkout with its own virtual environment and its own state."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / "bin" / "python"

    def run(self, *command: str, stdin: str = "", seconds: int = PROGRAM_SECONDS) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, timeout=seconds
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def clone(cloud: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    parent = tmp_path_factory.mktemp("bare")
    folder, state = parent / "edge-postgres", parent / "state"
    state.mkdir()
    copy_checkout(folder)
    shutil.copytree(CHECKOUT / "workers" / "dist", folder / "workers" / "dist", dirs_exist_ok=True)
    venv.create(folder / ".venv", with_pip=True)
    # By default, pip compiles the 6,000 modules of the vendors' SDKs, of which the program imports a few.
    environment = {"PULUMI_BACKEND_URL": state.as_uri(), "PIP_COMPILE": "no"}
    clone = Clone(folder, {**cloud.environment(), **environment})
    pins = parent / "pins.txt"
    pins.write_text(installed_versions())
    clone.run(
        *(str(clone.python), "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"),
        *("--constraint", str(pins)),
        seconds=INSTALL_SECONDS,
    )
    clone.run("pulumi", "stack", "init", "local")
    path = "edge-postgres:secrets.databases.main.url"
    clone.run("pulumi", "config", "set", "--secret", "--path", path, stdin=cloud.database_url)
    clone.run("pulumi", "up", "--yes", "--skip-preview")
    try:
        yield clone
    finally:
        clone.run("pulumi", "destroy", "--yes", "--skip-preview")


def installed_versions() -> str:
    """The installed versions in the environment of the checkout, without the package of the checkout."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze", "--exclude-editable"],
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout


def test_the_program_imports_the_library_of_the_clone(clone: Clone) -> None:
    found = clone.run(str(clone.python), "-c", "import edge_postgres; print(edge_postgres.__file__)")
    assert Path(found.strip()) == clone.folder / "components" / "edge_postgres" / "__init__.py"


def test_the_stack_has_a_worker_and_a_hyperdrive_configuration(clone: Clone) -> None:
    outputs = json.loads(clone.run("pulumi", "stack", "output", "--json"))
    assert outputs["workers"] == {"api": "edge-postgres-local-api"}
    assert set(outputs["hyperdrive"]) == {"main"}


def test_a_second_up_changes_nothing(clone: Clone) -> None:
    assert "unchanged" in clone.run("pulumi", "up", "--yes", "--skip-preview", "--expect-no-changes")


def test_the_installation_leaves_no_untracked_file(clone: Clone) -> None:
    created = {
        os.path.relpath(Path(parent) / name, clone.folder)
        for parent, _, names in os.walk(clone.folder / "components")
        for name in names
        if "__pycache__" not in parent
    }
    ours = {
        os.path.relpath(Path(parent) / name, CHECKOUT)
        for parent, _, names in os.walk(CHECKOUT / "components")
        for name in names
        if "__pycache__" not in parent
    }
    assert created == ours
