"""The table of differences between the environments matches the resources that the program registers."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import Run
from tests.unit.test_stack_program import FILES, NAMES, PROJECT, deployed

ENVIRONMENTS = ("dev", "staging", "prod", "pr", "local")
LIMIT = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"


def table() -> dict[str, dict[str, str]]:
    """Returns the cells of the page, by row and environment."""
    page = (PROJECT / "docs" / "environments.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.partition("\n\n## A real")[0].splitlines()
        if line.startswith("|")
    ]
    header, _, *body = rows
    assert header == ["", *(f"`{name}`" for name in ENVIRONMENTS)]
    return {row[0]: dict(zip(ENVIRONMENTS, row[1:], strict=True)) for row in body}


def config_of(environment: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(FILES[environment].read_text())["config"]
    return config


def configurations(run: Run) -> list[dict[str, Any]]:
    """Returns the configurations in the order of their names. The order of registration varies."""
    found = [entry.inputs for entry in run.registrations if entry.type == LIMIT]
    return sorted(found, key=lambda inputs: str(inputs["name"]))


def plan(environment: str, run: Run) -> str:
    return str(config_of(environment).get("edge-postgres:plan", "paid"))


def connections(environment: str, run: Run) -> str:
    of_roles: dict[str, list[str]] = {}
    for each in configurations(run):
        role = re.search(r"main(-[ab])?", each["name"])
        assert role is not None
        of_roles.setdefault(role[0], []).append(f"{each['originConnectionLimit']:.0f}")
    (limits,) = {" + ".join(limits) for limits in of_roles.values()}
    return f"{len(of_roles)} × ({limits})" if len(of_roles) > 1 else limits


def caching(environment: str, run: Run) -> str:
    found = [each["caching"] for each in configurations(run)]
    ages = {f"{each['maxAge']:.0f} s + {each['staleWhileRevalidate']:.0f} s" for each in found if not each["disabled"]}
    if not ages:
        return "none"
    return ", ".join([*ages, *(["and a fresh configuration"] if any(each["disabled"] for each in found) else [])])


def roles(environment: str, run: Run) -> str:
    rotates = any(entry.type == "edge-postgres:index:DatabaseRoles" for entry in run.registrations)
    return "two, for rotation" if rotates else "one"


def preview_database(environment: str, run: Run) -> str:
    created = any(entry.type == "edge-postgres:index:PreviewDatabase" for entry in run.registrations)
    return "yes" if created else "no"


def address(environment: str, run: Run) -> str:
    domains = [entry.inputs["hostname"] for entry in run.registrations if "CustomDomain" in entry.type]
    return ", ".join(domains) or "workers.dev"


CELLS = {
    "Workers plan": plan,
    "Hyperdrive connections": connections,
    "caching": caching,
    "database roles": roles,
    "the stack creates the database": preview_database,
    "Worker address": address,
}
PROTECTED = "resources with data are protected"


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def run(environment: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    bundle = tmp_path_factory.mktemp("bundle") / "worker.js"
    bundle.write_text("export default {}")
    return deployed(environment, bundle)


@pytest.mark.parametrize("row", CELLS)
def test_a_cell_matches_the_registered_resources(row: str, environment: str, run: Run) -> None:
    assert CELLS[row](environment, run) == table()[row][environment]


def test_resources_with_data_are_protected_as_in_the_table(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None of the five creates a database that could hold data, so a Neon project represents one.
    stack = NAMES.get(environment, environment)
    monkeypatch.setitem(FILES, stack, FILES["example-neon"])
    (tmp_path / "worker.js").write_text("export default {}")
    protected = any(entry.wire.protect for entry in deployed(stack, tmp_path / "worker.js").registrations)
    assert table()[PROTECTED][environment] == ("yes" if protected else "no")


def test_every_row_of_the_table_is_checked() -> None:
    assert {*CELLS, PROTECTED} == set(table())


def test_all_environments_run_the_same_worker() -> None:
    workers = [config_of(environment)["edge-postgres:workers"]["api"] for environment in ENVIRONMENTS]
    assert len({(worker["bundle"], worker["driver"]) for worker in workers}) == 1


def test_staging_has_the_worker_settings_of_production() -> None:
    staging, prod = (config_of(environment)["edge-postgres:workers"]["api"] for environment in ("staging", "prod"))
    assert staging == {key: value for key, value in prod.items() if key != "domains"}
