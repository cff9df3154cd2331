"""The suites, at pinned versions. Their packages come from the Go module proxy and PyPI."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

from tools.go_module import toolchain
from tools.matrix import CellFailure

DOWNLOAD_SECONDS = 600
RUN_SECONDS = 900
GO_ENVIRONMENT = {"GOWORK": "off", "CGO_ENABLED": "0"}
_GO_RESULT = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+) ", re.MULTILINE)
_GO_START = re.compile(r"^=== RUN   (Test\w+)$", re.MULTILINE)

_GO_FRAME = re.compile(r"\.(Test\w+)\(0x")
"""A test in the stack of a panic."""

Results = Mapping[str, bool]
"""Whether each test passed, by its name. Skipped tests are omitted."""


class Suite(Protocol):
    """The tests of one package of a driver."""

    def prepare(self, folder: Path) -> None:
        """Downloads and builds the tests in an empty folder. Raises ``CellFailure``."""

    def run(
        self, folder: Path, environment: Mapping[str, str], only: Collection[str], omitted: Collection[str]
    ) -> Results:
        """Runs the tests ``only``, or all except ``omitted``. Raises ``CellFailure`` if the suite does not end."""


@dataclass(frozen=True)
class GoSuite:
    """A package of a Go module."""

    module: str
    version: str
    package: str = "."

    def prepare(self, folder: Path) -> None:
        go = toolchain()
        downloaded = _run([go, "mod", "download", "-json", f"{self.module}@{self.version}"], folder, GO_ENVIRONMENT)
        source = folder / "source"
        shutil.copytree(json.loads(downloaded)["Dir"], source)
        for path in [source, *source.rglob("*")]:  # files of the module cache are read-only
            path.chmod(0o700)
        build = [go, "test", "-trimpath", "-c", "-o", str(folder / "tests"), f"./{self.package}"]
        _run(build, source, GO_ENVIRONMENT)

    def run(
        self, folder: Path, environment: Mapping[str, str], only: Collection[str], omitted: Collection[str]
    ) -> Results:
        command = [str(folder / "tests"), "-test.v", f"-test.timeout={RUN_SECONDS}s"]
        command += [f"-test.run=^({'|'.join(sorted(only))})$"] if only else []
        command += [f"-test.skip=^({'|'.join(sorted(omitted))})$"] if omitted else []
        output = _run(command, folder / "source" / self.package, environment, check=False)
        results = _GO_RESULT.findall(output)
        found = {name: result == "PASS" for result, name in results if result != "SKIP"}
        unfinished = set(_GO_START.findall(output)) - {name for _, name in results}
        if not unfinished:
            return found
        ended_by = [name for name in _GO_FRAME.findall(output) if name in unfinished]
        if not ended_by:
            raise CellFailure(f"{', '.join(sorted(unfinished))} did not end: {output[-500:]}")
        # A test that panics ends the program, so that the others run again without it.
        return {**self.run(folder, environment, only, {*omitted, ended_by[0]}), ended_by[0]: False}


@dataclass(frozen=True)
class PythonSuite:
    """The tests in the source distribution of a Python package. The installed package is tested."""

    package: str
    version: str
    sha256: str
    files: tuple[str, ...]

    def prepare(self, folder: Path) -> None:
        requirement = folder / "requirements.txt"
        requirement.write_text(f"{self.package}=={self.version} --hash=sha256:{self.sha256}\n")
        options = ["--no-deps", "--no-binary", self.package, "--require-hashes", "--disable-pip-version-check"]
        _run([sys.executable, "-m", "pip", "download", *options, "-r", str(requirement), "-d", str(folder)], folder, {})
        with tarfile.open(folder / f"{self.package}-{self.version}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        (folder / f"{self.package}-{self.version}" / "tests").rename(folder / "tests")

    def run(
        self, folder: Path, environment: Mapping[str, str], only: Collection[str], omitted: Collection[str]
    ) -> Results:
        report = folder / "report.xml"
        report.unlink(missing_ok=True)
        names = [f"tests/{name}.py" for name in self.files]
        selected = [f"--deselect={_id(name)}" for name in omitted] + ([_id(name) for name in only] or names)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *selected]
        output = _run(command, folder, environment, check=False)
        if not report.exists():
            raise CellFailure(f"The tests did not end: {output[-500:]}")
        return dict(_results_of(ElementTree.parse(report)))  # noqa: S314  # pytest has written it


def _id(name: str) -> str:
    """Returns pytest's name of `test_file.Class.test`."""
    file, group, test = name.split(".")
    return f"tests/{file}.py::{group}::{test}"


def _results_of(report: "ElementTree.ElementTree[ElementTree.Element]") -> Iterator[tuple[str, bool]]:
    for case in report.iter("testcase"):
        if case.find("skipped") is None:
            name = f"{case.get('classname', '').removeprefix('tests.')}.{case.attrib['name']}"
            yield name, case.find("failure") is None and case.find("error") is None


def _run(command: list[str], folder: Path, environment: Mapping[str, str], *, check: bool = True) -> str:
    limit = DOWNLOAD_SECONDS if check else RUN_SECONDS + 30
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if check else subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CellFailure(f"`{Path(command[0]).name}` did not end within {limit} seconds.") from None
    if check and ended.returncode != 0:
        raise CellFailure(f"`{' '.join(command[:3])}` failed with exit status {ended.returncode}.")
    return ended.stdout
