"""The suites, at pinned versions. Their packages come from the Go module proxy, PyPI and npm."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

from localcloud import node
from tools.go_module import toolchain
from tools.matrix import CellFailure

DOWNLOAD_SECONDS = 600
RUN_SECONDS = 900
NODE_MILLISECONDS = 20_000
"""The time for one Mocha test. Mocha's default of 2 seconds is short for a busy machine."""
_NODE_TLS = {"require": {"PGSSLMODE": "no-verify"}, "disable": {}}
"""`require` verifies the certificate in pg."""
GO_ENVIRONMENT = {"GOWORK": "off", "CGO_ENABLED": "0"}
_GO_RESULT = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+) ", re.MULTILINE)
_GO_START = re.compile(r"^=== RUN   (Test\w+)$", re.MULTILINE)

_GO_PANIC = re.compile(r"^panic: .*?\.(Test\w+)\(0x", re.MULTILINE | re.DOTALL)
"""The test in the stack of a panic, which ends the program."""
PACKAGES = Path(__file__).parent / "packages"

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
        if not (unfinished := set(_GO_START.findall(output)) - {name for _, name in results}):
            return found
        ended_by = _GO_PANIC.search(output)
        if not ended_by or ended_by[1] in omitted:
            raise CellFailure(f"{', '.join(sorted(unfinished))} did not end: {output[-500:]}")
        # A test that panics ends the program, so that the others run again without it.
        return {**self.run(folder, environment, only, {*omitted, ended_by[1]}), ended_by[1]: False}


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
        # pytest cannot display each RecursionError: https://github.com/pytest-dev/pytest/issues/10763
        options = ["-q", "--tb=native", "-p", "no:cacheprovider", f"--junitxml={report}"]
        output = _run([sys.executable, "-m", "pytest", *options, *selected], folder, environment, check=False)
        if not report.exists():
            raise CellFailure(f"The tests did not end: {output[-500:]}")
        return _combined(_results_of(ElementTree.parse(report)))  # noqa: S314  # pytest has written it


@dataclass(frozen=True)
class NodeSuite:
    """The Mocha tests in an npm package, at the version of `packages/package-lock.json`."""

    package: str

    def prepare(self, folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGES / name, folder)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run([str(node.program()), str(node.NPM), "ci", *options], folder, {})

    def run(
        self, folder: Path, environment: Mapping[str, str], only: Collection[str], omitted: Collection[str]
    ) -> Results:
        report = folder / "report.json"
        report.unlink(missing_ok=True)
        options = ["--exit", f"--timeout={NODE_MILLISECONDS}", "--reporter=json", f"--reporter-option=output={report}"]
        if only or omitted:
            names = "|".join(map(re.escape, sorted(set(only) - set(omitted) or omitted)))
            options += [f"--grep=^({names})$", *([] if only else ["--invert"])]
        # The tests end at each warning, and newer versions of pg warn about old options.
        command = [str(node.program()), "--no-deprecation", "node_modules/mocha/bin/mocha.js", *options]
        files = sorted(str(path) for path in (folder / "node_modules" / self.package / "test").glob("*.js"))
        output = _run([*command, *files], folder, {**environment, **_NODE_TLS[environment["PGSSLMODE"]]}, check=False)
        if not report.exists():
            raise CellFailure(f"The tests did not end: {output[-500:]}")
        content = json.loads(report.read_text())
        passed, failed = ([test["fullTitle"] for test in content[kind]] for kind in ("passes", "failures"))
        return _combined([*((name, True) for name in passed), *((name, False) for name in failed)])


def _combined(results: Iterable[tuple[str, bool]]) -> Results:
    """A test with several results, such as those of its parts, passes if all are good."""
    found: dict[str, bool] = {}
    for name, has_passed in results:
        found[name] = found.get(name, True) and has_passed
    return found


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
