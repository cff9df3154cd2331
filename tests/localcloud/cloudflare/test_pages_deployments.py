"""Deployments of Pages projects: content, bindings, and the active deployment."""

from typing import Any

import httpx

from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import error_of, message, result, upload
from tests.localcloud.cloudflare.conftest import Emulator
from tests.localcloud.cloudflare.pages import (
    DEPLOYMENTS,
    DOMAINS,
    INDEX,
    SITE,
    deploy,
    project,
    token,
    uploaded,
    variable,
)


def running(emulator: Emulator) -> list[dict[str, Any]]:
    assert isinstance(emulator.cloud.runtime, MemoryRuntime)
    return emulator.cloud.runtime.workers


def running_at(emulator: Emulator, host: str) -> dict[str, Any]:
    (found,) = (worker for worker in running(emulator) if host in worker["hosts"])
    return found


def texts(worker: dict[str, Any]) -> dict[str, str]:
    return {binding["name"]: binding["text"] for binding in worker["bindings"] if "text" in binding}


def mode(value: str, environment: str = "production") -> dict[str, Any]:
    return {"deployment_configs": {environment: {"env_vars": {"MODE": variable(value)}}}}


# Files.


def test_only_missing_files_are_requested(client: httpx.Client) -> None:
    project(client)
    there = uploaded(client, INDEX)
    asked = client.post("/pages/assets/check-missing", json={"hashes": [there, "new"]}, headers=token(client))
    assert result(asked) == ["new"]


def test_files_are_uploaded_with_the_projects_token_only(client: httpx.Client) -> None:
    project(client)
    for bad in ("", "Bearer x.y.z", token(client)["authorization"] + "x"):
        answer = client.post("/pages/assets/check-missing", json={"hashes": []}, headers={"authorization": bad})
        assert error_of(answer) == (401, 8000013)


def test_a_file_that_was_not_uploaded_fails_the_deployment(emulator: Emulator) -> None:
    project(emulator.client)
    created = result(deploy(emulator.client, files={}, manifest='{"/index.html": "nowhere"}'))
    assert created["latest_stage"]["status"] == "failure"


# Deployments.


def test_a_deployment_of_the_production_branch_is_production(emulator: Emulator) -> None:
    project(emulator.client)
    created = result(deploy(emulator.client))
    assert (created["environment"], created["latest_stage"]["status"]) == ("production", "success")
    assert set(running_at(emulator, "site.pages.dev")["hosts"]) == {
        "site.localhost",
        "site.pages.dev",
        created["url"].removeprefix("https://"),
    }


def test_a_deployment_of_another_branch_is_a_preview(emulator: Emulator) -> None:
    project(emulator.client)
    created = result(deploy(emulator.client, branch="Feature/One"))
    assert created["environment"] == "preview"
    assert created["aliases"] == ["https://feature-one.site.pages.dev"]
    assert running_at(emulator, "feature-one.site.localhost")


def test_each_environment_has_its_own_variables(emulator: Emulator) -> None:
    project(emulator.client)
    emulator.client.patch(SITE, json=mode("production"))
    emulator.client.patch(SITE, json=mode("preview", "preview"))
    deploy(emulator.client)
    deploy(emulator.client, branch="dev")
    assert texts(running_at(emulator, "site.localhost")) == {"MODE": "production"}
    assert texts(running_at(emulator, "dev.site.localhost")) == {"MODE": "preview"}


def test_a_change_of_the_bindings_takes_effect_with_the_next_deployment(emulator: Emulator) -> None:
    project(emulator.client)
    emulator.client.patch(SITE, json=mode("before"))
    deploy(emulator.client)
    emulator.client.patch(SITE, json=mode("after"))
    assert texts(running_at(emulator, "site.localhost")) == {"MODE": "before"}
    deploy(emulator.client)
    assert texts(running_at(emulator, "site.localhost")) == {"MODE": "after"}


def test_functions_handle_the_paths_of_the_routes_file(emulator: Emulator) -> None:
    project(emulator.client)
    deploy(emulator.client)
    worker = running_at(emulator, "site.localhost")
    assert worker["assets"]["runWorkerFirst"] == ["/api/*", "/api", "!/api/static/*", "!/api/static"]
    assert [file["path"] for file in worker["assets"]["files"]] == ["/index.html"]
    assert {"type": "assets", "name": "ASSETS"} in worker["bindings"]


def test_a_project_may_have_only_static_files(emulator: Emulator) -> None:
    project(emulator.client)
    created = result(deploy(emulator.client, functions=None))
    assert created["uses_functions"] is False
    assert running_at(emulator, "site.localhost")["mainModule"] is None


def test_a_domain_serves_production(emulator: Emulator) -> None:
    project(emulator.client)
    deploy(emulator.client)
    emulator.client.post(DOMAINS, json={"name": "www.example.com"})
    assert running_at(emulator, "www.example.com") == running_at(emulator, "site.localhost")


