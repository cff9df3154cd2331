"""Each cell of the support matrix names existing tests, and a row claims a real account only with date and commit."""

import re
from datetime import date

import pytest

from tests.unit.page_tables import PROJECT, Row, tables_of

PAGE = "docs/support-matrix.md"
ROWS = [row for rows in tables_of(PAGE).values() for row in rows if "Real account" in row]
CELLS = [row[column] for row in ROWS for column in ("Mocks", "Emulator")]


def name_of(row: Row) -> str:
    return row.get("Provider") or row["Feature"]


def files_in(cell: str) -> list[str]:
    return re.findall(r"`(tests/[\w/]+\.py)`", cell)


@pytest.mark.parametrize("cell", sorted(set(CELLS)))
def test_a_cell_names_a_file_of_tests_or_none(cell: str) -> None:
    assert cell == "none" or [(PROJECT / name).is_file() for name in files_in(cell)] == [True]


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_claim_of_a_real_account_has_a_date_and_a_commit(row: Row) -> None:
    cell = row["Real account"]
    assert cell == "none yet" or re.fullmatch(r"20\d\d-\d\d-\d\d, [0-9a-f]{12}", cell)


@pytest.mark.parametrize("page", ["docs/support-matrix.md", "docs/acceptance.md"])
def test_a_page_does_not_claim_more_runs_with_a_real_account_than_the_rows(page: str) -> None:
    denied = re.search(
        r"\*\*No (test has used a|one has run them with a) real account yet", (PROJECT / page).read_text()
    )
    assert bool(denied) == all(row["Real account"] == "none yet" for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_row_has_its_date(row: Row) -> None:
    assert date.fromisoformat(row["Date"]).year >= 2026


@pytest.mark.parametrize("page", sorted((PROJECT / "docs" / "origins").glob("*.md")), ids=lambda page: page.stem)
def test_every_database_vendor_has_a_row(page: object) -> None:
    names = {re.sub(r"[^a-z]", "", name_of(row).lower()) for row in ROWS}
    vendor = re.sub(r"[^a-z]", "", getattr(page, "stem", ""))
    assert any(vendor in name for name in names)


def test_the_rows_of_a_matrix_are_unique() -> None:
    names = [name_of(row) for row in ROWS]
    assert sorted(set(names)) == sorted(names)
