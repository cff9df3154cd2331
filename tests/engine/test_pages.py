"""A Pages project on the local cloud: the real engine creates it, and the real wrangler deploys its content."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.pages import Wrangler
from localcloud.stack_file import StackFile
from tests.engine.deployment import Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle

pytestmark = pytest.mark.engine

PROJECT = "edge-postgres-local-site"
SECRET = "sentinel-of-the-pages-project"
SITE: dict[str, Any] = {
    "productionBranch": "main",
    "driver": "pg",
    "compatibilityDate": "2026-08-01",
    "compatibilityFlags": ["nodejs_compat"],
    "production": {"hyperdrive": {"HYPERDRIVE": "main"}, "vars": {"MODE": "production"}, "secrets": ["STRIPE_KEY"]},
    "preview": {"vars": {"MODE": "preview"}},
    "domains": ["www.example.com"],
}


def with_site(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """A change of a stack file: a Pages project and no Worker; ``changes`` are settings of the project."""

    def change(config: dict[str, Any]) -> None:
        config.pop("edge-postgres:workers", None)
        config["edge-postgres:pages"] = {"site": {**SITE, **changes}}

    return change


def at_pages(deployment: Deployment) -> Deployment:
    """The stack with the project, not deployed yet."""
    changed = deployment.changed(with_site())
    changed.prepare(**{"pages.site.production.STRIPE_KEY": SECRET})
    return changed


@pytest.fixture
def site(deployment: Deployment) -> Deployment:
    return at_pages(deployment)


def at_cloudflare(deployment: Deployment, method: str = "GET", name: str = PROJECT, **options: Any) -> Any:
    """The project that the API returns."""
    environment = deployment.stack.environment
    url = f"{environment['CLOUDFLARE_BASE_URL']}/accounts/local/pages/projects/{name}"
    token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
    answer = httpx.request(method, url, headers=token, timeout=10, **options)
    return answer.raise_for_status().json()["result"]


def production(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = at_cloudflare(deployment)["deployment_configs"]["production"]
    return found


def fetch(deployment: Deployment, path: str, branch: str = "") -> httpx.Response:
    url = httpx.URL(deployment.cloud.worker_url(f"{branch}.{PROJECT}" if branch else PROJECT)).join(path)
    return httpx.get(url.copy_with(host="127.0.0.1"), headers={"host": url.netloc.decode()}, timeout=30)


@dataclass(frozen=True)
class Observed:
    """The responses of the project with content that wrangler deployed."""

    api: httpx.Response
    page: httpx.Response
    api_in_preview: httpx.Response
    at_cloudflare: str
    projects: list[str]


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """After the first `up`, wrangler deploys the content to both environments."""
    site = at_pages(shared_deployment)

    def look() -> Observed:
        wrangler = Wrangler.of(site.cloud.state_directory)
        wrangler.deploy(PROJECT, branch="main")
        wrangler.deploy(PROJECT, branch="dev")
        return Observed(
            fetch(site, "/api"),
            fetch(site, "/"),
            fetch(site, "/api", "dev"),
            json.dumps(at_cloudflare(site)),
            site.stored()["pages_projects"],
        )

    return run_lifecycle(site, look)


def test_a_deployed_function_uses_the_bindings_of_its_environment(life: Lifecycle) -> None:
    assert [row["id"] for row in life.observed.api.json()["result"]] == ["1", "2", "3"]
    assert "<h1>" in life.observed.page.text
    in_preview = life.observed.api_in_preview
    assert in_preview.status_code == 500
    assert "HYPERDRIVE" in in_preview.json()["error"]


def test_a_second_up_and_a_refresh_change_nothing(life: Lifecycle) -> None:
    assert set(life.second_up) == {"same"}
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_destroy_deletes_the_project_and_its_deployments(life: Lifecycle) -> None:
    assert life.observed.projects == [PROJECT]
    assert life.leftovers == {}


def test_no_secret_is_stored_or_shown_in_plain_text(life: Lifecycle) -> None:
    assert SECRET not in life.output + life.observed.at_cloudflare
    assert SECRET in life.requests


def test_a_removed_binding_is_deleted_at_cloudflare(site: Deployment) -> None:
    site.up()
    assert set(production(site)["env_vars"]) == {"MODE", "STRIPE_KEY"}
    bare = site.changed(with_site(production={"vars": {"MODE": "production"}}))
    assert bare.previewed() == {f"PagesProject {PROJECT}": "update"}
    bare.up()
    assert set(production(bare)["env_vars"]) == {"MODE"}
    assert "hyperdrive_bindings" not in production(bare)
    assert set(bare.up()) == {"same"}


def test_another_name_is_another_project(site: Deployment) -> None:
    site.up()
    renamed = site.changed(with_site(projectName="renamed"))
    previewed = renamed.previewed()
    assert (previewed["PagesProject renamed"], previewed[f"PagesProject {PROJECT}"]) == ("create", "delete")
    renamed.up()
    assert renamed.stored()["pages_projects"] == ["renamed"]
    assert at_cloudflare(renamed, name="renamed")["domains"] == ["renamed.pages.dev", "www.example.com"]


def test_a_setting_that_was_changed_outside_pulumi_is_reverted(site: Deployment) -> None:
    site.up()
    by_hand = {"deployment_configs": {"production": {"compatibility_date": "2026-01-01", "fail_open": True}}}
    at_cloudflare(site, "PATCH", json=by_hand)
    site.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert site.previewed() == {f"PagesProject {PROJECT}": "update"}
    site.up()
    assert (production(site)["compatibility_date"], production(site)["fail_open"]) == ("2026-08-01", False)


def test_the_example_is_deployed_by_its_name_and_destroyed_completely(cloud: Instance) -> None:
    stack = Stack.of(StackFile.of("pages"), cloud)
    stack.up()
    try:
        host = stack.outputs()["pages"]["site"]
        Wrangler.of(cloud.state_directory).deploy(host.removesuffix(".pages.dev"))
        url = httpx.URL(cloud.worker_url("")).join("/api")
        headers = {"host": "www.example.com", "authorization": "Bearer local API_TOKEN of production"}
        answer = httpx.get(url.copy_with(host="127.0.0.1"), headers=headers, timeout=30)
        assert [row["id"] for row in answer.json()["result"]] == ["1", "2", "3"]
        assert "unchanged" in stack.pulumi("preview", "--expect-no-changes")
    finally:
        stack.destroy()
