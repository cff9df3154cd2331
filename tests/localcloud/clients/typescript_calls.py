"""Runs the clients of the folder `typescript`, which call an emulator, and checks their types and their requests."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import BaseRoute, Match, Route

from localcloud import node
from localcloud.state_directory import CHECKOUT

FOLDER = Path(__file__).parent / "typescript"
TIMEOUT_SECONDS = 120
Endpoint = tuple[str, str]
"""Method and path."""


def requires(package: str) -> pytest.MarkDecorator:
    """Returns the mark that skips a test if a package of the folder is not installed."""
    return pytest.mark.skipif(
        not (FOLDER / "node_modules" / package).exists(),
        reason="the packages of the tests are not installed; `make test` installs them",
    )


def run(
    program: Path, *arguments: str, variables: dict[str, str], folder: Path = FOLDER
) -> subprocess.CompletedProcess[str]:
    """Runs a program of Node.js with only these environment variables and PATH."""
    return subprocess.run(
        [str(node.program()), str(program), *arguments],
        env={"PATH": os.environ.get("PATH", os.defpath), **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )


def call(file: str, *arguments: str, variables: dict[str, str]) -> Any:
    """Returns the JSON that a file of the folder prints."""
    ended = run(FOLDER / file, *arguments, variables=variables)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def type_errors(file: Path) -> str:
    """Returns the errors of the type checker in a file. No error shows that the calls use a client as intended."""
    packages = CHECKOUT / "workers" / "node_modules"
    options = ("--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--types", "node")
    target = ("--module", "nodenext", "--target", "es2024", "--typeRoots", str(packages / "@types"))
    ended = run(packages / "typescript" / "bin" / "tsc", *options, *target, str(file), variables={})
    assert bool(ended.returncode) is bool(ended.stdout), ended.stderr
    return ended.stdout


def endpoints_not_called(routes: Iterable[BaseRoute], requests: Iterable[dict[str, Any]], base: str) -> set[Endpoint]:
    """Returns the endpoints of an emulator that no request has called.

    Args:
        routes: The endpoints below the base path.
        requests: The requests that the emulator has recorded, each with `method` and `path`.
        base: The base path of the API, which the recorded paths can contain.
    """
    called = {(request["method"], request["path"].removeprefix(base)) for request in requests}
    return {
        (method, route.path)
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
        if not any(_is_served(route, method, *each) for each in called)
    }


def _is_served(route: Route, method: str, called_method: str, path: str) -> bool:
    scope = {"type": "http", "method": method, "path": path}
    return called_method == method and route.matches(scope)[0] is Match.FULL
