"""An Output in an argument that needs a plain value is an error that names the argument, and a path is a string."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.harness import deploy, rejected
from tests.unit.sound import SCRIPT, hyperdrive, origin, worker

TODAY = "2026-11-01"


def output(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize(
    ("argument", "value", "path"),
    [
        ("script_name", "api", "Worker `api`.script_name"),
        ("driver", "pg", "Worker `api`.driver"),
        ("compatibility_date", TODAY, "Worker `api`.compatibility_date"),
        ("plan", "paid", "Worker `api`.plan"),
        ("preview_urls", True, "Worker `api`.preview_urls"),
    ],
)
def test_an_output_is_rejected_where_the_program_needs_the_value(
    bundle: str, preview: bool, argument: str, value: Any, path: str
) -> None:
    with rejected(f"{path}: must be a plain value, got an Output", "Set a value that the program knows"):
        deploy(lambda: worker(bundle, **{argument: output(value)}), preview=preview)


@pytest.mark.parametrize(("argument", "value"), [("vars", {"A": "x"}), ("hyperdrive", {"HYPERDRIVE": "id"})])
def test_an_output_of_a_dictionary_is_rejected(bundle: str, argument: str, value: Any) -> None:
    with rejected(f"Worker `api`.{argument}: must be a plain value", "A value in the dictionary can be an Output"):
        deploy(lambda: worker(bundle, **{argument: output(value)}))


def test_an_output_in_a_list_is_rejected_with_its_position(bundle: str) -> None:
    with rejected("Worker `api`.domains[1]: must be a plain value"):
        deploy(lambda: worker(bundle, domains=["a.example.com", output("b.example.com")]))


def test_an_output_of_a_nested_dictionary_is_rejected() -> None:
    with rejected("Hyperdrive `main`.caching: must be a plain value", "Set a dictionary"):
        deploy(lambda: hyperdrive(caching=output({"disabled": True})))


def test_an_awaitable_is_rejected_too(bundle: str) -> None:
    async def later() -> str:
        return "api"

    def program() -> None:
        waiting = later()
        try:
            worker(bundle, script_name=waiting)
        finally:
            waiting.close()

    with rejected("Worker `api`.script_name: must be a plain value"):
        deploy(program)


def test_outputs_are_accepted_where_the_type_is_an_input(bundle: str) -> None:
    def program() -> None:
        worker(bundle, account_id=output("0" * 32), vars={"A": output("x")})
        hyperdrive(origin=origin(host=output("db.example.com")), connection_limit=output(10))

    run = deploy(program)
    assert {"name": "A", "type": "plain_text", "text": "x"} in run.one(SCRIPT).inputs["bindings"]


def test_an_output_as_the_bundle_is_rejected(bundle: str) -> None:
    with rejected("Worker `api`.bundle: must be a plain value"):
        deploy(lambda: worker(output(bundle)))


def test_a_path_is_accepted_as_a_string(bundle: str) -> None:
    run = deploy(lambda: worker(Path(bundle)) and None)
    assert run.one(SCRIPT).inputs["contentFile"] == bundle
