"""Unit tests of the program. They need no engine, no account and no network."""

from pathlib import Path

import pytest
from edge_postgres import load_sdk_lazily
from edge_postgres.testing import Run, check_cloudflare_inputs, deploy, rejected

from shop import create_shop

CONFIGURATION = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
SCRIPT = "cloudflare:index/workersScript:WorkersScript"
SENTINEL = "made-for-this-test"
PROJECT = Path(__file__).with_name("Pulumi.yaml")

load_sdk_lazily()


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    """A configuration of the stack, with a bundle that the Worker can read."""
    bundle = tmp_path / "worker.js"
    bundle.write_text("import pg from 'pg'; export default { fetch() {} }")
    return {
        "accountId": "0123456789abcdef0123456789abcdef",
        "databaseUrl": f"postgres://app:{SENTINEL}@db.example.com:5432/shop",
        "bundle": str(bundle),
    }


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def run(request: pytest.FixtureRequest, config: dict[str, str]) -> Run:
    """A preview and an update of the program."""
    return deploy(create_shop, project_file=PROJECT, config=config, preview=request.param)


def test_no_query_is_cached(run: Run) -> None:
    assert run.one(CONFIGURATION).inputs["caching"] == {"disabled": True}


def test_the_names_contain_the_project_and_the_stack(run: Run) -> None:
    assert run.one(CONFIGURATION).inputs["name"] == "shop-dev-main"
    assert run.one(SCRIPT).inputs["scriptName"] == "shop-dev-api"


def test_no_input_contains_the_password_in_plain_text(run: Run) -> None:
    assert "origin.password" in run.one(CONFIGURATION).secrets
    assert [entry.name for entry in run.registrations if SENTINEL in str(entry.public)] == []


def test_cloudflares_provider_accepts_all_inputs(run: Run) -> None:
    check_cloudflare_inputs(run)


def test_a_limit_below_the_minimum_is_rejected(config: dict[str, str]) -> None:
    with rejected("Hyperdrive `main`.connection_limit", "must be at least 5, got 4"):
        deploy(create_shop, project_file=PROJECT, config={**config, "connectionLimit": 4})


def test_the_name_of_the_script_is_exported(run: Run) -> None:
    assert run.exports["script"].value == "shop-dev-api"
