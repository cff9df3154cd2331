"""Changes of a database's route and of its credentials, on the real engine: the Worker answers throughout."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from localcloud.instance import Instance
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.test_budget_and_pair import AGES
from tests.engine.test_private_routes import TUNNEL, VPC, connect, with_route
from tests.engine.test_rotation import as_superuser
from tests.engine.throughout import asked_throughout

pytestmark = pytest.mark.engine

HOST = f"{SCRIPT}.localhost"


def success_of(answer: httpx.Response) -> str:
    return str(answer.json()["success"])


def up_while_the_worker_answers(deployment: Deployment) -> dict[str, int]:
    """Deploys the stack, checks that the Worker reads from the database all the time, and that nothing is left to do.

    Returns the number of resources by operation.
    """
    with asked_throughout(deployment.cloud, HOST, read=success_of) as answers:
        changes = deployment.up()
    assert answers[HOST].texts == ["True"]
    assert set(deployment.up()) == {"same"}
    return changes


def test_the_kind_of_a_route_changes_and_the_tunnel_stays(deployment: Deployment) -> None:
    connect(deployment)
    service = with_route(deployment, VPC)
    service.up()
    tunnels, configs = (service.stored()[kind] for kind in ("tunnels", "hyperdrive"))
    for route in (TUNNEL, VPC):
        changed = with_route(service, route)
        assert "replace" not in " ".join(changed.previewed().values())
        up_while_the_worker_answers(changed)
        assert (changed.stored()["tunnels"], changed.stored()["hyperdrive"]) == (tunnels, configs)
    left = {kind for kind, ids in changed.stored().items() if ids}
    assert not left & {"dns_records", "access_apps", "access_policies", "service_tokens"}


@pytest.fixture
def no_roles_left(cloud: Instance) -> Iterator[None]:
    yield
    for role in ("app_a", "app_b"):
        as_superuser(cloud, f"drop role if exists {role}")


def with_slots(deployment: Deployment, slot: str | None, **hyperdrive: Any) -> Deployment:
    """The same stack, whose database has two roles that take turns, unless ``slot`` is None."""
    admin = urlsplit(deployment.cloud.postgres.admin_url)

    def change(config: dict[str, Any]) -> None:
        database = config["edge-postgres:databases"]["main"]
        database["hyperdrive"] = {"connectionLimit": 10, "caching": AGES, **hyperdrive}
        database.pop("credentials", None)
        if slot:
            database["credentials"] = {
                "activeSlot": slot,
                "adminUser": admin.username,
                "adminPasswordSecret": "databases.main.admin",
            }

    return deployment.changed(change)


@pytest.mark.usefixtures("no_roles_left")
@pytest.mark.parametrize("hyperdrive", [{}, {"fresh": {"share": 0.5}}], ids=["single", "pair"])
def test_slots_are_taken_out_and_back(deployment: Deployment, hyperdrive: dict[str, Any]) -> None:
    admin = urlsplit(deployment.cloud.postgres.admin_url)
    deployment.prepare(**{"databases.main.admin": unquote(admin.password or "")})
    slots = with_slots(deployment, "b", **hyperdrive)
    slots.up()
    kept = set(slots.stored()["hyperdrive"])
    for slot in (None, "a"):
        changed = with_slots(slots, slot, **hyperdrive)
        assert "replace" not in " ".join(changed.previewed().values())
        up_while_the_worker_answers(changed)
        kept &= set(changed.stored()["hyperdrive"])
    assert len(kept) == (2 if hyperdrive else 1)
