"""The rules, each over one sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.prose.glossary import Glossary
from tools.prose.sentences import Sentence

NOUN_CLAUSE = "noun clause"
LONG_SENTENCE = "long sentence"
_OPENING = r"[\"'(*_]*"
_NOUN_CLAUSE = re.compile(rf"(?:^{_OPENING}|[;:] )(what|whatever|who|whoever)\b(?!'s new)", re.IGNORECASE)
# A comma ends a condition: "Where a host is private, a route is required." Without one, `Where` is a noun.
_PLACE_CLAUSE = re.compile(rf"(?:^{_OPENING}|[;:] )(where)\b[^,]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    rule: str
    description: str
    fix: str


def problems(sentence: Sentence, glossary: Glossary) -> Iterator[Problem]:
    if sentence.text in glossary.resource_texts:
        return
    for term in glossary.terms:
        for words in term.matches(sentence.text):
            yield Problem(term.name, f"`{words}` is not in the vocabulary", f"Write: {term.write}.")
    yield from _noun_clause(sentence)
    yield from _long_sentence(sentence, glossary.longest_sentence)


def _noun_clause(sentence: Sentence) -> Iterator[Problem]:
    found = _NOUN_CLAUSE.search(sentence.text) or _PLACE_CLAUSE.search(sentence.text)
    if found and not sentence.text.rstrip("\"')*_").endswith("?"):
        yield Problem(NOUN_CLAUSE, f"a clause starts with `{found[1]}` as a noun", "Name the thing.")


def _long_sentence(sentence: Sentence, longest: int) -> Iterator[Problem]:
    if sentence.words > longest:
        opening = " ".join(sentence.text.split()[:5])
        yield Problem(LONG_SENTENCE, f"`{opening} …` has {sentence.words} words, {longest} at most", "Split it.")
