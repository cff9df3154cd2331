"""A fixed sample of `make changes`: changes of settings on the real engine."""

from collections.abc import Iterator

import pytest

from localcloud.instance import Instance
from tools.changes.engine import RunningStack
from tools.changes.table import read_rows

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

ROWS = {row.path: row for row in read_rows()}


@pytest.fixture(scope="module")
def running(cloud: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    stack = RunningStack(cloud, tmp_path_factory.mktemp("changes"))
    try:
        yield stack
    finally:
        stack.close()


@pytest.mark.parametrize(
    "path",
    [
        "databases.NAME.hyperdrive.connectionLimit",
        "databases.NAME.hyperdrive.configName",
        "databases.NAME.hyperdrive.unallocated",
        "workers.NAME.files.NAME.path",
        "workers.NAME.rollout.percentage",
    ],
)
def test_a_preview_of_a_change_has_the_result_of_its_row(path: str, running: RunningStack) -> None:
    running.preview(ROWS[path])


def test_a_changed_connection_limit_is_deployed_and_undone(running: RunningStack) -> None:
    running.up(ROWS["databases.NAME.hyperdrive.connectionLimit"])


def test_the_replacement_of_a_protected_project_is_rejected(running: RunningStack) -> None:
    running.preview(ROWS["databases.NAME[neon].project.region"])
