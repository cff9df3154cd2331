"""Hyperdrive configurations that exist at Cloudflare are imported by the steps of `docs/adoption.md`."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.instance import Instance
from tests.engine.adoption import Existing, adopt
from tests.engine.deployment import Deployment
from tests.engine.test_rotation import as_superuser

pytestmark = pytest.mark.engine

CONFIG = "shop-db"
CACHING = {"disabled": False, "max_age": 60, "stale_while_revalidate": 15}


def with_hyperdrive(deployment: Deployment, database: dict[str, Any], hyperdrive: dict[str, Any]) -> Deployment:
    """The stack without a Worker, with other settings of its database."""

    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:workers"]
        main = config["edge-postgres:databases"]["main"]
        main.update(database)
        main["hyperdrive"].update({"configName": CONFIG, **hyperdrive})

    return deployment.changed(change)


def test_a_pair_of_configurations_is_imported(deployment: Deployment) -> None:
    cached = {"caching": {"maxAge": 60, "staleWhileRevalidate": 15}, "connectionLimit": 20, "fresh": {"share": 0.5}}
    existing = Existing(with_hyperdrive(deployment, {}, cached))
    existing.create_configuration(CONFIG, caching=CACHING)
    existing.create_configuration(f"{CONFIG}-fresh")
    before = deployment.stored()
    adopted = adopt(existing)
    assert adopted.unexpected() == {}
    adopted.complete()
    assert deployment.stored() == before


@pytest.fixture
def second_role(cloud: Instance) -> Iterator[str]:
    """A login role with the password of the database's role."""
    password = httpx.URL(cloud.database_url).password
    as_superuser(cloud, f"create role shop_b login password '{password}'")
    yield "shop_b"
    as_superuser(cloud, "drop role shop_b")


def test_an_existing_configuration_becomes_slot_a_and_is_renamed(deployment: Deployment, second_role: str) -> None:
    url = httpx.URL(deployment.url)
    deployment.prepare(**{"databases.main.password": url.password})
    users = {"a": url.username, "b": second_role}
    slots = {slot: {"user": user, "passwordSecret": "databases.main.password"} for slot, user in users.items()}
    existing = Existing(with_hyperdrive(deployment, {"credentials": {"activeSlot": "a", **slots}}, {}))
    kept = existing.create_configuration(CONFIG, f"{CONFIG}-a")
    adopted = adopt(existing)
    assert adopted.unexpected(**{f"HyperdriveConfig {CONFIG}-b": "create"}) == {}
    adopted.complete()
    assert existing.at_account("GET", f"hyperdrive/configs/{kept}")["name"] == f"{CONFIG}-a"
    assert len(deployment.stored()["hyperdrive"]) == 2
