"""`apiKeySecret` and `serviceTokenSecret` of a stack file: the key of one database at Neon or Prisma."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres import stack as settings
from tests.harness import Registration, deploy
from tests.unit.test_settings import faults, only_fault, root, stack_file

__all__ = ["root"]

SENTINEL = "sentinel-Zq7xKv9wJu3yHh5m"
HYPERDRIVE = {"connectionLimit": 5, "caching": "none"}
NEON = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "hyperdrive": HYPERDRIVE}
PRISMA = {"provider": "prisma", "region": "eu-central-1", "plan": "starter", "hyperdrive": HYPERDRIVE}
both_vendors = pytest.mark.parametrize(
    ("database", "setting", "argument"),
    [(NEON, "apiKeySecret", "api_key"), (PRISMA, "serviceTokenSecret", "service_token")],
    ids=["neon", "prisma"],
)


def file_with(secrets: dict[str, Any], **databases: dict[str, Any]) -> dict[str, Any]:
    """A stack file with these databases and secrets."""
    return stack_file(databases=databases, secrets={"databases": secrets}, workers={})


def children(root: Path, file: dict[str, Any]) -> list[Registration]:
    """The resources at the vendor of all databases of a stack file."""

    def program() -> None:
        stack, context = settings.load(root)
        for name, database in stack.databases.items():
            database.create(name, context)

    run = deploy(program, config=file, secret_keys=["secrets"])
    return [entry for entry in run.registrations if entry.wire.custom]


@both_vendors
def test_databases_of_one_stack_can_have_different_keys(
    root: Path, database: dict[str, Any], setting: str, argument: str
) -> None:
    secrets = {"main": {"key": SENTINEL}, "blog": {"key": "of-blog"}}
    file = file_with(
        secrets,
        main={**database, setting: "databases.main.key"},
        blog={**database, setting: "databases.blog.key"},
        plain=database,
    )
    keys = {entry.name: entry.inputs.get("api", {}).get(argument) for entry in children(root, file)}
    assert {key for name, key in keys.items() if "main-" in name} == {SENTINEL}
    assert {key for name, key in keys.items() if "blog-" in name} == {"of-blog"}
    assert {key for name, key in keys.items() if "plain-" in name} == {None}


@both_vendors
def test_the_key_is_a_secret(root: Path, database: dict[str, Any], setting: str, argument: str) -> None:
    file = file_with({"main": {"key": SENTINEL}}, main={**database, setting: "databases.main.key"})
    for entry in children(root, file):
        assert "api" in entry.secrets
        assert SENTINEL not in str(entry.public)


@both_vendors
def test_a_secret_without_a_value_is_rejected_with_the_command(
    root: Path, database: dict[str, Any], setting: str, argument: str
) -> None:
    found = only_fault(root, f"databases.main.{setting}", file_with({}, main={**database, setting: "databases.x.key"}))
    assert "databases.x.key has no value" in found
    assert "pulumi config set --secret" in found


@both_vendors
@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sentinel key", "must not contain spaces, control characters or characters outside ASCII."),
        ("", "must not be empty."),
    ],
)
def test_a_malformed_key_is_rejected_and_not_shown(
    root: Path, database: dict[str, Any], setting: str, argument: str, key: str, problem: str
) -> None:
    file = file_with({"main": {"key": key}}, main={**database, setting: "databases.main.key"})
    found = only_fault(root, f"databases.main.{setting}", file)
    assert found.startswith(problem)
    assert "pulumi config set --secret --path 'edge-postgres:secrets.databases.main.key'" in found
    assert "sentinel" not in found


@both_vendors
def test_a_key_in_place_of_its_path_is_rejected_and_not_shown(
    root: Path, database: dict[str, Any], setting: str, argument: str
) -> None:
    found = faults(root, file_with({}, main={**database, setting: SENTINEL}))
    assert list(found) == [f"databases.main.{setting}"]
    assert SENTINEL not in str(found)
