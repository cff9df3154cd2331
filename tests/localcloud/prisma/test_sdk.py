"""Prisma's SDK, for every endpoint of the emulator. The types of the SDK check every response.

The calls are in `tests/localcloud/clients/typescript/prisma.ts`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.postgres import Postgres
from localcloud.prisma.app import RESOURCES
from tests.localcloud.clients.typescript_calls import FOLDER, call, endpoints_not_called, requires, type_errors
from tests.localcloud.prisma.api import TOKEN
from tests.localcloud.prisma.conftest import started
from tests.localcloud.serving import emptied

SDK = FOLDER / "node_modules/@prisma/management-api-sdk"

Recorded = dict[str, Any]

NOT_IN_SDK = {("get", "/v1/databases/{databaseId}/connections", 404)}
"""Statuses that the types do not have. The emulator responds with the error that all operations share."""

pytestmark = requires("@prisma/management-api-sdk")


@pytest.fixture(scope="module")
def emulator(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with emptied(started(postgres, tmp_path_factory.mktemp("prisma"))) as client:
        yield client


@pytest.fixture(scope="module")
def recorded(emulator: httpx.Client) -> list[Recorded]:
    """The requests of all calls with the responses. The calls have succeeded."""
    base_url = str(emulator.base_url).rstrip("/")
    found: list[Recorded] = call("prisma.ts", base_url, variables={"PRISMA_SERVICE_TOKEN": TOKEN})
    return found


def declarations(recorded: list[Recorded]) -> str:
    """Returns a module with each response as a constant that has the type of its operation and status."""
    lines = [f'import type {{ paths }} from "{SDK}/dist/index.js";']
    for number, each in enumerate(recorded):
        if (each["method"], each["path"], each["status"]) in NOT_IN_SDK:
            continue
        operation = f'paths["{each["path"]}"]["{each["method"]}"]["responses"][{each["status"]}]'
        content = f'{operation}["content"]["application/json"]' if each["response"] else f'{operation}["content"]'
        value = json.dumps(each["response"]) if each["response"] else "undefined"
        lines.append(f"export const response{number}: {content} = {value};")
    return "\n".join(lines)


def test_the_calls_have_the_types_of_the_sdk() -> None:
    assert type_errors(FOLDER / "prisma.ts") == ""


def test_every_response_has_the_type_of_the_sdk(recorded: list[Recorded], tmp_path: Path) -> None:
    """The object literals also show fields that the types do not have."""
    module = tmp_path / "responses.ts"
    module.write_text(declarations(recorded))
    assert type_errors(module) == ""


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"unknownField": 1}, "unknownField"), ({"name": None}, "Type 'null'"), ({"type": "database"}, '"database"')],
    ids=["a field too many", "null", "another constant"],
)
def test_a_response_of_another_type_is_found(
    recorded: list[Recorded], tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    shown = next(each for each in recorded if each["path"] == "/v1/projects/{id}" and each["status"] == 200)
    wrong = {**shown, "response": {"data": {**shown["response"]["data"], **change}}}
    module = tmp_path / "responses.ts"
    module.write_text(declarations([wrong]))
    assert problem in type_errors(module)


def test_the_sdk_calls_every_endpoint_of_the_emulator(recorded: list[Recorded], emulator: httpx.Client) -> None:
    assert recorded
    requests = emulator.get("/__localcloud/requests").json()["requests"]
    assert endpoints_not_called(RESOURCES, requests, "/v1") == set()
