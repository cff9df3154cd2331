"""docs/stack-file.md has every setting of the schema with its type, default and description."""

import re

import pytest

from tests.unit.generated import as_committed
from tests.unit.page_tables import tables_of
from tools.reference.files import GENERATED, _stack_file
from tools.reference.stack_file import _MARKER, PAGE, Tables

TABLES = Tables(_stack_file())
PATHS = ["", "databases.NAME", "databases.NAME.route", "workers.NAME", "pages.NAME", "pages.NAME.production"]
PATHS += ["kv.NAME", "secretsStore"]
ROWS = [row for rows in tables_of("docs/stack-file.md").values() for row in rows]


def test_the_page_is_generated_from_the_models() -> None:
    as_committed(PAGE, GENERATED[PAGE]())


@pytest.mark.parametrize("path", PATHS)
def test_every_setting_is_in_one_table(path: str) -> None:
    shown = [key for _, at, keys, _ in _MARKER.findall(PAGE.read_text()) if at == path for key in keys.split(", ")]
    assert shown == [""] or sorted(shown) == sorted(TABLES.keys(path))


def test_both_environments_of_pages_have_the_same_settings() -> None:
    assert TABLES.keys("pages.NAME.production") == TABLES.keys("pages.NAME.preview")


def test_every_table_has_the_columns_of_a_settings_table() -> None:
    assert {tuple(row) for row in ROWS} == {("Setting", "Type", "Required", "Default", "Description")}
    assert len(ROWS) > 150


def test_every_setting_has_a_type_and_a_description() -> None:
    assert [row["Setting"] for row in ROWS if row["Type"] == "any value" or len(row["Description"].split()) < 2] == []


def test_a_default_in_a_description_is_in_its_column() -> None:
    assert [row["Setting"] for row in ROWS if "Default:" in row["Description"]] == []


def test_a_condition_of_a_required_setting_is_in_its_column() -> None:
    assert [row["Setting"] for row in ROWS if "Required" in row["Description"]] == []


@pytest.mark.parametrize(
    ("setting", "cells"),
    [
        ("accountId", ("string", "yes", "–")),
        ("plan", ("`free` or `paid`", "no", "`paid`")),
        ("provider", ("`cloud-sql`, `existing`, `neon`, `prisma`, `rds` or `supabase`", "yes", "–")),
        ("hyperdrive.connectionLimit", ("integer (at least 5) or `auto`", "yes", "–")),
        ("hyperdrive.caching", ("`none` or map", "yes", "–")),
        ("hyperdrive.reservedElsewhere", ("integer (at least 0) or map of integers (at least 0)", "no", "–")),
        ("hyperdrive.fresh.share", ("number (between 0 and 1)", "yes", "–")),
        ("databases", ("map of maps", "yes", "–")),
        ("connector", ("`none`, `ecs` or map", "unless `tunnelId` is set", "–")),
        ("hostname", ("string", "for `access-tunnel`", "–")),
        (
            "direct.acceptOpenNetwork",
            ("boolean", "unless the database is at Neon, Prisma Postgres, Supabase or CockroachDB Cloud", "`false`"),
        ),
        ("rollout.previousVersionId", ("string", "if `percentage` is below 100", "–")),
        ("compatibilityFlags", ("list of strings", "no", "–")),
        ("durableObjects.NAME.className", ("string", "yes", "–")),
        ("scriptName", ("string", "no", "`<project>-<stack>-<name>`")),
    ],
)
def test_a_setting_has_its_type_whether_it_is_required_and_its_default(
    setting: str, cells: tuple[str, str, str]
) -> None:
    row = next(row for row in ROWS if row["Setting"] == f"`{setting}`")
    assert (row["Type"], row["Required"], row["Default"]) == cells


def test_the_keys_begin_with_the_name_of_the_users_project() -> None:
    page = PAGE.read_text()
    assert "shop:databases" in page
    assert not re.search(r"\bedge-postgres:", page)
