"""Passages of a Markdown page. Code, HTML and block quotes, which quote vendors, are skipped."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools.prose.passages import CODE, Passage, without_code

_PARSER = MarkdownIt("commonmark").enable("table")


def markdown_passages(source: str) -> Iterator[Passage]:
    """Paragraphs, headings, list items and table cells."""
    quotes = 0
    for token in _PARSER.parse(source):
        if token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
        elif token.type == "inline" and token.map and not quotes:
            yield Passage(token.map[0] + 1, without_code(_text(token)))


def _text(token: Token) -> str:
    parts = {"code_inline": CODE, "softbreak": "\n", "hardbreak": "\n", "html_inline": " "}
    return "".join(parts.get(child.type, child.content) for child in token.children or ())
