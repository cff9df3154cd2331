"""A KV namespace and the Secrets Store with a Worker on them, on the real engine, from creation to destruction."""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.errors import LocalCloudError
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.engine.vendor_stacks import error_of

pytestmark = pytest.mark.engine

PREFIX = "edge-postgres-local-secrets-"
ONE, TWO, OTHER = "sentinel-one-5f1c", "sentinel-two-77aa", "sentinel-other-90d2"
DEPLOYMENTS = f"workers/scripts/{SCRIPT}/deployments"
ANSWER = """
export default {
  async fetch(request, env) {
    if (request.url.endsWith("/keep")) await env.CACHE.put("kept", "an answer");
    return Response.json({ stripe: await env.STRIPE.get(), kept: await env.CACHE.get("kept") });
  },
};
"""


def with_shop(deployment: Deployment) -> Deployment:
    """A Worker that is bound to a namespace and to one of two secrets. It is not deployed yet."""
    bundle = deployment.stack.folder.parent / "answer.js"
    bundle.write_text(ANSWER)

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:kv"] = {"answers": {}}
        config["edge-postgres:secretsStore"] = {
            "storeName": "default_secrets_store",
            "secrets": {"stripe-key": {}, "other-key": {"scopes": ["ai_gateway"]}},
        }
        config["edge-postgres:workers"]["api"] = {
            "bundle": os.path.relpath(bundle, CHECKOUT),
            "compatibilityDate": "2026-11-01",
            "kv": {"CACHE": "answers"},
            "secretsStore": {"STRIPE": "stripe-key"},
        }

    shop = deployment.changed(change)
    shop.prepare(**{"secretsStore.stripe-key": ONE, "secretsStore.other-key": OTHER})
    return shop


@pytest.fixture
def shop(deployment: Deployment) -> Deployment:
    return with_shop(deployment)


def at_version(shop: Deployment, version: int, **secrets: str) -> Deployment:
    """The same stack with another version of the Stripe key."""
    shop.prepare(**{f"secretsStore.{name.replace('_', '-')}": value for name, value in secrets.items()})
    return shop.changed(secret_settings("stripe-key", {"version": version}))


def secret_settings(name: str, settings: dict[str, Any] | None) -> Callable[[dict[str, Any]], None]:
    """Returns a change of a secret's settings. None removes the secret."""

    def change(config: dict[str, Any]) -> None:
        secrets = config["edge-postgres:secretsStore"]["secrets"]
        if settings is None:
            del secrets[name]
        else:
            secrets[name] = settings

    return change


