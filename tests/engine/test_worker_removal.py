"""Cloudflare does not delete a script that owns Durable Objects or is bound to itself: the fix, and `force`."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.deployment import Deployment
from tests.engine.test_workers import ROOMS
from tests.engine.vendor_stacks import error_of
from tests.engine.worker_sites import WorkerSite

pytestmark = pytest.mark.engine

DESTROY = ("destroy", "--yes", "--skip-preview")


@pytest.fixture
def site(deployment: Deployment, tmp_path: Path) -> WorkerSite:
    return WorkerSite(deployment, tmp_path / "site")


def rooms(site: WorkerSite, **settings: Any) -> dict[str, dict[str, Any]]:
    """A Worker with a Durable Object class, bound to itself and to the class unless `settings` differ."""
    bundle = site.write("rooms")
    (site.folder / "rooms.js").write_text(ROOMS)
    bound = {"services": {"SELF": "rooms"}, "durableObjects": {"ROOMS": {"className": "Room"}}}
    created = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}
    return {"rooms": {"bundle": bundle, "migrations": created, **bound, **settings}}


def test_a_worker_with_durable_objects_is_destroyed_after_an_update_without_them(site: WorkerSite) -> None:
    site.declared(rooms(site)).deployment.up()
    assert "referenced by service bindings of: edge-postgres-local-rooms" in error_of(site.deployment, *DESTROY)
    assert len(site.deployment.stored()["scripts"]) == 1

    deleted = {"old_tag": "v1", "new_tag": "v2", "deleted_classes": ["Room"]}
    prepared = site.declared(rooms(site, services={}, durableObjects={}, migrations=deleted))
    prepared.deployment.up()
    prepared.deployment.stack.pulumi(*DESTROY)
    assert prepared.deployment.stored()["scripts"] == []


def test_a_disposable_stack_deletes_a_worker_with_durable_objects_with_force(site: WorkerSite) -> None:
    forced = site.declared(rooms(site, transform={"script": {"force": True}}))
    forced.deployment.up()
    forced.deployment.stack.pulumi(*DESTROY)
    assert forced.deployment.stored()["scripts"] == []
