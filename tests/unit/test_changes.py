"""The table of changes has a row for each setting, and its results are those of Pulumi's steps."""

from collections import Counter
from typing import Any

import pytest

from tools.changes.mocks import Mocks
from tools.changes.page import page
from tools.changes.settings import setting_paths
from tools.changes.steps import SCRIPT, Step, result_of
from tools.changes.table import PROTECTED, Result, Row, find_value, read_rows, set_value
from tools.matrix import CellFailure

ROWS = {row.path: row for row in read_rows()}
HYPERDRIVE = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
VERSION = "cloudflare:index/workerVersion:WorkerVersion"
PROJECT = "pulumi-python:dynamic/neon:Project"


def test_each_setting_has_one_row_and_each_row_a_setting() -> None:
    assert Counter(row.path for row in read_rows()) == Counter(setting_paths())


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_changes_its_setting(row: Row) -> None:
    assert row.value != row.to
    assert find_value(row.after, row.path) == row.to


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_mentions_what_is_lost_exactly_if_a_resource_is_replaced(row: Row) -> None:
    assert bool(row.lost) is (row.result is Result.REPLACED or row.error == PROTECTED)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_has_a_part_of_the_message_exactly_if_the_change_is_rejected(row: Row) -> None:
    assert bool(row.error) is (row.result is Result.REJECTED)


@pytest.mark.parametrize(
    ("steps", "result"),
    [
        ([], Result.NOTHING),
        ([Step(HYPERDRIVE, "main", "same")], Result.NOTHING),
        ([Step(HYPERDRIVE, "main", "create")], Result.IN_PLACE),
        ([Step(HYPERDRIVE, "main", "update"), Step(SCRIPT, "api", "update")], Result.REDEPLOYED),
        ([Step(VERSION, "api", "replace")], Result.REDEPLOYED),
        ([Step(SCRIPT, "api", "create-replacement")], Result.REPLACED),
        ([Step(HYPERDRIVE, "main", "delete"), Step(SCRIPT, "api", "update")], Result.REPLACED),
        ([Step(PROJECT, "main", "replace", is_protected=True)], Result.REJECTED),
        ([Step(PROJECT, "main", "update", is_protected=True)], Result.IN_PLACE),
    ],
)
def test_the_result_is_the_greatest_loss_of_all_steps(steps: list[Step], result: Result) -> None:
    assert result_of(steps) is result


def test_name_is_the_first_key_of_a_map_and_missing_maps_are_created() -> None:
    config: dict[str, Any] = {"workers": {"api": {}, "web": {}}}
    set_value(config, "workers.NAME.limits.cpuMs", 50)
    assert config == {"workers": {"api": {"limits": {"cpuMs": 50}}, "web": {}}}
    set_value(config, "workers.NAME.limits.cpuMs", None)
    assert config["workers"]["api"] == {"limits": {}}


@pytest.fixture(scope="module")
def mocks(tmp_path_factory: pytest.TempPathFactory) -> Mocks:
    return Mocks(tmp_path_factory.mktemp("changes"))


@pytest.mark.parametrize(
    "path",
    [
        "databases.NAME.hyperdrive.connectionLimit",
        "databases.NAME.hyperdrive.configName",
        "databases.NAME[neon].project.region",
        "databases.NAME[cloud-sql].database",
        "databases.NAME[cloud-sql].diskSize",
        "databases.NAME[cloud-sql].postgresVersion",
        "databases.NAME[cloud-sql].privateNetwork",
        "databases.NAME[rds].backupDays",
        "kv.NAME.jurisdiction",
        "workers.NAME.vars",
        "workers.NAME.rollout",
        "workers.NAME.files.NAME.path",
    ],
)
def test_a_change_on_mocks_has_the_result_of_its_row(path: str, mocks: Mocks) -> None:
    mocks.play(ROWS[path])


@pytest.mark.parametrize("wrong", [result for result in Result if result is not Result.REDEPLOYED])
def test_a_wrong_result_fails(wrong: Result, mocks: Mocks) -> None:
    row = ROWS["workers.NAME.vars"]
    with pytest.raises(CellFailure, match="redeployed, expected"):
        mocks.play(Row(row.path, row.base, row.to, wrong))


def test_a_rejection_with_another_message_fails(mocks: Mocks) -> None:
    row = ROWS["workers.NAME.rollout"]
    with pytest.raises(CellFailure, match="rejected without `other`"):
        mocks.play(Row(row.path, row.base, row.to, row.result, error="other"))


def test_the_page_has_the_result_of_each_change() -> None:
    text = page()
    assert "| `workers.NAME.vars` | – | `{LOG_LEVEL: debug}` | redeployed | – |" in text
    assert text.count("\n| `") == len(ROWS)
