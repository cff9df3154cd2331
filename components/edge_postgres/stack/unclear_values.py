"""Finds values of the stack file that YAML has changed, that a copied text has damaged, or that are missing.

A type of a setting cannot find them: YAML changes the date `2025-01-01` to another string, and a character without a
width is a part of a valid name.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from edge_postgres.core.json_types import JsonInput, JsonValue
from edge_postgres.stack.errors import SettingError

LONGEST = 4096
"""Characters of the longest value: the longest path of a file on Linux. All names of vendors are shorter."""
_FREE = frozenset({"vars", "json", "transform", "otherBindings", "tags", "comment", "command"})
"""Settings whose strings only the user's program, a provider or a shell reads. They can be empty and have any form."""
_NO_VALUE = "has no value. Set it, or remove the key."
_WITH_DATE = "compatibilityDate"
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \S+")
"""The form in which the engine passes an unquoted date of YAML."""
_JOINERS = "\u200c\u200d"
"""Characters without a width inside words of some languages and inside emoji."""
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of characters that are not visible, and of half a character."""


def with_unclear_values(
    raw: JsonInput, unreadable: Iterable[SettingError], errors: Iterable[SettingError]
) -> list[SettingError]:
    """Returns the errors of a stack file, together with those of its unclear and missing values.

    Args:
        raw: The stack file, which is not validated yet.
        unreadable: Errors of the sections that could not be read, which ``raw`` does not have.
        errors: All other errors. The error of an unclear value replaces those of the same path, because they show the
            value. A missing value has the error that its type reports, if there is one.
    """
    unclear = [*unreadable, *(error for path, value in _walk(raw) for error in _errors_of(path, value))]
    paths = {error.path for error in unclear}
    found = [*unclear, *(error for error in errors if error.path not in paths)]
    known = {error.path for error in found}
    missing = [path for path, value in _walk(raw) if value in (None, "") and path not in known and not _is_free(path)]
    return found + [SettingError(path, _NO_VALUE) for path in missing]


def _errors_of(path: str, value: JsonValue) -> Iterator[SettingError]:
    if isinstance(value, Mapping):
        for key in value:
            if _DATE.fullmatch(key):
                yield SettingError(path, f"has a date as a key, which YAML changes to `{key}`. Put it in quotes.")
            elif not key or (invisible := _invisible(key)):
                content = f"the character {invisible}" if key else "no characters"
                yield SettingError(path, f"has a key with {content}. Correct the key.")
    elif isinstance(value, float) and not math.isfinite(value):
        yield SettingError(path, "must be a finite number. Set a number.")
    elif isinstance(value, str) and (problem := _problem_of(path, value)):
        yield SettingError(path, problem)


def _problem_of(path: str, text: str) -> str | None:
    if _DATE.fullmatch(text) and not path.endswith(_WITH_DATE):
        return f"is a date, which YAML changes to `{text}`. Put it in quotes."
    if any(unicodedata.category(character) == "Cs" for character in text):
        return "must be valid Unicode text. Remove the escape sequence of half a character."
    if _is_free(path):
        return None
    if len(text) > LONGEST:
        return f"must be at most {LONGEST} characters long, got {len(text)}. Set a shorter value."
    if "\n" in text or text != text.strip():
        return "must be on one line, without spaces at its beginning and its end. Remove the spaces and line breaks."
    if invisible := _invisible(text):
        return f"must not contain the character {invisible}, which is not visible. Write the value again."
    return None


def _invisible(text: str) -> str | None:
    """Returns the number of the first character that is not visible. None if there is none."""
    found = (each for each in text if unicodedata.category(each) in _INVISIBLE and each not in _JOINERS)
    return next((f"U+{ord(each):04X}" for each in found), None)


def _is_free(path: str) -> bool:
    section, *below = re.split(r"[.\[]", path)
    return not _FREE.isdisjoint([section, *below[1:]])  # `below[0]` is a name that the user chose


def _walk(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yields the path and the value of each setting, of each map and of each element of a list."""
    yield path, value
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _walk(each, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _walk(each, f"{path}[{index}]")
