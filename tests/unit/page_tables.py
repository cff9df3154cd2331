"""Reads the tables of a page, for tests that check the values on the page."""

from pathlib import Path

from markdown_it import MarkdownIt

PROJECT = Path(__file__).resolve().parents[2]
Row = dict[str, str]


def tables_of(page: str) -> dict[str, list[Row]]:
    """Returns the rows of every table of a page, by the heading above it. Tables below one heading are joined.

    ``page`` is relative to the project. A row has the Markdown of each cell, by the name of its column.
    """
    found: dict[str, list[Row]] = {}
    columns: list[str] = []
    cells: list[str] = []
    heading = previous = ""
    for token in MarkdownIt("commonmark").enable("table").parse((PROJECT / page).read_text()):
        if token.type == "inline" and previous == "heading_open":
            heading = token.content
        elif token.type in ("thead_open", "tr_open"):
            cells = []
        elif token.type == "inline" and previous in ("th_open", "td_open"):
            cells.append(token.content)
        elif token.type == "thead_close":
            columns = cells
        elif token.type == "tr_close" and columns and cells is not columns:
            found.setdefault(heading, []).append(dict(zip(columns, cells, strict=True)))
        elif token.type == "table_close":
            columns = []
        previous = token.type
    return found


def rows_of(page: str, heading: str) -> list[Row]:
    """Returns the rows below a heading. Raises ``KeyError`` if the heading has no table."""
    return tables_of(page)[heading]
