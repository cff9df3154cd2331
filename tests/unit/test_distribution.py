"""The wheel and the source distribution, and the errors of an installation without optional packages."""

import email
import email.message
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from edge_postgres.core.extras import EXTRAS
from tests.unit.broken import CLOUD_SQL, RDS
from tests.unit.test_settings import faults, root, stack_file

__all__ = ["root"]

CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARY = CHECKOUT / "components" / "edge_postgres"
WITHOUT_SDKS = f"import sys; sys.modules.update(dict.fromkeys({tuple(EXTRAS)}))\n"
"""Makes an interpreter behave as if no optional package was installed."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel and a source distribution of the checkout."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> email.message.Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def test_the_wheel_installs_edge_postgres_and_no_other_package(wheel: zipfile.ZipFile) -> None:
    top_level = {name.partition("/")[0] for name in wheel.namelist()}
    assert {name for name in top_level if not name.endswith(".dist-info")} == {"edge_postgres"}


def test_the_wheel_has_every_module_and_every_data_file(wheel: zipfile.ZipFile) -> None:
    sources = {
        path.relative_to(LIBRARY.parent).as_posix()
        for path in LIBRARY.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in wheel.namelist() if name.startswith("edge_postgres/")} == sources
    assert {"edge_postgres/py.typed", "edge_postgres/data/stack-file.schema.json"} <= sources


def test_the_source_distribution_has_the_same_package(built: Path, wheel: zipfile.ZipFile) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    packaged = {name.removeprefix("components/") for name in names if name.startswith("components/")}
    assert packaged == {name for name in wheel.namelist() if name.startswith("edge_postgres/")}


def test_each_optional_package_has_its_extra(metadata: email.message.Message) -> None:
    optional = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" in line]
    for package, extra in EXTRAS.items():
        (line,) = (line for line in optional if line.endswith(f"extra == '{extra}'"))
        assert line.startswith(package.replace("_", "-"))
    assert {*EXTRAS.values(), "all"} == set(metadata.get_all("Provides-Extra", []))


def test_all_extras_together_omit_the_policies() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["all"] == ["edge-postgres[aws,gcp]"]


def test_only_the_sdks_of_pulumi_have_a_highest_version(metadata: email.message.Message) -> None:
    capped = {line.partition(" ")[0].partition("<")[0] for line in metadata.get_all("Requires-Dist", []) if "<" in line}
    assert {name.partition(">")[0].partition("-")[0] for name in capped} == {"pulumi"}


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("RdsPostgres", "pulumi-aws", "aws"),
        ("RdsProxy", "pulumi-aws", "aws"),
        ("EcsConnector", "pulumi-aws", "aws"),
        ("CloudSqlPostgres", "pulumi-gcp", "gcp"),
    ],
)
def test_a_component_without_its_package_names_the_command_that_installs_it(
    name: str, package: str, extra: str
) -> None:
    assert last_line_of(f"from edge_postgres import {name}") == (
        f"ImportError: `{name}` needs the package `{package}`, which is not installed. "
        f"Run: pip install 'edge-postgres[{extra}]'"
    )


def test_the_policies_without_their_package_name_the_command_that_installs_it() -> None:
    assert last_line_of("import edge_postgres.policies.pack") == (
        "ImportError: The policy pack needs the package `pulumi-policy`, which is not installed. "
        "Run: pip install 'edge-postgres[policy]'"
    )


def test_other_components_need_no_optional_package() -> None:
    assert last_line_of("from edge_postgres import NeonPostgres, Hyperdrive, Worker") == ""


def test_a_stack_file_without_a_needed_package_names_the_command_that_installs_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_postgres.stack.packages.is_missing", lambda package: True)
    databases = {"orders": RDS, "reports": CLOUD_SQL}
    found = faults(root, stack_file(accountId="abc", databases=databases, workers={}))
    commands = {path: message.strip() for path, message in found.items() if "pip install" in message}
    assert commands == {
        "databases.orders.provider": (
            "needs the package `pulumi-aws`, which is not installed. Run: pip install 'edge-postgres[aws]'"
        ),
        "databases.reports.provider": (
            "needs the package `pulumi-gcp`, which is not installed. Run: pip install 'edge-postgres[gcp]'"
        ),
    }
    assert "accountId" in found


def last_line_of(program: str) -> str:
    """Runs a program without the optional packages, and returns the last line of its errors."""
    command = [sys.executable, "-c", WITHOUT_SDKS + program]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return (ran.stderr.strip().splitlines() or [""])[-1]
