"""Generates the table of vendors' error codes in `docs/troubleshooting.md`."""

from collections.abc import Iterator

from edge_postgres.core.error_codes import ERROR_CODES, ErrorCode

BEGIN, END = "<!-- codes -->\n", "<!-- /codes -->"


def with_table(page: str) -> str:
    """Returns the page with the table between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{''.join(_rows())}\n{END}{after}"


def _rows() -> Iterator[str]:
    yield "| Vendor | Code | Meaning | Fix |\n|---|---|---|---|\n"
    for each in ERROR_CODES:
        yield f"| {each.vendor} | {each.code} | {each.meaning} | {each.fix}{_link(each)} |\n"


def _link(code: ErrorCode) -> str:
    name = code.page.partition("#")[0].removesuffix(".md").rpartition("/")[2].replace("-", " ")
    return f" See [{name}]({code.page})." if code.page else ""
