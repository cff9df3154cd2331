"""Lints the pipelines: `python -m tools.lint_pipelines [FOLDER]`.

actionlint and a JSON schema check the syntax of GitHub's workflows, and zizmor their security. check-jsonschema checks
GitLab's pipeline and the Kubernetes manifests against their schemas. No tool uses the network.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The wheel of the same name downloads a program during its installation. The Go module has the source.
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint"
ACTIONLINT_VERSION = "1.7.12"
TOOLS = CHECKOUT / ".tools" / f"actionlint-{ACTIONLINT_VERSION}"
TIMEOUT_SECONDS = 600


def main(arguments: Sequence[str]) -> int:
    """Runs all tools. The exit code is 1 if any of them reports an error."""
    folder = Path(arguments[0]) if arguments else CHECKOUT
    statuses = [subprocess.run(command, cwd=folder, check=False).returncode for command in commands(folder)]
    return 1 if any(statuses) else 0


def commands(folder: Path) -> Iterator[list[str]]:
    """The commands of all tools, for the pipelines below ``folder``."""
    workflows = [str(file.relative_to(folder)) for file in sorted(folder.glob(".github/workflows/*.yml"))]
    manifests = [str(file.relative_to(folder)) for file in sorted(folder.glob("pipelines/kubernetes/*.yaml"))]
    scripts = Path(sys.executable).parent
    schemas = [str(scripts / "check-jsonschema")]
    yield [str(actionlint()), "-shellcheck", str(scripts / "shellcheck"), *workflows]
    yield [str(scripts / "zizmor"), "--offline", "--quiet", *workflows]
    yield [*schemas, "--builtin-schema", "vendor.github-workflows", *workflows]
    yield [*schemas, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", "pipelines/gitlab-ci.yml"]
    yield [*schemas, "--schemafile", "pipelines/kubernetes/schema.json", *manifests]


def actionlint() -> Path:
    """Path of the program, which the first call builds from its Go module."""
    program = TOOLS / "actionlint"
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            (go,) = (CHECKOUT / ".venv").glob("lib/python*/site-packages/go/bin/go")
            subprocess.run(
                [go, "install", f"{ACTIONLINT}@v{ACTIONLINT_VERSION}"],
                env={**os.environ, "GOBIN": str(TOOLS), "GOWORK": "off", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"},
                timeout=TIMEOUT_SECONDS,
                check=True,
            )
    return program


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
