"""The provider reads files of the project only."""

import hashlib
import os
from pathlib import Path

import pytest

from localcloud.provider.project_files import VARIABLE, OutsideProject, project_path
from localcloud.providers import Providers
from localcloud.state_directory import StateDirectory
from tests.localcloud.provider.cases import ACCOUNT
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.test_workers_script import TOKEN

SECRET = "the keys of another stack"
SCRIPT = {"accountId": ACCOUNT, "scriptName": "api"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project folder, next to a file with secrets."""
    (tmp_path / "secrets.json").write_text(SECRET)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.delenv(VARIABLE)
    return tmp_path / "project"


def test_a_file_of_the_project_may_be_read(project: Path) -> None:
    assert project_path("dist/worker.js") == Path("dist/worker.js")
    assert project_path(project / "worker.js") == project / "worker.js"


@pytest.mark.parametrize("path", ["../secrets.json", "dist/../../secrets.json", "/etc/passwd", "../project2/worker.js"])
def test_a_file_outside_the_project_is_rejected(project: Path, path: str) -> None:
    with pytest.raises(OutsideProject):
        project_path(path)


def test_a_link_to_a_file_outside_the_project_is_rejected(project: Path) -> None:
    (project / "worker.js").symlink_to("../secrets.json")
    with pytest.raises(OutsideProject):
        project_path("worker.js")


def test_a_file_of_an_added_folder_may_be_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, os.pathsep.join(["/nowhere", str(project.parent)]))
    assert project_path("../secrets.json") == Path("../secrets.json")


def test_a_file_of_the_local_cloud_is_rejected(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(project / ".localcloud"))
    with pytest.raises(OutsideProject):
        project_path(".localcloud/secrets.json")
    assert project_path(".output/worker.js") == Path(".output/worker.js")


def test_the_service_passes_the_directory_of_the_local_cloud_on(state_directory: StateDirectory) -> None:
    state_directory.write("ports.json", {"cloudflare": 1})
    environment = Providers(state_directory).launch({"provider-cloudflare": 2, "provider-random": 3}).environment
    assert environment["LOCALCLOUD_HOME"] == str(state_directory.path)


@pytest.mark.parametrize("value", ["", os.pathsep])
def test_an_empty_list_adds_no_folder(project: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(OutsideProject):
        project_path("/etc/passwd")


def test_the_source_of_a_script_is_a_file_of_the_project(project: Path, engine: Engine) -> None:
    stolen = {"contentFile": "../secrets.json", "contentSha256": hashlib.sha256(SECRET.encode()).hexdigest()}
    message = engine.failures(TOKEN, {**SCRIPT, **stolen})["contentFile"]
    assert "`contentFile` is `../secrets.json`, which cannot be read: it is outside the project." in message
    assert f"set {VARIABLE} to its folder" in message


def test_modules_of_a_script_are_files_of_the_project(project: Path, engine: Engine) -> None:
    files = {"keys.txt": {"contentType": "text/plain", "contentFile": "../secrets.json"}}
    failures = engine.failures(TOKEN, {**SCRIPT, "content": "export default {}", "files": files})
    assert "it is outside the project" in failures["files"]


def test_assets_are_files_of_the_project(project: Path, engine: Engine) -> None:
    message = engine.failures(TOKEN, {**SCRIPT, "assets": {"directory": ".."}})["assets"]
    assert "`assets.directory` is `..`, which cannot be read: it is outside the project." in message
