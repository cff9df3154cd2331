"""The page of names has every public name and every setting, and a reason for each unusual name."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import edge_postgres
from tests.unit.page_tables import PROJECT, Row, tables_of
from tools.stack_file_schema import generator

PAGE = "docs/names.md"
TABLES = tables_of(PAGE)
ROWS = [row for rows in TABLES.values() for row in rows if "Decision" in row]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def names_below(kind: str) -> list[str]:
    """Our names in the tables whose heading begins with ``kind``."""
    return [
        name
        for heading, rows in TABLES.items()
        if heading.startswith(kind)
        for row in rows
        for name in names_in(row["Our name"])
    ]


def settings_of(schema: dict[str, Any]) -> Iterator[str]:
    """Every key of a stack file, at every depth, without the project's name before it."""
    yield from (key for key, _ in generator.settings_of(schema))
    for definition in schema["definitions"].values():
        yield from definition.get("properties", {})


def plain(name: str) -> str:
    """A name without case, punctuation and the suffix of arguments."""
    return re.sub(r"[^a-z0-9]", "", name.removesuffix("Args").lower())


def test_every_public_name_is_on_the_page_once() -> None:
    assert sorted(names_below("Public names")) == sorted(edge_postgres.__all__)


def test_every_setting_is_on_the_page_once() -> None:
    schema = json.loads((PROJECT / "components" / "edge_postgres" / "data" / "stack-file.schema.json").read_text())
    assert sorted(names_below("Settings")) == sorted(set(settings_of(schema)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["Our name"])
def test_a_name_that_no_other_project_uses_needs_a_reason(row: Row) -> None:
    elsewhere = {plain(name) for name in names_in(row["Elsewhere"])}
    is_new = any(plain(name) not in elsewhere for name in names_in(row["Our name"]))
    assert row["Reason"] or not is_new


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["Our name"])
def test_a_row_has_the_names_elsewhere_and_the_decision(row: Row) -> None:
    assert row["Elsewhere"] == "none" or names_in(row["Elsewhere"])
    assert row["Decision"] in {"kept", "changed"}
