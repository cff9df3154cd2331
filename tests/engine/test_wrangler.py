"""`make wrangler` after an `up`: files with the ids of the stack and without a secret."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from edge_postgres.wrangler.files import LOCAL_DATABASE
from tests.engine.deployment import SCRIPT, Deployment
from tests.unit.test_wrangler_files import read_jsonc
from tools import wrangler_dev, wrangler_files, wrangler_stack

pytestmark = pytest.mark.engine

SECRET = "value-of-the-stripe-key"


@pytest.fixture
def stack(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The stack `local`, deployed with a secret in its Worker, for the commands of wrangler."""
    worker = deployment.config["edge-postgres:workers"]["api"]
    worker |= {"secrets": ["STRIPE_KEY"], "vars": {"LOG_LEVEL": "info"}}
    deployment.prepare(**{"workers.api.STRIPE_KEY": SECRET})
    deployment.up()
    monkeypatch.setattr(wrangler_stack, "local_stack", lambda _: deployment.stack)
    monkeypatch.setattr(wrangler_dev, "local_stack", lambda _: deployment.stack)
    return deployment


def test_the_files_have_the_ids_of_the_stack_and_no_secret(stack: Deployment, tmp_path: Path) -> None:
    out = tmp_path / "files"
    assert wrangler_files.main(["local", "--out", str(out)]) == 0

    data = read_jsonc((out / "api" / "wrangler.jsonc").read_text())
    assert data["name"] == SCRIPT
    assert [entry["id"] for entry in data["hyperdrive"]] == stack.stored()["hyperdrive"]
    assert data["vars"] == {"LOG_LEVEL": "info"}
    assert data["secrets"] == {"required": ["STRIPE_KEY"]}
    text = "".join(path.read_text() for path in out.rglob("*") if path.is_file())
    assert SECRET not in text
    assert str(urlsplit(stack.url).password) not in text

    assert wrangler_files.main(["local", "--out", str(out), "--check"]) == 0


def test_wrangler_dev_gets_the_database_of_the_stack(stack: Deployment) -> None:
    _, data = wrangler_dev.select_worker("local", None)
    exported = stack.stack.pulumi("stack", "export", "--show-secrets")
    (found,) = wrangler_dev.connection_variables(data, wrangler_dev.connection_strings(json.loads(exported))).items()
    assert found == (f"{LOCAL_DATABASE}HYPERDRIVE", stack.url)
