"""Bundles of real packages are recognised, however they were built, and rejected if they cannot start."""

import base64
import json
import subprocess
from pathlib import Path

import httpx
import pytest

from edge_postgres.workers.bundle import validate_bundle
from edge_postgres.workers.bundled_packages import find_packages
from edge_postgres.workers.drivers import DRIVER_PACKAGES, Driver
from edge_postgres.workers.dynamic_require import ESBUILD_BANNER, find_dynamic_require
from localcloud import node
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.asking import BY_DATE, BY_FLAG, DIST, Ask, Regime, ask, worker

__all__ = ["ask"]

WORKERS = CHECKOUT / "workers"
DRIVERS = {
    "pg": Driver.PG,
    "postgres": Driver.POSTGRES_JS,
    "drizzle": Driver.DRIZZLE,
    "kysely": Driver.KYSELY,
    "prisma": Driver.PRISMA,
    "ppg": Driver.PRISMA_PPG,
}
# The command of docs/drivers.md.
EXTERNAL = ["--platform=node", "--external:node:*", "--external:cloudflare:*"]


def locked(name: str) -> tuple[int, int, int]:
    packages = json.loads((WORKERS / "package-lock.json").read_text())["packages"]
    major, minor, patch = packages[f"node_modules/{name}"]["version"].split(".")
    return int(major), int(minor), int(patch)


def build(target: Path, *options: str, source: str = "pg") -> str:
    """Bundles a sample with the command line of esbuild. Returns the script."""
    esbuild = WORKERS / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [str(esbuild), f"src/{source}.ts", "--bundle", "--format=esm", "--conditions=workerd,worker", "--minify"]
    subprocess.run([*command, *options, f"--outfile={target}", "--log-level=error"], cwd=WORKERS, check=True)
    return target.read_text()


@pytest.mark.parametrize("name", DRIVERS)
def test_a_built_sample_shows_its_driver(name: str) -> None:
    checked = validate_bundle(str(DIST / f"{name}.js"), DRIVERS[name], subject="bundle")
    assert checked.warnings == []


@pytest.mark.parametrize("name", ["pg", "postgres", "drizzle", "kysely", "ppg"])
def test_a_minified_bundle_shows_the_packages_of_its_driver(tmp_path: Path, name: str) -> None:
    found = find_packages(build(tmp_path / "worker.js", *EXTERNAL, source=name))
    assert set(found) == {package.name for package in DRIVER_PACKAGES[DRIVERS[name]]}
    assert [package for package, releases in found.items() if locked(package) not in releases] == []


def test_esbuild_with_external_modules_only_makes_a_bundle_that_cannot_start(
    tmp_path: Path, ask: Ask, postgres: Postgres
) -> None:
    script = build(tmp_path / "worker.js", *EXTERNAL)
    assert find_dynamic_require(script) == "events"
    with pytest.raises(httpx.HTTPError):
        start(ask, script, postgres)


@pytest.mark.parametrize("regime", [BY_FLAG, BY_DATE], ids=["flag", "date"])
def test_the_recommended_command_of_esbuild_makes_a_bundle_that_answers(
    tmp_path: Path, ask: Ask, postgres: Postgres, regime: Regime
) -> None:
    script = build(tmp_path / "worker.js", *EXTERNAL, f"--banner:js={ESBUILD_BANNER}")
    assert find_dynamic_require(script) is None
    assert start(ask, script, postgres, regime).json()["success"] is True


def test_the_recommended_command_of_wrangler_makes_a_bundle_that_answers(
    tmp_path: Path, ask: Ask, postgres: Postgres
) -> None:
    configuration = {"name": "api", "main": str(WORKERS / "src" / "pg.ts"), "compatibility_date": BY_DATE[0]}
    (tmp_path / "wrangler.json").write_text(json.dumps(configuration))
    wrangler = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    command = ["node", str(wrangler), "deploy", "--dry-run", "--outdir", "dist"]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    script = (tmp_path / "dist" / "pg.js").read_text()
    assert list(find_packages(script)) == ["pg"]
    assert find_dynamic_require(script) is None
    assert start(ask, script, postgres).json()["success"] is True


def start(ask: Ask, script: str, postgres: Postgres, regime: Regime = (BY_DATE[0], [])) -> httpx.Response:
    """Runs a script in the local runtime, and returns its answer. Raises ``HTTPError`` if it does not start."""
    deployed = worker("pg", postgres.url(), regime)
    deployed["modules"] = [{**deployed["modules"][0], "contentBase64": base64.b64encode(script.encode()).decode()}]
    ask.put(deployed)
    address = f"http://127.0.0.1:{Ports(ask.runtime.state_directory).of('workers')}/"
    answer = httpx.get(address, headers={"host": "pg.localhost"}, timeout=30)
    answer.raise_for_status()
    return answer
