"""Which resources a Worker is made of."""

import pytest

from edge_postgres.workers.deployment_kind import DeploymentKind, deployment_kind
from edge_postgres.workers.placement import PlacementArgs


@pytest.mark.parametrize("placement", [None, {}, {"mode": "smart"}])
def test_a_worker_is_one_script_if_nothing_needs_versions(placement: PlacementArgs | None) -> None:
    assert deployment_kind(placement=placement, files={}) is DeploymentKind.SCRIPT


@pytest.mark.parametrize(
    "placement", [{"region": "aws:eu-central-1"}, {"host": "db.example.com:5432"}, {"hostname": "db.example.com"}]
)
def test_a_placement_that_names_a_place_needs_versions(placement: PlacementArgs) -> None:
    assert deployment_kind(placement=placement) is DeploymentKind.VERSIONS


def test_a_rollout_needs_versions() -> None:
    assert deployment_kind(rollout=True) is DeploymentKind.VERSIONS


def test_additional_modules_need_versions() -> None:
    assert deployment_kind(files={"query.wasm": "build/query.wasm"}) is DeploymentKind.VERSIONS
