"""Checks the structure of the library: `python -m tools.structure` (part of `make check`).

Four rules, each with its limit as a constant: the length of a file, equal lines in two files, the number of `Any`, and
lookups by a name that is not in the source. `pylint`'s duplicate-code check does not normalise identifiers, and `jscpd`
is no Python package, so the comparison is here.
"""

import ast
import io
import itertools
import keyword
import re
import sys
import token
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LIBRARY = PROJECT / "components" / "edge_postgres"

MOST_LINES = 250
"""Lines of a file, including empty lines and comments."""
MOST_EQUAL_LINES = 30
"""Consecutive lines that two files may share after identifiers, strings and numbers are normalised."""
MOST_ANY = 73
"""Occurrences of `Any` in the library and the stack program, as `grep -woE Any` counts them."""
TYPED_PACKAGES = ("stack",)
"""Packages in which each lookup has its name in the source, so that the type checker and readers can follow it."""

MOST_UNNAMED_LOOKUPS = 0
"""Lookups without their name in the source in these packages."""

_KINDS = {token.NAME: "name", token.STRING: "string", token.NUMBER: "number"}
_IGNORED = {token.COMMENT, token.NL, token.NEWLINE, token.INDENT, token.DEDENT, token.ENDMARKER}
_KEYWORDS = frozenset(keyword.kwlist)

Line = tuple[int, str]
"""Number of a line, and its normalised tokens."""


def long_files(sources: Mapping[str, str], most: int = MOST_LINES) -> Iterator[str]:
    """Yields the files with too many lines."""
    for name, source in sources.items():
        if (count := len(source.splitlines())) > most:
            yield f"{name}: has {count} lines, {most} at most. Split it."


def too_many_any(sources: Mapping[str, str], most: int = MOST_ANY) -> Iterator[str]:
    """Yields a problem if `Any` occurs too often."""
    count = sum(len(re.findall(r"\bAny\b", source)) for source in sources.values())
    if count > most:
        yield f"The library has {count} times `Any`, {most} at most. Use a type that the checker can follow."


def unnamed_lookups(sources: Mapping[str, str], packages: tuple[str, ...] = TYPED_PACKAGES) -> Iterator[str]:
    """Yields calls of `getattr`, `setattr` and `import_module` whose name is not a constant, in typed packages."""
    for name, source in sources.items():
        if Path(name).parts[0] not in packages:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and (function := _called(node)) in ("getattr", "setattr", "import_module"):
                argument = node.args[0 if function == "import_module" else 1]
                if function == "import_module" or not isinstance(argument, ast.Constant):
                    yield f"{name}:{node.lineno}: `{function}` by a name that is not in the source. Use the attribute."


def clones(sources: Mapping[str, str], most: int = MOST_EQUAL_LINES) -> Iterator[str]:
    """Yields pairs of files with too many consecutive equal lines."""
    lines = {name: list(normalised_lines(source)) for name, source in sources.items()}
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, found in lines.items():
        for begin in range(len(found) - most):
            places[tuple(text for _, text in found[begin : begin + most + 1])].append((name, begin))
    reported: set[frozenset[str]] = set()
    for found_at in places.values():
        for (first, at), (second, other) in itertools.combinations(found_at, 2):
            if first == second or frozenset((first, second)) in reported:
                continue
            reported.add(frozenset((first, second)))
            here, there = f"{first}:{lines[first][at][0]}", f"{second}:{lines[second][other][0]}"
            yield f"{here} and {there} have more than {most} equal lines. Move them to one place."


def normalised_lines(source: str) -> Iterator[Line]:
    """Yields each line with code, with one placeholder for identifiers, strings and numbers, without docstrings."""
    docstrings = _lines_of_docstrings(source)
    found: dict[int, list[str]] = defaultdict(list)
    for each in tokenize.generate_tokens(io.StringIO(source).readline):
        if each.type in _IGNORED or each.start[0] in docstrings:
            continue
        kind = each.string if each.string in _KEYWORDS else _KINDS.get(each.type, each.string)
        found[each.start[0]].append(kind)
    for number, words in sorted(found.items()):
        # Imports are equal in many files, and cannot be shared.
        if words[0] not in ("import", "from"):
            yield number, " ".join(words)


def _lines_of_docstrings(source: str) -> set[int]:
    """Returns the lines of all strings that are statements: docstrings, and descriptions of fields."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr))
    strings = (node for node in nodes if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str))
    return {line for node in strings for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def problems() -> list[str]:
    """Returns the problems of the library."""
    library = {str(file.relative_to(LIBRARY)): file.read_text() for file in sorted(LIBRARY.rglob("*.py"))}
    whole = {**library, "__main__.py": (PROJECT / "__main__.py").read_text()}
    lookups = list(unnamed_lookups(library))
    return [
        *long_files(library),
        *too_many_any(whole),
        *(lookups if len(lookups) > MOST_UNNAMED_LOOKUPS else ()),
        *clones(library),
    ]


def main() -> int:
    """Prints the problems. Returns 1 if there are any."""
    found = problems()
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
