"""The number of library functions between a setting and the resource that uses it."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi

from edge_postgres import testing
from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.inputs import apply_input
from edge_postgres.core.numbers import to_int
from edge_postgres.testing import Echo, Run
from tests.value_path import PROGRAM, recorded


def stack_with_password(password: str) -> dict[str, Any]:
    """Returns the configuration of a stack with one existing database behind Hyperdrive."""
    return {
        "accountId": "0123456789abcdef0123456789abcdef",
        "databases": {
            "main": {
                "provider": "existing",
                "urlSecret": "databases.main.url",
                "hyperdrive": {"connectionLimit": 10, "caching": "none"},
            }
        },
        "secrets": {"databases": {"main": {"url": f"postgres://app:{password}@db.example.com/app"}}},
    }


def deploy(program: Callable[[], Any], **options: Any) -> Run:
    """Runs the program without the checks of the test harness, through which the values would pass too."""
    return testing.deploy(program, answers=Echo({}, {}), project="edge-postgres", **options)


def stack_program() -> None:
    runpy.run_path(PROGRAM, run_name="__main__")


def test_the_functions_that_take_or_return_a_marked_value_are_listed_in_order() -> None:
    with recorded("sentinel") as path:
        validate_hex_id("0" * 32, "zone ID", subject="x-sentinel")
        validate_hex_id("0" * 32, "zone ID", subject="other")
        to_int(1, subject="sentinel")
    ids, numbers = "edge_postgres.core.cloudflare_ids", "edge_postgres.core.numbers"
    assert path.functions == [f"{ids}:validate_hex_id", f"{numbers}:to_int", f"{numbers}:validate_number"]
    assert path.modules == [ids, numbers]


def test_a_value_is_found_inside_an_output_that_becomes_known_later() -> None:
    def program() -> None:
        apply_input(pulumi.Output.from_input("x").apply(lambda known: f"{known}-sentinel"), len)

    with recorded("sentinel") as path:
        deploy(program)
    assert "edge_postgres.core.inputs:apply_input" in path.functions


def test_a_binding_of_a_worker_passes_few_functions_to_its_script(tmp_path: Path) -> None:
    (tmp_path / "worker.js").write_text("export default {}")
    config = {
        **stack_with_password("password"),
        "workers": {
            "api": {
                "bundle": str(tmp_path / "worker.js"),
                "compatibilityDate": "2026-11-01",
                "hyperdrive": {"SENTINEL": "main"},
            }
        },
    }
    with recorded("SENTINEL", until="pulumi_cloudflare.workers_script") as path:
        run = deploy(stack_program, config=config, secret_keys=["secrets"])
    (binding,) = run.one("cloudflare:index/workersScript:WorkersScript").inputs["bindings"]
    assert binding["name"] == "SENTINEL"
    # The component also writes the binding into its output `wrangler`, which is another path.
    path.functions = [function for function in path.functions if ".wrangler_" not in function]
    assert "edge_postgres.stack.workers.worker:WorkerSettings.create" in path.functions
    assert len(path.functions) <= 15, path.functions
    assert len(path.modules) <= 8, path.modules


def test_the_password_in_a_database_url_passes_few_functions_to_its_hyperdrive_configuration() -> None:
    config = stack_with_password("sentinel-password")
    with recorded("sentinel-password", until="pulumi_cloudflare.hyperdrive_config") as path:
        run = deploy(stack_program, config=config, secret_keys=["secrets"])
    configuration = run.one("cloudflare:index/hyperdriveConfig:HyperdriveConfig").inputs
    assert configuration["origin"]["password"] == "sentinel-password"
    # Pulumi resolves a secret Output after the program has ended, so one function is always a callback.
    assert "edge_postgres.origins.existing.component:origin_from_url.<locals>.<lambda>" in path.functions
    assert len(path.functions) <= 20, path.functions
    assert len(path.modules) <= 9, path.modules