def test_the_newest_deployment_serves(emulator: Emulator) -> None:
    project(emulator.client)
    deploy(emulator.client)
    newer = result(deploy(emulator.client))
    assert [worker["version"]["id"] for worker in running(emulator)] == [newer["id"]]


def test_deployments_are_listed_newest_first(client: httpx.Client) -> None:
    project(client)
    ids = [result(deploy(client, branch=branch))["id"] for branch in ("main", "dev")]
    assert [found["id"] for found in result(client.get(DEPLOYMENTS))] == ids[::-1]
    assert [found["id"] for found in result(client.get(DEPLOYMENTS, params={"env": "preview"}))] == ids[1:]


def test_the_active_production_deployment_cannot_be_deleted(client: httpx.Client) -> None:
    project(client)
    older, newer = (result(deploy(client))["id"] for _ in range(2))
    assert error_of(client.delete(f"{DEPLOYMENTS}/{newer}")) == (400, 8000034)
    result(client.delete(f"{DEPLOYMENTS}/{older}"))
    assert error_of(client.get(f"{DEPLOYMENTS}/{older}")) == (404, 8000009)


def test_a_deleted_project_stops_serving(emulator: Emulator) -> None:
    project(emulator.client)
    deploy(emulator.client)
    result(emulator.client.delete(SITE))
    assert running(emulator) == []
    assert [kind for kind, ids in emulator.client.get("/__localcloud/store").json().items() if ids] == []


# Errors.


def test_a_binding_with_a_missing_target_fails_the_deployment_with_a_reason(emulator: Emulator) -> None:
    configs = {"production": {"hyperdrive_bindings": {"HYPERDRIVE": {"id": "nowhere"}}}}
    project(emulator.client, deployment_configs=configs)
    created = result(deploy(emulator.client))
    assert created["latest_stage"] == {**created["latest_stage"], "name": "deploy", "status": "failure"}
    logged = result(emulator.client.get(f"{DEPLOYMENTS}/{created['id']}/history/logs"))
    assert "Hyperdrive config 'nowhere' was not found" in logged["data"][logged["total"] - 1]["line"]
    assert running(emulator) == []


def test_the_previous_deployment_keeps_serving_after_a_failed_one(emulator: Emulator) -> None:
    project(emulator.client)
    good = result(deploy(emulator.client))
    emulator.client.patch(
        SITE, json={"deployment_configs": {"production": {"services": {"AUTH": {"service": "nowhere"}}}}}
    )
    deploy(emulator.client)
    result(emulator.client.post(DOMAINS, json={"name": "www.example.com"}))
    assert [worker["version"]["id"] for worker in running(emulator)] == [good["id"]]


def test_a_service_binding_refers_to_its_worker(emulator: Emulator) -> None:
    upload(emulator.client, "auth")
    configs = {"production": {"services": {"AUTH": {"service": "auth"}}}}
    project(emulator.client, deployment_configs=configs)
    assert result(deploy(emulator.client))["latest_stage"]["status"] == "success"
    bound = {binding["name"]: binding for binding in running_at(emulator, "site.localhost")["bindings"]}
    assert bound["AUTH"]["service"] == "auth"


def test_building_a_repository_is_rejected(client: httpx.Client) -> None:
    project(client)
    answer = client.post(DEPLOYMENTS, files={"branch": (None, "main")})
    assert error_of(answer) == (400, 8000020)
    assert "wrangler pages deploy" in message(answer)


# A wrangler file that overrides the settings.


FROM_FILE = {
    "compatibility_date": "2026-08-01",
    "compatibility_flags": ["nodejs_compat"],
    "bindings": [{"name": "MODE", "type": "plain_text", "text": "from the file"}],
}


def test_a_wrangler_file_with_an_output_folder_overrides_the_project(emulator: Emulator) -> None:
    project(emulator.client)
    emulator.client.patch(SITE, json=mode("from the project"))
    deploy(emulator.client, metadata=FROM_FILE, wrangler_config_hash="a" * 64)
    worker = running_at(emulator, "site.localhost")
    assert texts(worker) == {"MODE": "from the file"}
    assert (worker["compatibilityDate"], worker["compatibilityFlags"]) == ("2026-08-01", ["nodejs_compat"])


def test_secrets_of_the_project_are_kept(emulator: Emulator) -> None:
    configs = {"production": {"env_vars": {"KEY": variable("s3cret", "secret_text")}}}
    project(emulator.client, deployment_configs=configs)
    created = deploy(emulator.client, metadata=FROM_FILE, wrangler_config_hash="a" * 64)
    assert texts(running_at(emulator, "site.localhost")) == {"KEY": "s3cret", "MODE": "from the file"}
    assert "s3cret" not in created.text
