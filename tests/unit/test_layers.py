"""The order of the library's packages: each imports only packages before it, in at most eight layers."""

import ast
from functools import cache
from pathlib import Path

import pytest

import edge_postgres

LIBRARY = Path(str(edge_postgres.__file__)).parent

ORDER = (
    *("core", "http", "origin", "postgres", "origins", "routes", "hyperdrive", "workers", "pages", "wrangler"),
    *("stack", "policies", "_plugin", "cli"),
)
"""The packages in the order of their imports. `data` and `new` hold files, no code."""

EXISTING = [name for name in ORDER if (LIBRARY / name / "__init__.py").is_file()]


def package_of(module: str) -> str:
    """`hyperdrive` of `edge_postgres.hyperdrive.pair`; nothing of a module outside the library."""
    parts = module.split(".")
    return parts[1] if parts[0] == "edge_postgres" and len(parts) > 1 else ""


@cache
def imports_of(package: str) -> frozenset[str]:
    """The packages of the library that a package imports, in functions and for type checkers too."""
    found: set[str] = set()
    for file in (LIBRARY / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {package_of(alias.name) for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {package_of(node.module)}
                if node.module == "edge_postgres":
                    found |= {alias.name if alias.name in ORDER else "edge_postgres" for alias in node.names}
    return frozenset(found - {"", package})


@cache
def length_of_chain(package: str) -> int:
    """The number of packages in the longest chain of imports that starts at a package."""
    return 1 + max((length_of_chain(each) for each in imports_of(package)), default=0)


def test_no_package_is_missing_from_the_order() -> None:
    found = {file.parent.name for file in LIBRARY.glob("*/__init__.py")}
    assert found == set(EXISTING)


def test_every_module_is_in_a_package_except_the_module_for_tests_of_programs() -> None:
    assert sorted(file.name for file in LIBRARY.glob("*.py")) == ["__init__.py", "testing.py"]


def test_at_most_fourteen_packages_lie_directly_below_the_library() -> None:
    assert len([folder for folder in LIBRARY.iterdir() if folder.is_dir() and folder.name != "__pycache__"]) <= 14


@pytest.mark.parametrize("package", EXISTING)
def test_a_package_imports_only_packages_before_it(package: str) -> None:
    assert imports_of(package) <= set(ORDER[: ORDER.index(package)])


def test_the_longest_chain_of_imports_has_at_most_eight_packages() -> None:
    assert max(map(length_of_chain, EXISTING)) <= 8


@pytest.mark.parametrize("package", [*EXISTING, "."])
def test_no_module_imports_the_library_by_a_second_name(package: str) -> None:
    for file in (LIBRARY / package).rglob("*.py"):
        assert "components.edge_postgres" not in file.read_text(), file
