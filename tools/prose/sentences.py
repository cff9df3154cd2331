"""Splits passages into sentences and counts their words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.prose.passages import CODE, Passage

_END = re.compile(rf"(?<![a-z]\.[a-z]\.)(?<!\betc\.)(?<!\bvs\.)(?<=[.!?…])[\"')\]*_]*\s+(?=[\"'(\[*_]*[A-Z0-9{CODE}])")
_WORD = re.compile(rf"[^\s\W]|{CODE}")


@dataclass(frozen=True)
class Sentence:
    line: int
    text: str

    @property
    def words(self) -> int:
        return sum(1 for part in self.text.split() if _WORD.search(part))


def sentences(passage: Passage) -> Iterator[Sentence]:
    """Sentences without line breaks; each with the line of its first word."""
    begin = 0
    for end in [*(match.end() for match in _END.finditer(passage.text)), len(passage.text)]:
        part = passage.text[begin:end]
        text = " ".join(part.split())
        if text:
            yield Sentence(passage.line_at(begin + len(part) - len(part.lstrip())), text)
        begin = end
