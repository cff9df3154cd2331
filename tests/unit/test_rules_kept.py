"""Rules of docs/rules.md that are checked in the content of sources and pages."""

import re
from pathlib import Path

import pytest

from edge_postgres.core.error_codes import ERROR_CODES
from localcloud.cloudflare import database_check

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(PROJECT / "workers" / "src").rglob("*.ts"), *(PROJECT / "workers" / "pages").rglob("*.ts")])
DRIVERS = sorted((PROJECT / "workers" / "src").glob("*.ts"))
PAGES = sorted([*(PROJECT / "docs").rglob("*.md"), PROJECT / "README.md", PROJECT / "workers" / "README.md"])

CLIENT = re.compile(
    r"\b(?:new (?:Client|Pool|Kysely|PrismaClient|PrismaPg)\b|(?:postgres|drizzle|prismaPostgres|client)\()"
)
INSTALLED = re.compile(r"\b(?:npm (?:install|i)|pnpm add|yarn add|bun add)\b([^`\n|]*)")


@pytest.mark.parametrize("path", DRIVERS, ids=lambda path: path.stem)
def test_a_sample_creates_its_client_in_a_function(path: Path) -> None:
    clients = [line for line in path.read_text().splitlines() if CLIENT.search(line)]
    assert clients
    assert [line for line in clients if not line.startswith(" ")] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_sample_does_not_use_process_env_or_response_error(path: Path) -> None:
    assert re.findall(r"process\.env|Response\.error\(", path.read_text()) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_ranges_of_packages_are_quoted(path: Path) -> None:
    parts = [part for line in INSTALLED.findall(path.read_text()) for part in line.split()]
    assert [part for part in parts if re.search(r"[<>^~*]|@\d", part) and not part.startswith('"')] == []


def test_the_runbook_has_every_code_of_a_rejected_database() -> None:
    page = (PROJECT / "docs" / "operations.md").read_text()
    codes = [each.code for each in ERROR_CODES if re.fullmatch("20(0.|1[0-6])", each.code)]
    assert re.findall(r"^\| (\d{4}) \|", page, re.MULTILINE) == codes


def test_the_emulator_of_hyperdrive_connects_with_its_name() -> None:
    assert database_check.APPLICATION_NAME == "Cloudflare Hyperdrive"
    gateway = (PROJECT / "localcloud" / "gateway" / "origin.mjs").read_text()
    assert re.findall(r'APPLICATION_NAME = "(.*)"', gateway) == ["Cloudflare Hyperdrive"]
