"""The directory of a local cloud: how it is recognised, and what is deleted."""

import os
import shutil
import stat
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from localcloud.account import Account
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.postgres_files import PostgresFiles
from localcloud.state_directory import MARKER, StateDirectory
from tests.localcloud.stranger import only_root


def content(folder: Path) -> dict[str, tuple[int, str | None]]:
    """Returns modes and contents of all files by path, `.` for the folder."""
    return {
        str(path.relative_to(folder)): (stat.S_IMODE(path.stat().st_mode), path.read_text() if path.is_file() else None)
        for path in (folder, *folder.rglob("*"))
    }


def give_to_stranger(path: Path) -> None:
    stranger = Account.unprivileged()
    assert stranger
    os.chown(path, stranger.user_id, stranger.group_id)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder of the user with work that is no local cloud's."""
    folder = tmp_path / "thesis"
    folder.mkdir(mode=0o755)
    (folder / "README.txt").write_text("years of work")
    (folder / "logs").mkdir()
    (folder / "logs" / "2026.txt").write_text("more work")
    return folder


@pytest.mark.parametrize("remove", [False, True])
def test_down_changes_nothing_in_a_folder_that_is_no_local_cloud(foreign: Path, remove: bool) -> None:
    before = content(foreign)
    Instance(foreign).stop(print, remove=remove)
    assert content(foreign) == before


def test_up_rejects_a_folder_with_other_files_and_changes_nothing(foreign: Path) -> None:
    before = content(foreign)
    with pytest.raises(LocalCloudError, match="contains other files"):
        StateDirectory(foreign).prepare()
    assert content(foreign) == before


@pytest.mark.parametrize("fake", ["link", "folder"])
def test_a_marker_that_is_no_file_does_not_count(foreign: Path, fake: str) -> None:
    if fake == "link":
        (foreign / MARKER).symlink_to("README.txt")
    else:
        (foreign / MARKER).mkdir()
    assert not StateDirectory(foreign).is_marked()


@only_root
def test_a_marker_of_another_user_does_not_count(foreign: Path) -> None:
    (foreign / MARKER).touch()
    give_to_stranger(foreign / MARKER)
    assert not StateDirectory(foreign).is_marked()


@only_root
@pytest.mark.parametrize("command", [Instance.start, Instance.stop, partial(Instance.stop, remove=True)])
def test_a_directory_of_another_user_is_rejected(state_directory: StateDirectory, command: Any) -> None:
    state_directory.write("ports.json", {})
    give_to_stranger(state_directory.path)
    before = content(state_directory.path)
    with pytest.raises(LocalCloudError, match="belongs to the user with id "):
        command(Instance(state_directory.path), report=print)
    assert content(state_directory.path) == before
    os.chown(state_directory.path, os.geteuid(), os.getegid())


def test_removal_keeps_other_files_and_reports_them(state_directory: StateDirectory) -> None:
    state_directory.write("ports.json", {})
    state_directory.folder("logs")
    (state_directory.path / "notes.txt").write_text("mine")
    lines: list[str] = []
    Instance(state_directory.path).stop(lines.append, remove=True)
    assert lines == [f"deleted {state_directory.path}, except for files that are not the local cloud's: notes.txt"]
    assert content(state_directory.path).keys() == {".", "notes.txt"}


def test_removal_does_not_follow_a_link(state_directory: StateDirectory, foreign: Path) -> None:
    before = content(foreign)
    (state_directory.path / "logs").symlink_to(foreign)
    Instance(state_directory.path).stop(print, remove=True)
    assert content(foreign) == before
    assert not state_directory.path.exists()


def test_removal_stays_in_the_directory_that_it_checked(
    state_directory: StateDirectory, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user, who owns the parent, replaces the directory by a link during the removal."""
    for name in ("certificates", "logs"):
        state_directory.folder(name)
    before, moved, delete = content(foreign), foreign.with_name("moved"), shutil.rmtree

    def replace_and_delete(name: str, **options: Any) -> None:
        if not moved.exists():
            state_directory.path.rename(moved)
            state_directory.path.symlink_to(foreign)
        delete(name, **options)

    monkeypatch.setattr(shutil, "rmtree", replace_and_delete)
    with suppress(NotADirectoryError):
        state_directory.remove()
    assert moved.exists()
    assert content(foreign) == before
    assert list(moved.iterdir()) == []
    state_directory.path.unlink()


def test_removal_deletes_the_rest_of_an_interrupted_write(state_directory: StateDirectory) -> None:
    (state_directory.path / ".ports.json-x1y2").touch()
    assert state_directory.remove() == []
    assert not state_directory.path.exists()


@only_root
def test_removal_keeps_a_work_directory_of_another_user(state_directory: StateDirectory) -> None:
    directory = PostgresFiles.of(state_directory).work_directory
    assert directory
    directory.mkdir()
    (directory / "work.txt").touch()
    give_to_stranger(directory)
    Instance(state_directory.path).stop(print, remove=True)
    assert (directory / "work.txt").exists()
    (directory / "work.txt").unlink()
    directory.rmdir()


def test_two_concurrent_first_starts_create_one_directory(tmp_path: Path) -> None:
    directory, errors = StateDirectory(tmp_path / "new"), list[BaseException]()

    def prepare() -> None:
        try:
            directory.prepare()
            directory.write("ports.json", {})
        except LocalCloudError as error:
            errors.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert directory.is_marked()
