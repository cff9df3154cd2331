"""A setting that leaves the stack file also leaves the Worker."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.deployment import Deployment
from tests.engine.test_workers import from_emulator
from tests.engine.worker_sites import WorkerSite

pytestmark = pytest.mark.engine


@pytest.fixture
def site(deployment: Deployment, tmp_path: Path) -> WorkerSite:
    return WorkerSite(deployment, tmp_path / "site")


def settings_of(site: WorkerSite, **settings: Any) -> dict[str, Any]:
    """The settings at Cloudflare of a Worker with these settings."""
    deployed = site.declared({"api": settings})
    deployed.deployment.up()
    deployed.expect_no_change()
    shown: dict[str, Any] = from_emulator(deployed.deployment, "settings")
    return shown


def test_removed_limits_end(site: WorkerSite) -> None:
    assert settings_of(site, limits={"cpuMs": 50})["limits"] == {"cpu_ms": 50}
    assert "limits" not in settings_of(site)


def test_a_removed_place_ends_also_if_the_worker_stays_deployed_by_versions(site: WorkerSite) -> None:
    files = {"words.txt": site.write("words")}
    place = {"region": "aws:eu-central-1"}
    assert settings_of(site, files=files, placement=place)["placement"]["region"] == "aws:eu-central-1"
    assert "placement" not in settings_of(site, files=files)
