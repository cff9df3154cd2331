"""Messages of a program: they begin with the type and the name of the component, and their fix is one for a program."""

import re
from typing import Any

import pulumi
import pytest

import edge_postgres
from tests.harness import deploy, rejected
from tests.unit.samples import COMPONENTS, every_component, sample
from tests.unit.sound import ACCOUNT, origin
from tests.unit.vendors import CALLS, OUTPUTS


@every_component
def test_a_message_begins_with_the_type_and_the_name_of_the_component(name: str, bundle: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"^{name} `main`\\.nonsense: unknown argument"):
        deploy(lambda: sample(name, bundle, nonsense=1) and None, outputs=OUTPUTS, calls=CALLS)


@every_component
def test_a_missing_dictionary_is_rejected_with_the_type_and_the_name(name: str) -> None:
    with rejected(f"{name} `main`: must be a dictionary, got a value of the type NoneType"):
        deploy(lambda: COMPONENTS[name]("main", None) and None)  # type: ignore[arg-type]


def test_two_components_of_one_name_have_different_paths() -> None:
    def program() -> None:
        found = edge_postgres.ExistingPostgres("main", {"url": "postgres://app:secret@db.example.com/app"})
        edge_postgres.Hyperdrive(
            "main",
            {
                "account_id": ACCOUNT,
                "origin": found.origin,
                "connection_limit": 4,
                "caching": {"disabled": True},
            },
        )

    with rejected("Hyperdrive `main`.connection_limit: must be at least 5, got 4"):
        deploy(program)


def test_a_subclass_of_a_component_has_the_type_of_the_component() -> None:
    class Ours(edge_postgres.Hyperdrive):
        """A company's Hyperdrive."""

    with rejected("Hyperdrive `main`.connection_limit: must be at least 5"):
        deploy(
            lambda: (
                Ours(
                    "main",
                    {
                        "account_id": ACCOUNT,
                        "origin": origin(),
                        "connection_limit": 4,
                        "caching": {"disabled": True},
                    },
                )
                and None
            )
        )


@pytest.mark.parametrize(
    ("name", "changes", "fix"),
    [
        ("RdsPostgres", {"engine_version": 17.1}, 'Set a string, such as "17.10".'),
        ("CloudSqlPostgres", {"postgres_version": 17}, 'Set a major version, such as "17".'),
        ("Worker", {"vars": {"LEVEL": 1}}, "Set a string, and parse it in the Worker."),
        ("Worker", {"compatibility_date": "tomorrow"}, 'Set a string such as "2026-11-01".'),
        ("SecretsStore", {"secrets": {"key": {"value": 1}}}, "Set a string."),
        ("Worker", {"placement": {"region": "aws:us-east-1"}}, "Use `WorkerRollout` instead of `Worker`"),
        ("Worker", {"files": {"a.wasm": "a.wasm"}}, "Use `WorkerRollout` instead of `Worker`"),
        ("WorkerRollout", {"keep_bindings": ["secret_text"]}, "Declare the bindings instead."),
    ],
)
def test_a_fix_is_one_for_a_program_and_not_for_a_stack_file(
    name: str, changes: dict[str, Any], fix: str, bundle: str
) -> None:
    with pytest.raises(pulumi.RunError, match=re.escape(fix)) as error:
        deploy(lambda: sample(name, bundle, **changes) and None, outputs=OUTPUTS, calls=CALLS)
    assert not re.search(r"YAML|in quotes|stack file|`[a-z]+[A-Z]\w*`", str(error.value))
