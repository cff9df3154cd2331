"""What is at Cloudflare already comes into a stack without a destructive first preview, by the recipe of the docs."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.home import CHECKOUT
from tests.engine.deployment import SCRIPT, Deployment

pytestmark = pytest.mark.engine

RECIPE = (CHECKOUT / "docs" / "adoption.md").read_text()


def recipe(**values: str) -> dict[str, Any]:
    """The import file of the docs with this stack's values in the place of the page's."""
    (text,) = re.findall(r"```json\n(.+?)```", RECIPE, re.DOTALL)
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def stranger(deployment: Deployment, tmp_path: Path) -> Deployment:
    """A stack with the same settings that has no state: somebody else made what is at Cloudflare."""
    (tmp_path / "other-state").mkdir()
    environment = {**deployment.stack.environment, "PULUMI_BACKEND_URL": f"file://{tmp_path / 'other-state'}"}
    stack = replace(deployment.stack, folder=tmp_path / "other-project", environment=environment)
    other = replace(deployment, stack=stack)
    other.prepare()
    return other


def test_what_is_there_is_imported_and_nothing_is_replaced_or_deleted(
    deployment: Deployment, stranger: Deployment, tmp_path: Path
) -> None:
    deployment.up()
    (config,) = deployment.stored()["hyperdrive"]
    file = tmp_path / "adopt.json"
    file.write_text(json.dumps(recipe(ACCOUNT_ID="local", HYPERDRIVE_ID=config, SCRIPT_NAME=SCRIPT)))
    stranger.stack.pulumi("import", "--file", str(file), "--yes", "--protect=false", "--generate-code=false")

    operations = stranger.previewed()
    assert {name: operations.get(name) for name in ("main-config", "api-script")} == {
        "main-config": "update",
        "api-script": "update",
    }
    assert [name for name, operation in operations.items() if "replace" in operation or "delete" in operation] == []
    stranger.up()
    assert stranger.stored()["hyperdrive"] == [config]
    assert stranger.stored()["scripts"] == [SCRIPT]
    assert set(stranger.up()) == {"same"}
