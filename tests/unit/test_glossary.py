"""The glossary: every term of the project is defined once, in alphabetical order, with a page to read."""

import re

import pytest

from tests.unit.page_tables import rows_of

PAGE = "docs/glossary.md"
TERMS = [row["Term"] for row in rows_of(PAGE, "Terms")]

USED = (
    "CA",
    "Hyperdrive configuration",
    "approximate limit",
    "argument",
    "binding",
    "budget",
    "compatibility date",
    "component",
    "connection limit",
    "connection method",
    "connector",
    "consumer",
    "database vendor",
    "drift step",
    "emulator",
    "fix",
    "fresh",
    "golden graph",
    "mocks",
    "network route",
    "origin",
    "output",
    "pair",
    "preview",
    "preview database",
    "preview stack",
    "provider",
    "refresh",
    "replace",
    "route",
    "sentinel",
    "setting",
    "slot",
    "stack",
    "stand-in plugin",
    "state",
    "template stack",
    "unallocated connections",
    "validation error",
)
"""Terms in messages, settings and pages that a newcomer cannot find at a vendor with the same meaning."""


@pytest.mark.parametrize("term", USED)
def test_a_term_of_the_project_is_defined(term: str) -> None:
    assert term in TERMS


def test_terms_are_unique_and_in_alphabetical_order() -> None:
    assert sorted(set(TERMS), key=str.lower) == TERMS


@pytest.mark.parametrize("row", rows_of(PAGE, "Terms"), ids=lambda row: row["Term"])
def test_a_term_has_a_definition_in_sentences_and_a_page(row: dict[str, str]) -> None:
    assert re.fullmatch(r"[A-Z`].*\.", row["Meaning"])
    assert re.fullmatch(r"\[[^]]+\]\([^)]+\)", row["Read more"])
