"""Bundles a sample with one of the bundlers, and compares the recognised packages with the sample."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from edge_postgres.workers.bundled_packages import Releases, find_packages
from localcloud import node
from localcloud.state_directory import CHECKOUT
from tools.bundles.samples import Sample
from tools.matrix import CellFailure

PACKAGES_FOLDER = Path(__file__).resolve().parent / "packages"
ESBUILD = CHECKOUT / "workers" / "node_modules" / "esbuild" / "bin" / "esbuild"
WRANGLER = node.FOLDER / "node_modules" / "wrangler" / "bin" / "wrangler.js"
BUNDLERS = ("esbuild", "wrangler", "vite", "rollup")
MINIFIED = " minified"
COLUMNS = [f"{bundler}{kind}" for bundler in BUNDLERS for kind in ("", MINIFIED)]
_TIMEOUT = 300


def run_cell(sample: Sample, column: str) -> None:
    """Bundles a sample, and raises ``CellFailure`` if other packages or releases are recognised."""
    with tempfile.TemporaryDirectory() as folder:
        script = build(sample, column, Path(folder))
    compare(find_packages(script), sample)


def build(sample: Sample, column: str, folder: Path) -> str:
    """Returns the script that a bundler makes of a Worker. The folder gets the sources.

    Other packages import the package by its own name, as pg-pool imports pg. They get the release of the sample too,
    so that a bundle contains one copy.
    """
    entry, file, bundler = folder / "sample.js", folder / "dist" / "sample.js", column.removesuffix(MINIFIED)
    minify = column.endswith(MINIFIED)
    entry.write_text(sample.source)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(PACKAGES_FOLDER / "node_modules")
    option = ["--minify"] if minify else []
    if bundler == "esbuild":
        command = [
            str(ESBUILD), str(entry), "--bundle", "--format=esm", "--platform=node", "--conditions=workerd,worker",
            "--external:node:*", "--external:cloudflare:*", "--log-level=error",
            f"--alias:{sample.package}={sample.alias}", f"--outfile={file}", *option,
        ]  # fmt: skip
    elif bundler == "wrangler":
        configuration = {
            "name": "sample", "main": "sample.js", "compatibility_date": "2026-08-04",
            "alias": {sample.package: sample.alias},
        }  # fmt: skip
        (folder / "wrangler.json").write_text(json.dumps(configuration))
        command = [str(node.program()), str(WRANGLER), "deploy", "--dry-run", "--outdir", "dist", *option]
    else:
        program = str(PACKAGES_FOLDER / "build.mjs")
        command = [str(node.program()), program, bundler, str(entry), str(file), json.dumps(minify)]
        command += [sample.package, sample.alias]
    environment = {**os.environ, "NO_COLOR": "1", "WRANGLER_SEND_METRICS": "false"}
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_TIMEOUT)
    if finished.returncode != 0 or not file.exists():
        lines = (finished.stderr or finished.stdout).strip().splitlines()
        errors = [line for line in lines if "rror" in line] or lines
        raise CellFailure(f"{column} makes no bundle: {' '.join(errors[:3])}")
    return file.read_text()


def compare(found: dict[str, Releases], sample: Sample) -> None:
    """Raises ``CellFailure`` unless exactly the packages of a sample are found, and its release is possible.

    A script does not have to show the release: a bundler can remove the code with it.
    """
    if set(found) != {sample.package, *sample.others}:
        raise CellFailure(f"recognises {', '.join(sorted(found)) or 'no package'}")
    if sample.release not in found[sample.package]:
        raise CellFailure(f"recognises {found[sample.package]}")
