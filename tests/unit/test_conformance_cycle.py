"""The updates that a program did not ask for, in the previews of a cycle."""

import json
from typing import Any

import pytest

from localcloud.stack_file import StackFile
from tools.conformance.cycle import changed_settings, expect_no_update, expect_only_changed_resources, planned
from tools.conformance.stacks import stack_names
from tools.matrix import CellFailure

SCRIPT = "urn:pulumi:local::edge-postgres::edge-postgres:index:Worker$cloudflare:index/workersScript:WorkersScript::api"
CONFIG = "urn:pulumi:local::edge-postgres::cloudflare:index/hyperdriveConfig:HyperdriveConfig::main"


class Preview:
    """An engine whose preview has fixed steps."""

    def __init__(self, *steps: dict[str, Any]) -> None:
        self.steps = steps

    def pulumi(self, *arguments: str) -> str:
        return json.dumps({"steps": self.steps})


def step(urn: str, operation: str = "same", inputs: Any = None, *properties: str) -> dict[str, Any]:
    return {
        "urn": urn,
        "op": operation,
        "newState": {"inputs": inputs or {}},
        "detailedDiff": {name: {} for name in properties},
    }


def test_a_preview_without_changes_passes() -> None:
    assert set(expect_no_update(Preview(step(SCRIPT), step(CONFIG)), "after refresh")) == {SCRIPT, CONFIG}


def test_an_update_is_reported_with_its_resource_and_properties() -> None:
    with pytest.raises(CellFailure, match=r"after refresh: update of WorkersScript api \(limits\)"):
        expect_no_update(Preview(step(SCRIPT, "update", {}, "limits")), "after refresh")


def test_an_update_of_a_resource_with_changed_inputs_passes() -> None:
    before, after = Preview(step(SCRIPT, inputs={"vars": 1})), Preview(step(SCRIPT, "update", {"vars": 2}))
    expect_only_changed_resources(planned(before), planned(after))


def test_an_update_of_a_resource_with_equal_inputs_is_reported() -> None:
    before = Preview(step(SCRIPT, inputs={"vars": 1}), step(CONFIG, inputs={"name": "main"}))
    after = Preview(step(SCRIPT, "update", {"vars": 2}), step(CONFIG, "update", {"name": "main"}, "mtls"))
    with pytest.raises(CellFailure, match=r"in an update: update of HyperdriveConfig main \(mtls\)$"):
        expect_only_changed_resources(planned(before), planned(after))


def test_a_changed_program_without_an_update_is_reported() -> None:
    with pytest.raises(CellFailure, match="A changed program has no update"):
        expect_only_changed_resources({}, planned(Preview(step(SCRIPT))))


@pytest.mark.parametrize("name", stack_names()[0])
def test_the_cycle_changes_the_settings_of_every_stack(name: str) -> None:
    settings = StackFile.of(name).settings()
    assert changed_settings(settings) != settings


def test_a_stack_that_the_local_cloud_cannot_run_has_a_reason() -> None:
    names, omitted = stack_names()
    assert "worker" in names
    assert omitted["rds"] == "has a database at a vendor without emulator."
