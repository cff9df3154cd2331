"""Existing resources at Cloudflare are imported by the commands of the docs, without a destructive first preview."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.pages import Wrangler
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import MAIN, SCRIPT, Deployment
from tests.engine.test_pages import PROJECT

pytestmark = pytest.mark.engine

RECIPE = (CHECKOUT / "docs" / "adoption.md").read_text()


def recipe(number: int, **values: str) -> dict[str, Any]:
    """An import file of the docs, with the values of this stack instead of the values on the page."""
    text = re.findall(r"```json\n(.+?)```", RECIPE, re.DOTALL)[number]
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def other_stack(deployment: Deployment, tmp_path: Path) -> Deployment:
    """A stack with the same settings and without a state. Its resources exist at Cloudflare."""
    (tmp_path / "other-state").mkdir()
    environment = {**deployment.stack.environment, "PULUMI_BACKEND_URL": f"file://{tmp_path / 'other-state'}"}
    stack = replace(deployment.stack, folder=tmp_path / "other-project", environment=environment)
    other = replace(deployment, stack=stack)
    other.prepare()
    return other


def test_existing_resources_are_imported_and_none_is_replaced_or_deleted(
    deployment: Deployment, other_stack: Deployment, tmp_path: Path
) -> None:
    deployment.up()
    (config,) = deployment.stored()["hyperdrive"]
    file = tmp_path / "adopt.json"
    file.write_text(
        json.dumps(recipe(0, ACCOUNT_ID="local", HYPERDRIVE_ID=config, CONFIG_NAME=MAIN, SCRIPT_NAME=SCRIPT))
    )
    other_stack.stack.pulumi("import", "--file", str(file), "--yes", "--protect=false", "--generate-code=false")

    operations = other_stack.previewed()
    imported = (f"HyperdriveConfig {MAIN}", f"WorkersScript {SCRIPT}")
    assert {name: operations.get(name) for name in imported} == dict.fromkeys(imported, "update")
    assert [name for name, operation in operations.items() if "replace" in operation or "delete" in operation] == []
    other_stack.up()
    assert other_stack.stored()["hyperdrive"] == [config]
    assert other_stack.stored()["scripts"] == [SCRIPT]
    assert set(other_stack.up()) == {"same"}


DOMAIN = "www.example.com"
SITE = {
    "productionBranch": "main",
    "compatibilityDate": "2026-08-01",
    "compatibilityFlags": ["nodejs_compat"],
    "production": {"hyperdrive": {"HYPERDRIVE": "main"}, "vars": {"MODE": "production"}},
    "preview": {"vars": {"MODE": "preview"}, "failOpen": True},
    "domains": [DOMAIN],
}


def with_site(secrets: list[str]) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:workers"]
        production: Any = SITE["production"]
        config["edge-postgres:pages"] = {"site": {**SITE, "production": {**production, "secrets": secrets}}}

    return change


def imported(deployment: Deployment, other_stack: Deployment, tmp_path: Path) -> Deployment:
    """A stack without a state that imported the Pages project of another stack with its domain."""
    (config,) = deployment.stored()["hyperdrive"]
    (project,) = deployment.stored()["pages_projects"]
    values = {
        "ACCOUNT_ID": "local",
        "HYPERDRIVE_ID": config,
        "CONFIG_NAME": MAIN,
        "PROJECT_NAME": project,
        "DOMAIN": DOMAIN,
    }
    of_hyperdrive = [entry for entry in recipe(0, **values)["resources"] if "yperdrive" in entry["type"]]
    file = tmp_path / "adopt-pages.json"
    file.write_text(json.dumps({"resources": [*of_hyperdrive, *recipe(1, **values)["resources"]]}))
    other_stack.stack.pulumi("import", "--file", str(file), "--yes", "--protect=false", "--generate-code=false")
    return other_stack


@pytest.mark.parametrize(("secrets", "operation"), [([], None), (["STRIPE_KEY"], "update")])
def test_a_pages_project_is_imported_with_its_domain_and_nothing_is_replaced_or_deleted(
    deployment: Deployment, other_stack: Deployment, tmp_path: Path, secrets: list[str], operation: str | None
) -> None:
    values = {f"pages.site.production.{name}": "value-of-the-secret" for name in ("STRIPE_KEY",)}
    deployment.prepare(**values)
    deployment = deployment.changed(with_site(secrets))
    deployment.up()
    content = Wrangler.of(deployment.cloud.state_directory).deploy(PROJECT)
    assert "Deployment complete" in content
    before = deployment.stored()

    other_stack.prepare(**values)
    other_stack = imported(deployment, other_stack.changed(with_site(secrets)), tmp_path)
    operations = other_stack.previewed()
    assert operations.get(f"PagesProject {PROJECT}") == operation
    assert f"PagesDomain {DOMAIN}" not in operations
    assert [name for name, each in operations.items() if "replace" in each or "delete" in each] == []
    other_stack.up()
    assert other_stack.stored() == before
    assert set(other_stack.up()) == {"same"}
