"""An import of the package loads no SDK of a provider that the stack does not use."""

import ast
import functools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import edge_postgres

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted(Path(str(edge_postgres.__file__)).parent.rglob("*.py"))


def loaded_by(*sources: str) -> list[set[str]]:
    """Runs the sources in one new interpreter, and returns the provider packages that are loaded after each."""
    report = "print(json.dumps(list(sys.modules)))"
    program = "\n".join(["import json, sys", *(f"{source}\n{report}" for source in sources)])
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=PROJECT)
    return [
        {module.partition(".")[0] for module in json.loads(line) if re.match(r"pulumi_\w+\.", module)}
        for line in ran.stdout.splitlines()
    ]


@functools.cache
def imports_of(path: Path) -> set[str]:
    """The packages that a source file imports, in functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


FOR_TESTS = ("testing.py", "recording.py")
"""The modules for unit tests of programs."""

# The plugin and the modules for tests also import packages that Pulumi itself needs.
DEPLOYED = [path for path in SOURCES if "_plugin" not in path.parts and path.name not in FOR_TESTS]


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: path.stem)
def test_a_stack_program_imports_only_the_packages_of_its_requirements(path: Path) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    optional = [each for extra in project["optional-dependencies"].values() for each in extra]
    listed = [re.split(r"[^a-z0-9-]", each)[0] for each in [*project["dependencies"], *optional]]
    known = {*(name.replace("-", "_") for name in listed), *sys.stdlib_module_names, "edge_postgres"}
    assert imports_of(path) <= known


RULES = [
    "origin.connection_string",
    "origin.hosts",
    "core.limit",
    "hyperdrive.rules",
    "workers.rules",
    "workers.compatibility",
    "workers.drivers",
    "workers.bindings.render",
]
WITHOUT_SDK = {
    "the package": "import edge_postgres",
    "an existing database": "edge_postgres.ExistingPostgres",
    "the modules of rules": "\n".join(f"import edge_postgres.{rule}" for rule in RULES),
    "a database at Neon or Prisma": "edge_postgres.NeonPostgres, edge_postgres.PrismaPostgres",
    "the settings": "import edge_postgres.stack",
}


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """The loaded provider packages after each step. All steps share one interpreter, which takes a second to start."""
    steps = {**WITHOUT_SDK, "Hyperdrive": "edge_postgres.Hyperdrive", "RDS": "edge_postgres.RdsPostgres"}
    return dict(zip(steps, loaded_by(*steps.values()), strict=True))


@pytest.mark.parametrize("step", WITHOUT_SDK)
def test_a_part_loads_no_sdk_of_a_provider(step: str, loaded: dict[str, set[str]]) -> None:
    assert loaded[step] == set()


def test_hyperdrive_loads_cloudflares_sdk_and_no_other(loaded: dict[str, set[str]]) -> None:
    assert loaded["Hyperdrive"] == {"pulumi_cloudflare"}


def test_rds_loads_amazons_sdk_and_not_googles(loaded: dict[str, set[str]]) -> None:
    assert "pulumi_aws" in loaded["RDS"]
    assert "pulumi_gcp" not in loaded["RDS"]


def test_cloud_sql_loads_googles_sdk_and_not_amazons() -> None:
    (found,) = loaded_by("import edge_postgres; edge_postgres.CloudSqlPostgres")
    assert "pulumi_gcp" in found
    assert "pulumi_aws" not in found


def test_a_database_at_neon_or_prisma_loads_no_http_client() -> None:
    source = "import sys\nimport edge_postgres as e\ne.NeonPostgres, e.PrismaPostgres; print('httpx' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "False"


def test_stacks_without_amazon_or_google_load_neither_sdk(tmp_path: Path) -> None:
    (tmp_path / "worker.js").write_text("export default {}")
    (found,) = loaded_by(f"""
from pathlib import Path
from tests.unit.test_stack_program import deployed
for example in ("neon", "prisma", "existing", "supabase"):
    deployed(f"example-{{example}}", Path({str(tmp_path / "worker.js")!r}))
""")
    assert "pulumi_cloudflare" in found
    assert found & {"pulumi_aws", "pulumi_gcp"} == set()


@pytest.mark.parametrize("name", edge_postgres.__all__)
def test_every_public_name_is_found(name: str) -> None:
    assert getattr(edge_postgres, name).__name__ == name


def test_a_name_that_is_not_public_is_not_found() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Hyperdrives'"):
        edge_postgres.Hyperdrives  # type: ignore[attr-defined]  # noqa: B018


def test_public_names_are_listed() -> None:
    assert set(edge_postgres.__all__) <= set(dir(edge_postgres))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_components_do_not_import_settings_the_local_cloud_or_tests(path: Path) -> None:
    assert imports_of(path) & {"settings", "localcloud", "tests", "policies", "plugin"} == set()


# Dynamic providers run in a separate process after the program. They wait, and they compute expiry dates.
# The check of a certificate's expiry date also needs the clock.
TIMELESS = [
    path
    for path in SOURCES
    if not {"stack", "_plugin", "http"} & set(path.relative_to(SOURCES[0].parent).parts)
    and path.name not in ("api.py", "certificates.py", "branches.py", "names.py", *FOR_TESTS)
]


@pytest.mark.parametrize("path", TIMELESS, ids=lambda path: path.stem)
def test_components_do_not_read_configuration_other_stacks_or_the_clock(path: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    forbidden = ("Config", "StackReference", "get_stack", "get_project", "now", "today", "utcnow", "time")
    assert [call for call in calls if call.split(".")[-1] in forbidden] == []
