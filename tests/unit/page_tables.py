"""The tables of a page, as rows of text: for tests that recompute or look up what a page claims."""

from pathlib import Path

from markdown_it import MarkdownIt

PROJECT = Path(__file__).resolve().parents[2]
Row = dict[str, str]


def tables_of(page: str) -> dict[str, list[Row]]:
    """The rows of every table of a page, by the heading above the table; rows of several tables are joined.

    ``page`` is relative to the project. A row is the text of each cell as written, by the name of its column.
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
    """The rows below one heading. Raises ``KeyError`` where the heading has no table."""
    return tables_of(page)[heading]
