"""A passage is a block of text with whole sentences: a paragraph, a list item, a table cell, a comment, a message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Placeholder of code, URLs and the values of a message.
CODE = "¤"
_CODE_SPAN = re.compile(r"(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_URL = re.compile(r"\b(?:https?|postgres(?:ql)?)://[^\s)>\]]*[^\s)>\].,;:]")
_QUOTE = re.compile(r"^\s*>")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:(?:[-*+•]|\d+\.)\s+|@[a-z]+\b)")
_TAG = re.compile(r"@[a-z]+(?: \{.*\})?(?: \[?[\w.]+\]?)?")
_FIELD = re.compile(r"^\s+[`*]{0,2}\w+[`*]{0,2}(?: \([^)]*\))?: ")

_NO_CODE = 1000


@dataclass(frozen=True)
class Passage:
    """`text` keeps the line breaks of the source, so that each sentence has its line. `line` is the first one's."""

    line: int
    text: str

    def line_at(self, position: int) -> int:
        """Line of the source that holds the character at `position`."""
        return self.line + self.text.count("\n", 0, position)


def without_code(text: str) -> str:
    """Replaces code spans, URLs and the tags of JSDoc; keeps line breaks."""
    text = _TAG.sub(CODE, text)
    text = _CODE_SPAN.sub(lambda span: CODE + "\n" * span[0].count("\n"), text)
    return _URL.sub(CODE, text)


def passages_of(text: str, line: int) -> Iterator[Passage]:
    """Passages of a docstring or comment: separated by blank lines, list items, fields, indentation and code blocks."""
    block: list[str] = []
    first, fenced, code = line, False, _NO_CODE
    for number, content in enumerate(text.split("\n"), line):
        blank, fence = not content.strip(), bool(_FENCE.match(content))
        is_code = fenced or (not blank and _indent(content) > code)
        if block and (blank or fence or is_code or _starts(content, block[0])):
            yield Passage(first, without_code("\n".join(block)))
            block = []
        if fence:
            fenced = not fenced
        elif not blank and not is_code and not _QUOTE.match(content):
            first = first if block else number
            block.append(content)
            code = _indent(content) if content.rstrip().endswith("::") else _NO_CODE
    if block:
        yield Passage(first, without_code("\n".join(block)))


def _starts(content: str, opening: str) -> bool:
    """Whether the line begins a passage after one that `opening` began."""
    if _ITEM.match(content) or _FIELD.match(content) or _QUOTE.match(content):
        return True
    in_item = _ITEM.match(opening) or _FIELD.match(opening)
    return not in_item and abs(_indent(content) - _indent(opening)) > 1


def _indent(content: str) -> int:
    return len(content) - len(content.lstrip())
