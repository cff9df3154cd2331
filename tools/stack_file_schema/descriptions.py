"""Finds the description of each key: in `sources.py`, in a table of a page, or in the docstring of an argument."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from localcloud.state_directory import CHECKOUT
from tools.stack_file_schema.sources import ARGUMENTS, DESCRIPTIONS, SOURCES

DOCS = CHECKOUT / "docs"


class Descriptions:
    """The descriptions of all keys, by model and key."""

    def __init__(self, components: Mapping[str, Any], keys: frozenset[str]) -> None:
        """``components`` is the schema of the plugin, ``keys`` are all keys of a stack file."""
        found = {**components["types"], **components["resources"]}
        self._shapes = {token.rpartition(":")[2]: shape for token, shape in found.items()}
        self._keys = keys

    def of(self, model: str, key: str) -> str:
        """The description of a key, or an empty string."""
        explicit = DESCRIPTIONS.get(f"{model}.{key}") or DESCRIPTIONS.get(key)
        lines = [line for source in SOURCES.get(model, ()) if ".md" in source for line in _lines(source, key)]
        # A line about several keys, or with little more than code, is less useful than the description of the argument.
        specific = [text for text, alone in lines if alone and _has_words(text)]
        arguments = [
            text
            for source in SOURCES.get(model, ())
            if ".md" not in source
            for text in self._argument(source, model, key)
        ]
        candidates = [*filter(None, [explicit]), *specific, *arguments, *(text for text, _ in lines)]
        return self._for_stack_file(candidates[0]) if candidates else ""

    def _argument(self, shape: str, model: str, key: str) -> Iterator[str]:
        properties = self._shapes[shape].get("inputProperties") or self._shapes[shape]["properties"]
        name = ARGUMENTS.get(f"{model}.{key}", key)
        if name in properties:
            yield " ".join(properties[name]["description"].split())

    def _for_stack_file(self, text: str) -> str:
        """The description with the keys of a stack file, with the paths of its links, and with a capital letter."""
        text = re.sub(r"\[([^]]+)\]\((?:\.\./)*([^)]+)\)", r"\1 (docs/\2)", text)
        text = re.sub(r"`([a-z_]+)`", lambda found: f"`{self._key(found[1])}`", text)
        return text[:1].upper() + text[1:]

    def _key(self, word: str) -> str:
        return camel if (camel := to_camel(word)) in self._keys else word


def _has_words(text: str) -> bool:
    return len(re.sub(r"`[^`]*`", "", text).split()) > 2


def _lines(source: str, key: str) -> Iterator[tuple[str, bool]]:
    """The descriptions of a key in the tables of a page, and whether its line has no other key."""
    page, _, rest = source.partition("#")
    wanted_section, _, prefix = rest.partition(":")
    section, inside = "", False
    for line in (DOCS / page).read_text().splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ").replace("`", "")
        inside = line.lower().startswith("| setting |") or (inside and line.startswith("|"))
        cells = line.strip("|").split(" | ")
        named = re.findall(r"`([^`]+)`", cells[0])
        if inside and len(cells) > 1 and wanted_section in ("", section) and prefix + key in named:
            yield cells[-1].strip(), len(named) == 1
