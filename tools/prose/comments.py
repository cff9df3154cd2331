"""Passages of comments after `#` (Python, YAML, TOML, shell, Makefile) and after `//` (TypeScript, Go)."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tools.prose.passages import Passage, passages_of

_DIRECTIVE = re.compile(r"(?:!|type: ?ignore|noqa|pragma|mypy:|fmt:|shellcheck|eslint|@ts-)\S*(?: ?[A-Z]+\d+,?)*")
_QUOTED_OR_HASH = re.compile(r""""(?:\\.|[^"\\])*"|(?<!\w)'[^']*'|(?:^|(?<=\s))#+ ?""")
_QUOTED_OR_SLASHES = re.compile(
    r"""(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|//+ ?(?P<line>[^\n]*)|/\*+(?P<block>.*?)\*/""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Comment:
    line: int
    column: int
    text: str
    # Whether the line begins with code.
    trailing: bool


def python_comments(source: str) -> Iterator[Passage]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return joined(
        Comment(*token.start, token.string.lstrip("#").removeprefix(":").removeprefix(" "), not _starts(token))
        for token in tokens
        if token.type == tokenize.COMMENT
    )


def _starts(token: tokenize.TokenInfo) -> bool:
    return not token.line[: token.start[1]].strip()


def hash_comments(source: str) -> Iterator[Passage]:
    """Comments that begin with `#` at the start of a line or after a space, outside of quotes."""
    return joined(_hash_comments(source))


def _hash_comments(source: str) -> Iterator[Comment]:
    for number, line in enumerate(source.split("\n"), 1):
        for match in _QUOTED_OR_HASH.finditer(line):
            if match[0].startswith("#"):
                yield Comment(number, match.start(), line[match.end() :], bool(line[: match.start()].strip(" \t@")))
                break


def slash_comments(source: str) -> Iterator[Passage]:
    """Comments that begin with `//` or are between `/*` and `*/`, outside of quotes."""
    return joined(_slash_comments(source))


def _slash_comments(source: str) -> Iterator[Comment]:
    for match in _QUOTED_OR_SLASHES.finditer(source):
        text = match["line"] if match["line"] is not None else match["block"]
        if text is not None:
            begin = source.rfind("\n", 0, match.start()) + 1
            text = re.sub(r"(?m)^[ \t]*\* ?", "", text)
            number = source.count("\n", 0, begin) + 1
            yield Comment(number, match.start() - begin, text, bool(source[begin : match.start()].strip()))


def joined(comments: Iterable[Comment]) -> Iterator[Passage]:
    """Comments on lines that follow each other, in the same column and without code, are one block of text."""
    block: list[Comment] = []
    for comment in comments:
        follows = block and (block[-1].line + 1, block[-1].column) == (comment.line, comment.column)
        if block and (comment.trailing or not follows):
            yield from _passages(block)
            block = []
        block.append(comment)
    yield from _passages(block)


def _passages(block: list[Comment]) -> Iterator[Passage]:
    if block:
        yield from passages_of("\n".join(_DIRECTIVE.sub("", comment.text) for comment in block), block[0].line)
