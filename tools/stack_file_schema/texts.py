"""What an editor shows beside a key: a line of the documentation, or what the component says of its argument.

Both are written for readers already; what is written here is what neither says.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from localcloud.state_directory import CHECKOUT
from tools.stack_file_schema.sources import CALLED, HOMES, OWN

DOCS = CHECKOUT / "docs"


class Texts:
    """The texts of all keys, by model and key."""

    def __init__(self, components: Mapping[str, Any], keys: frozenset[str]) -> None:
        """``components`` is the schema that other languages get, ``keys`` are all keys of a stack file."""
        found = {**components["types"], **components["resources"]}
        self._shapes = {token.rpartition(":")[2]: shape for token, shape in found.items()}
        self._keys = keys

    def of(self, model: str, key: str) -> str:
        """Empty where nobody says anything."""
        told = OWN.get(f"{model}.{key}") or OWN.get(key)
        lines = [line for home in HOMES.get(model, ()) if ".md" in home for line in _lines(home, key)]
        # A line that is shared with other keys, or shows a map and no more, says less than the argument does.
        own = [text for text, alone in lines if alone and _says_something(text)]
        arguments = [
            text for home in HOMES.get(model, ()) if ".md" not in home for text in self._argument(home, model, key)
        ]
        candidates = [*filter(None, [told]), *own, *arguments, *(text for text, _ in lines)]
        return self._spelled(candidates[0]) if candidates else ""

    def _argument(self, shape: str, model: str, key: str) -> Iterator[str]:
        properties = self._shapes[shape].get("inputProperties") or self._shapes[shape]["properties"]
        called = CALLED.get(f"{model}.{key}", key)
        if called in properties:
            yield " ".join(properties[called]["description"].split())

    def _spelled(self, text: str) -> str:
        """A text whose keys are those of a stack file, whose links say where they lead, and which begins like one."""
        text = re.sub(r"\[([^]]+)\]\((?:\.\./)*([^)]+)\)", r"\1 (docs/\2)", text)
        text = re.sub(r"`([a-z_]+)`", lambda found: f"`{self._key(found[1])}`", text)
        return text[:1].upper() + text[1:]

    def _key(self, word: str) -> str:
        return camel if (camel := to_camel(word)) in self._keys else word


def _says_something(text: str) -> bool:
    return len(re.sub(r"`[^`]*`", "", text).split()) > 2


def _lines(home: str, key: str) -> Iterator[tuple[str, bool]]:
    """The lines of a key in the tables of a page, and whether a line is about nothing else."""
    page, _, rest = home.partition("#")
    wanted, _, prefix = rest.partition(":")
    section, inside = "", False
    for line in (DOCS / page).read_text().splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ").replace("`", "")
        inside = line.lower().startswith("| setting |") or (inside and line.startswith("|"))
        cells = line.strip("|").split(" | ")
        named = re.findall(r"`([^`]+)`", cells[0])
        if inside and len(cells) > 1 and wanted in ("", section) and prefix + key in named:
            yield cells[-1].strip(), len(named) == 1
