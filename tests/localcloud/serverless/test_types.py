"""The value of each Postgres type in a Worker of the serverless driver, as its page shows it."""

from pathlib import Path
from typing import Any

import pytest

from tests.localcloud import types_tables
from tests.localcloud.serverless.conftest import Database, Runtime


@pytest.fixture
def deployed(runtime: Runtime, items: Database, tmp_path: Path) -> Runtime:
    for name, _, content in types_tables.modules():
        (tmp_path / name).write_bytes(content)
    modules = {name: tmp_path / name for name, _, _ in types_tables.modules()}
    runtime.deploy(modules, "2026-11-01", items.url)
    return runtime


def test_the_page_of_the_driver_shows_the_values_of_all_types(deployed: Runtime) -> None:
    def answer(value: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = deployed.ask("/ppg", "POST", json=value).raise_for_status().json()
        return found

    types_tables.compare_with_page("ppg", types_tables.table(answer))


def test_the_rows_of_a_result_can_be_read_one_after_the_other(deployed: Runtime) -> None:
    assert deployed.ask("/ppg/stream").json() == [1] * 1200
