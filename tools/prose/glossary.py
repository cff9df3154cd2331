"""Reads `glossary.toml`: the terms that this project does not use, and those to write instead."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True)
class Term:
    """A term that is not used here. A match inside of an `allowed` context passes."""

    name: str
    pattern: re.Pattern[str]
    write: str
    allowed: tuple[re.Pattern[str], ...]
    # Sentences for the tests of the glossary: `wrong` ones are found, `right` ones are not.
    wrong: tuple[str, ...]
    right: tuple[str, ...]

    def matches(self, sentence: str) -> list[str]:
        """The parts of `sentence` that match outside of every allowed context."""
        found = list(self.pattern.finditer(sentence))
        if not found:
            return []
        contexts = [context.span() for allowed in self.allowed for context in allowed.finditer(sentence)]
        return [
            match[0]
            for match in found
            if not any(begin <= match.start() and match.end() <= end for begin, end in contexts)
        ]


@dataclass(frozen=True)
class Glossary:
    terms: tuple[Term, ...]
    longest_sentence: int
    skipped: tuple[str, ...]
    resource_texts: frozenset[str]


def load(file: Path = FILE) -> Glossary:
    content = tomllib.loads(file.read_text())
    terms = tuple(
        Term(
            name=name,
            pattern=_compiled(term["pattern"]),
            write=term["write"],
            allowed=tuple(_compiled(pattern) for pattern in term.get("allowed", ())),
            wrong=tuple(term["wrong"]),
            right=tuple(term["right"]),
        )
        for name, term in content["terms"].items()
    )
    return Glossary(
        terms=terms,
        longest_sentence=content["longest_sentence"],
        skipped=tuple(content["skipped"]),
        resource_texts=frozenset(content["resource_texts"]),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
