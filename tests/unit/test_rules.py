"""Every rule of docs/rules.md is checked by an existing test, or described on an existing page."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"

TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
VITEST = re.compile(r"`(workers/test/[\w.]+\.ts): ([^`]+)`")
SECTION = re.compile(r"\[[^\]]+\]\(([\w./-]+\.md)#([\w-]+)\): “([^”]+)”")

GROUPS = {
    "Connection methods": "T",
    "Origins": "O",
    "Connection limits": "L",
    "Workers and Pages": "W",
    "Drivers": "D",
    "Sample Workers": "S",
    "The serverless driver": "P",
    "wrangler files": "G",
    "Operations": "R",
}
SYSTEMS = [
    "Hyperdrive",
    "Prisma Postgres",
    "Prisma Accelerate",
    "Prisma ORM",
    "@prisma/ppg, @prisma/adapter-ppg",
    "Neon",
    "Supabase",
    "AWS RDS, Aurora",
    "RDS Proxy",
    "Google Cloud SQL",
    "PgBouncer, self-hosted",
    "Vercel Postgres, Railway, Render, other managed Postgres",
    "Postgres-compatible databases",
    "read replicas",
    "pg, @types/pg",
    "Postgres.js",
    "Drizzle, Kysely",
    "rust-postgres",
    "Workers runtime",
    "Workers variables and secrets",
    "Socket API",
    "Pages Functions",
    "KV, Cache API",
    "wrangler CLI",
    "wrangler.jsonc, wrangler.toml",
    "dashboard",
    "pg_stat_activity",
    "npm, pnpm, yarn, bun",
    "front ends, CMS, GraphQL, WebSockets",
    "pg-boss",
]


@dataclass(frozen=True)
class Row:
    group: str
    name: str
    """Id of a rule, or name of a system."""
    descriptions: tuple[str, ...]
    checked_by: str


def rows() -> list[Row]:
    found, group = [], ""
    for line in (DOCS / "rules.md").read_text().splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith(("| ID |", "| System |")):
            name, *descriptions, checked_by = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Row(group, name, tuple(descriptions), checked_by))
    return found


ROWS = rows()


@cache
def written_in(path: str) -> set[str]:
    file = PROJECT / path
    nodes = ast.parse(file.read_text()).body if file.exists() else ()
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@cache
def titles_in(path: str) -> set[str]:
    file = PROJECT / path
    return set(re.findall(r'\(\s*"((?:[^"\\]|\\.)*)",\s*(?:async )?\(', file.read_text())) if file.exists() else set()


@cache
def sections_of(path: str) -> dict[str, str]:
    """Returns the content below each heading of a page on one line, by anchor, without the sections below it."""
    found: dict[str, list[str]] = {}
    anchor, is_code = "", False
    file = DOCS / path
    for line in file.read_text().splitlines() if file.exists() else ():
        is_code ^= line.startswith("```")
        if line.startswith("#") and not is_code:
            anchor = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
        found.setdefault(anchor, []).append(line.strip())
    return {anchor: " ".join(lines) for anchor, lines in found.items()}


def missing(checked_by: str) -> list[str]:
    """Returns the checks that do not exist, and those in an unknown form."""
    unknown = SECTION.sub("", VITEST.sub("", TEST.sub("", checked_by))).replace("<br>", "")
    return [
        *([unknown] if unknown.strip() else []),
        *(f"{path}::{name}" for path, name in TEST.findall(checked_by) if name not in written_in(path)),
        *(f"{path}: {title}" for path, title in VITEST.findall(checked_by) if title not in titles_in(path)),
        *(
            f"{path}#{anchor}: {sentence}"
            for path, anchor, sentence in SECTION.findall(checked_by)
            if sentence not in sections_of(path).get(anchor, "")
        ),
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_check_of_a_rule_exists(row: Row) -> None:
    assert row.checked_by, f"{row.name} has no check"
    assert missing(row.checked_by) == [], f"{row.name} of docs/rules.md names a check that does not exist"


def test_a_missing_test_title_or_sentence_would_be_noticed() -> None:
    for absent in (
        "`tests/unit/test_rules.py::test_that_does_not_exist`",
        "`tests/unit/test_that_does_not_exist.py::test_the_check_of_a_rule_exists`",
        "`workers/test/worker.test.ts: a title that does not exist`",
        "[direct.md](direct.md#consent): “a sentence that does not exist”",
        "[direct.md](direct.md#a-heading-that-does-not-exist): “Direct”",
        "`tests/unit/test_rules.py`",
    ):
        assert missing(absent), absent


def test_rules_are_numbered_within_their_group() -> None:
    for group, letter in GROUPS.items():
        names = [row.name for row in ROWS if row.group == group]
        assert names == [f"{letter}{number}" for number in range(1, len(names) + 1)], group
    assert {row.group for row in ROWS} == {*GROUPS, "Systems"}


def test_every_rule_has_a_sentence() -> None:
    assert [
        row.name
        for row in ROWS
        if len(row.descriptions) != (2 if row.group == "Systems" else 1) or not all(row.descriptions)
    ] == []


def test_every_system_has_its_line() -> None:
    assert [row.name for row in ROWS if row.group == "Systems"] == SYSTEMS
