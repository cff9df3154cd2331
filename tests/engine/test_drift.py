"""The drift step finds changes at Cloudflare that a refresh of the real engine does not detect."""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from localcloud.changes import refresh_without_change
from localcloud.pages import Wrangler
from tests.engine.deployment import MAIN, SCRIPT, Deployment
from tests.engine.test_pages import PROJECT, SECRET, SITE, at_pages, with_site
from tools.pipeline import steps
from tools.pipeline.engine import CommandResult, Engine

pytestmark = pytest.mark.engine

OTHER = "0123456789abcdef0123456789abcdef"


def drift(deployment: Deployment, monkeypatch: pytest.MonkeyPatch, **environment: str) -> CommandResult:
    """Runs the drift step on the stack."""
    stack = deployment.stack
    monkeypatch.setattr("tools.pipeline.engine.CHECKOUT", stack.folder)
    program = next(
        f"{folder}/pulumi"
        for folder in stack.environment["PATH"].split(os.pathsep)
        if os.access(f"{folder}/pulumi", os.X_OK)
    )
    return steps.drift(Engine(program, {**stack.environment, **environment}), stack.name)


def at_cloudflare(deployment: Deployment, method: str, path: str, **options: Any) -> Any:
    environment = deployment.stack.environment
    token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
    url = f"{environment['CLOUDFLARE_BASE_URL']}/accounts/local/{path}"
    answer = httpx.request(method, url, headers=token, timeout=30, **options)
    return answer.raise_for_status().json()["result"]


def rebind(deployment: Deployment) -> str:
    """Binds the Worker to another Hyperdrive configuration, as the dashboard does. Returns the configuration's ID."""
    config = at_cloudflare(deployment, "GET", "hyperdrive/configs")[0]
    origin = {**config["origin"], "password": httpx.URL(deployment.url).password}
    other = at_cloudflare(deployment, "POST", "hyperdrive/configs", json={"name": "another", "origin": origin})
    settings = at_cloudflare(deployment, "GET", f"workers/scripts/{SCRIPT}/settings")
    bindings = [{**each, "id": other["id"]} if each["type"] == "hyperdrive" else each for each in settings["bindings"]]
    at_cloudflare(deployment, "PATCH", f"workers/scripts/{SCRIPT}/settings", json={"bindings": bindings})
    return str(other["id"])


def with_rollout(config: dict[str, Any]) -> None:
    config["edge-postgres:workers"]["api"]["rollout"] = {"percentage": 100}


@pytest.mark.parametrize("change", [None, with_rollout], ids=["script", "versions"])
def test_the_drift_step_finds_a_worker_that_is_bound_to_another_database(
    deployment: Deployment, change: Callable[[dict[str, Any]], None] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = deployment.changed(change) if change else deployment
    stack.up()
    unchanged = drift(stack, monkeypatch)
    assert (unchanged.status, "that a refresh does not detect" in unchanged.text) == (0, False)

    other = rebind(stack)
    refresh_without_change(stack.stack)
    found = drift(stack, monkeypatch)
    assert found.status != 0
    assert f'({MAIN}) => "{other}"' in found.text
    assert "~ workers.api.hyperdrive.HYPERDRIVE: " in found.text
    assert ("~ workers.api.rollout: version " in found.text) == (change is not None)


def test_the_drift_step_finds_changed_bindings_of_a_pages_project(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = at_pages(deployment)
    site.up()
    assert drift(site, monkeypatch).status == 0
    configs = {
        "production": {"hyperdrive_bindings": {"HYPERDRIVE": {"id": OTHER}}, "env_vars": {"STRIPE_KEY": None}},
        "preview": {"kv_namespaces": {"CACHE": {"namespace_id": OTHER}}},
    }
    at_cloudflare(site, "PATCH", f"pages/projects/{PROJECT}", json={"deployment_configs": configs})
    found = drift(site, monkeypatch)
    assert found.status != 0
    assert "~ pages.site.production.hyperdrive.HYPERDRIVE: " in found.text
    assert f'({MAIN}) => "{OTHER}"' in found.text
    assert f'+ pages.site.preview.kv.CACHE: nothing => "{OTHER}"' in found.text
    assert "- pages.site.production.secrets.STRIPE_KEY: secret_text STRIPE_KEY => nothing" in found.text
    assert SECRET not in found.text


def test_the_drift_step_finds_a_pages_deployment_that_is_older_than_its_bindings(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = at_pages(deployment)
    site.up()
    wrangler = Wrangler.of(site.cloud.state_directory)
    wrangler.deploy(PROJECT, branch="main")
    site.up()
    assert drift(site, monkeypatch).status == 0
    rebound = site.changed(with_site(production={**SITE["production"], "hyperdrive": {"OTHER_NAME": "main"}}))
    rebound.up()
    old = drift(rebound, monkeypatch)
    assert old.status == 1
    assert "~ pages.site.production: settings of " in old.text
    wrangler.deploy(PROJECT, branch="main")
    assert drift(rebound, monkeypatch).status == 0


def test_an_api_that_rejects_the_token_is_an_error_and_not_the_absence_of_drift(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.up()
    fault = {"method": "GET", "path": f"*/workers/scripts/{SCRIPT}/deployments", "status": 403, "code": 10000}
    deployment.control("POST", "faults", json=[fault])
    found = drift(deployment, monkeypatch)
    assert found.status == 1
    assert "error: Cloudflare was not compared: GET accounts/local/workers/scripts/" in found.text
    assert "Workers Scripts: Read" in found.text