def answer(shop: Deployment, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = call_worker(shop.cloud.worker_url(SCRIPT) + path)
    return found


def api(shop: Deployment, method: str, path: str, **options: Any) -> Any:
    """Returns an answer of Cloudflare's emulator."""
    environment = shop.cloud.environment()
    url = f"{environment['CLOUDFLARE_BASE_URL']}/accounts/local/{path}"
    token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
    return httpx.request(method, url, headers=token, timeout=10, **options).raise_for_status().json()["result"]


def stored(shop: Deployment) -> dict[str, str]:
    """The ids of the stored secrets by name. The names have no stack prefix."""
    (store,) = shop.stored()["secrets_stores"]
    found = api(shop, "GET", f"secrets_store/stores/{store}/secrets")
    return {secret["name"].removeprefix(PREFIX): secret["id"] for secret in found}


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """The Worker stores a value in its namespace, which exists until the end."""
    shop = with_shop(shared_deployment)

    def look() -> Any:
        answer(shop, "keep")
        return answer(shop), set(stored(shop))

    return run_lifecycle(shop, look)


def test_the_worker_reads_its_secret_and_its_stored_value(life: Lifecycle) -> None:
    answered, names = life.observed
    assert answered == {"stripe": ONE, "kept": "an answer"}
    assert names == {"stripe-key", "other-key"}


def test_a_second_up_and_a_preview_after_a_refresh_show_no_change(life: Lifecycle) -> None:
    assert set(life.second_up) == {"same"}
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_no_value_is_in_plain_text_in_the_state_or_in_the_output(life: Lifecycle) -> None:
    assert [value for value in (ONE, OTHER) if value in life.output] == []
    assert ONE in life.requests


def test_destroy_deletes_all_resources(life: Lifecycle) -> None:
    assert life.leftovers == {}


def test_a_new_value_of_the_same_version_needs_no_deployment_of_the_worker(shop: Deployment) -> None:
    shop.up()
    before = stored(shop)
    shop.stack.pulumi("config", "set", "--secret", "--path", "edge-postgres:secrets.secretsStore.stripe-key", stdin=TWO)
    assert shop.previewed() == {f"SecretsStoreSecret {PREFIX}stripe-key": "update"}
    shop.up()
    assert answer(shop)["stripe"] == TWO
    assert stored(shop) == before


def test_a_new_version_is_bound_and_the_previous_version_is_kept(shop: Deployment) -> None:
    shop.up()
    before = stored(shop)
    with_newest_deployed = api(shop, "GET", DEPLOYMENTS)["deployments"][0]["versions"]
    rotated = at_version(shop, 2, stripe_key_v2=TWO)
    assert rotated.previewed() == {
        f"SecretsStoreSecret {PREFIX}stripe-key-v2": "create",
        f"WorkersScript {SCRIPT}": "update",
    }
    rotated.up()
    assert answer(rotated)["stripe"] == TWO
    after = stored(rotated)
    assert after.pop("stripe-key-v2")
    assert after == before
    assert set(rotated.up()) == {"same"}

    api(rotated, "POST", DEPLOYMENTS, json={"strategy": "percentage", "versions": with_newest_deployed})
    assert answer(rotated)["stripe"] == ONE


def test_the_version_before_the_previous_one_is_deleted(shop: Deployment) -> None:
    at_version(shop, 2, stripe_key_v2=TWO).up()
    assert set(stored(shop)) == {"other-key", "stripe-key", "stripe-key-v2"}
    rotated = at_version(shop, 3, stripe_key_v3="sentinel-three-33")
    rotated.up()
    assert set(stored(rotated)) == {"other-key", "stripe-key-v2", "stripe-key-v3"}
    assert answer(rotated)["stripe"] == "sentinel-three-33"


def test_a_removed_secret_is_deleted_and_declared_secrets_are_kept(shop: Deployment) -> None:
    shop.up()
    before = stored(shop)
    without = shop.changed(secret_settings("other-key", None))
    assert without.previewed() == {f"SecretsStoreSecret {PREFIX}other-key": "delete"}
    without.up()
    assert stored(without) == {"stripe-key": before["stripe-key"]}
    assert answer(without)["stripe"] == ONE


def test_destroy_keeps_a_secret_of_another_owner(shop: Deployment) -> None:
    shop.up()
    (store,) = shop.stored()["secrets_stores"]
    foreign = {"name": "foreign", "value": "theirs", "scopes": ["workers"]}
    api(shop, "POST", f"secrets_store/stores/{store}/secrets", json=[foreign])
    with pytest.raises(LocalCloudError, match="store_not_empty"):
        shop.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert set(stored(shop)) == {"foreign"}


def test_another_title_is_an_update_in_place(shop: Deployment) -> None:
    shop.up()
    answer(shop, "keep")
    before = shop.stored()["kv_namespaces"]

    def rename(config: dict[str, Any]) -> None:
        config["edge-postgres:kv"]["answers"] = {"title": "renamed"}

    renamed = shop.changed(rename)
    assert renamed.previewed() == {"WorkersKvNamespace answers-namespace": "update"}
    renamed.up()
    assert renamed.stored()["kv_namespaces"] == before
    assert answer(renamed)["kept"] == "an answer"


def test_a_changed_jurisdiction_is_rejected_and_a_second_namespace_loses_no_value(shop: Deployment) -> None:
    shop.up()
    answer(shop, "keep")
    (before,) = shop.stored()["kv_namespaces"]

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:kv"]["answers"] = {"jurisdiction": "eu"}

    error = error_of(shop.changed(change), "preview")
    assert "kv.answers.jurisdiction" in error
    assert "Add the new namespace with another key" in error

    def add(config: dict[str, Any]) -> None:
        config["edge-postgres:kv"]["answers-eu"] = {"jurisdiction": "eu"}
        config["edge-postgres:workers"]["api"]["kv"] = {"CACHE": "answers-eu"}

    added = shop.changed(add)
    added.up()
    assert (len(added.stored()["kv_namespaces"]), before in added.stored()["kv_namespaces"]) == (2, True)
    assert answer(added)["kept"] is None
    added.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert added.previewed() == {}
