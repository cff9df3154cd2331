"""A cached and a fresh configuration on one database, within its connections, on the real engine."""

from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.errors import LocalCloudError
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.vendor_stacks import error_of

pytestmark = pytest.mark.engine

AGES = {"maxAge": 60, "staleWhileRevalidate": 15}


def with_hyperdrive(deployment: Deployment, most: int = 100, **hyperdrive: Any) -> Deployment:
    def change(config: dict[str, Any]) -> None:
        database = config["edge-postgres:databases"]["main"]
        database["maxConnections"] = most
        database["hyperdrive"] = {"connectionLimit": 20, "caching": AGES, **hyperdrive}
        references = {"HYPERDRIVE": "main", **({"HYPERDRIVE_FRESH": "main.fresh"} if "fresh" in hyperdrive else {})}
        config["edge-postgres:workers"]["api"]["hyperdrive"] = references

    return deployment.changed(change)


def limits(deployment: Deployment) -> dict[str, int]:
    """Returns the limits that Cloudflare received, by the name of the configuration."""
    account = f"{deployment.cloud.environment()['CLOUDFLARE_BASE_URL']}/accounts/local/hyperdrive/configs"
    token = {"authorization": f"Bearer {deployment.cloud.environment()['CLOUDFLARE_API_TOKEN']}"}
    answer = httpx.get(account, headers=token, timeout=10, trust_env=False).raise_for_status().json()
    return {
        each["name"].removeprefix("edge-postgres-local-"): each["origin_connection_limit"] for each in answer["result"]
    }


def test_a_single_configuration_becomes_the_cached_configuration_of_a_pair(deployment: Deployment) -> None:
    with_hyperdrive(deployment).up()
    (kept,) = deployment.stored()["hyperdrive"]
    paired = with_hyperdrive(deployment, fresh={"share": 0.3})
    assert "replace" not in " ".join(paired.previewed().values())
    paired.up()
    assert kept in paired.stored()["hyperdrive"]
    assert limits(paired) == {"main": 14, "main-fresh": 6}
    assert call_worker(paired.cloud.worker_url(SCRIPT))["success"] is True
    assert set(paired.up()) == {"same"}


def test_a_pair_becomes_single_and_a_pair_again_and_keeps_its_configuration(deployment: Deployment) -> None:
    paired = with_hyperdrive(deployment, fresh={"share": 0.3})
    paired.up()
    ids = paired.stored()["hyperdrive"]
    single = with_hyperdrive(paired)
    assert "replace" not in " ".join(single.previewed().values())
    single.up()
    (kept,) = single.stored()["hyperdrive"]
    assert (kept in ids, limits(single)) == (True, {"main": 20})
    assert call_worker(single.cloud.worker_url(SCRIPT))["success"] is True
    assert set(single.up()) == {"same"}
    paired = with_hyperdrive(single, fresh={"share": 0.3})
    paired.up()
    assert kept in paired.stored()["hyperdrive"]
    assert limits(paired) == {"main": 14, "main-fresh": 6}
    assert set(paired.up()) == {"same"}


def test_the_remaining_connections_are_divided(deployment: Deployment) -> None:
    shared = with_hyperdrive(deployment, connectionLimit="auto", fresh={"share": 0.5}, reservedElsewhere=40)
    shared.up()
    assert limits(shared) == {"main": 25, "main-fresh": 25}
    assert shared.stack.outputs()["connections"] == {"main": 50}


def test_a_budget_that_does_not_fit_fails_the_preview_with_a_table_and_creates_nothing(deployment: Deployment) -> None:
    error = error_of(with_hyperdrive(deployment, most=30, reservedElsewhere={"migrations": 10}), "preview")
    assert "needs 3 more connections than the database has available. Lower `main` (20) or `migrations` (10)" in error
    assert "-10  elsewhere: migrations" in error
    assert "Traceback" not in error
    assert deployment.stored()["hyperdrive"] == []


def test_the_connections_of_another_stack_are_subtracted(deployment: Deployment) -> None:
    with_hyperdrive(deployment).up()
    stack = "organization/edge-postgres/local"
    # The stack reads its own outputs of the previous update. Another stack would read them in the same way.
    error = error_of(with_hyperdrive(deployment, most=40, otherStacks={stack: "main"}), "preview")
    assert f"-20  elsewhere: {stack}" in error
    with pytest.raises(LocalCloudError, match="organization/edge-postgres/nowhere"):
        with_hyperdrive(deployment, otherStacks={"organization/edge-postgres/nowhere": "main"}).stack.pulumi("preview")
