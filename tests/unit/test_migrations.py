"""Migrations of Durable Objects: accepted fields, and the rules for versions."""

from typing import Any

import pytest

from edge_postgres.workers.migrations import (
    is_applied_by_a_deployment,
    reject_binding_of_new_class,
    reject_gradual_migration,
    validate_migrations,
)
from tests.harness import rejected

FIRST = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}
NOTHING = {"old_tag": "v1", "new_tag": "v1"}


def test_every_field_of_the_api_is_accepted() -> None:
    step = {
        "new_classes": ["A"],
        "new_sqlite_classes": ["B"],
        "deleted_classes": ["C"],
        "renamed_classes": [{"from": "D", "to": "E"}],
        "transferred_classes": [{"from": "F", "from_script": "other", "to": "G"}],
    }
    migrations = {"old_tag": "v1", "new_tag": "v2", "steps": [step]}
    assert validate_migrations(migrations, subject="api.migrations") == migrations
    assert validate_migrations(step, subject="api.migrations") == step


def test_names_of_other_languages_become_those_of_the_api() -> None:
    given = {"newTag": "v1", "steps": [{"renamedClasses": [{"from_": "A", "to": "B"}]}]}
    assert validate_migrations(given, subject="api.migrations") == {
        "new_tag": "v1",
        "steps": [{"renamed_classes": [{"from": "A", "to": "B"}]}],
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"tag": "v1"}, "api.migrations.tag: is unknown to the provider, which drops it without a message"),
        ({"new_sqlite_class": ["Room"]}, "Did you mean `new_sqlite_classes`?"),
        ({"new_classes": "Room"}, "api.migrations.new_classes: must be a list"),
        ({"renamed_classes": [{"old": "A"}]}, "api.migrations.renamed_classes[0].old: is unknown to the provider"),
        ({"steps": [{"new_tag": "v1"}]}, "api.migrations.steps[0].new_tag: is unknown to the provider"),
        ([FIRST], "api.migrations: must be a map"),
    ],
)
def test_a_migration_that_the_provider_would_change_is_rejected(given: Any, problem: str) -> None:
    with rejected(problem):
        validate_migrations(given, subject="api.migrations")


@pytest.mark.parametrize(
    ("migrations", "applied"),
    [
        (FIRST, True),
        ({"deleted_classes": ["Room"]}, True),
        ({"steps": [{"deleted_classes": ["Room"]}]}, True),
        ({"old_tag": "v1", "new_tag": "v2"}, True),
        ({"new_tag": "v1"}, True),
        (NOTHING, False),
        ({"old_tag": "v1"}, False),
        ({}, False),
    ],
)
def test_a_deployment_applies_a_migration_that_changes_classes_or_the_tag(
    migrations: dict[str, Any], applied: bool
) -> None:
    assert is_applied_by_a_deployment(migrations) is applied


def test_only_a_migration_that_is_applied_needs_all_requests() -> None:
    reject_gradual_migration(FIRST, 100, subject="api")
    reject_gradual_migration(NOTHING, 10, subject="api")
    with rejected("api.migrations: cannot be combined with `percentage: 0`, because Cloudflare applies a migration"):
        reject_gradual_migration(FIRST, 0, subject="api")


@pytest.mark.parametrize(
    "migrations",
    [
        FIRST,
        {"new_classes": ["Room"]},
        {"renamed_classes": [{"from": "Hall", "to": "Room"}]},
        {"steps": [{"transferred_classes": [{"from": "Room", "from_script": "other", "to": "Room"}]}]},
    ],
)
def test_a_version_cannot_bind_a_class_that_its_migration_creates(migrations: dict[str, Any]) -> None:
    with rejected("api.durable_objects.ROOMS: must not bind Room in the version whose migration creates the class"):
        reject_binding_of_new_class(migrations, [("HALLS", "Hall"), ("ROOMS", "Room")], subject="api")


def test_a_version_can_bind_an_existing_class() -> None:
    reject_binding_of_new_class(NOTHING, [("ROOMS", "Room")], subject="api")
    reject_binding_of_new_class({**FIRST, "deleted_classes": ["Hall"]}, [("HALLS", "Hall")], subject="api")
