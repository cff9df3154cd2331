"""Lints the pipelines with the tools of the field: `python -m tools.lint_pipelines [FOLDER]`.

actionlint and the workflows' schema know GitHub's syntax, zizmor its dangers; check-jsonschema has GitLab's schema, and
the Kubernetes manifests have one beside them. None of them asks a network.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The wheel of that name downloads its program from elsewhere while it is installed; the Go module holds its source.
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint"
ACTIONLINT_VERSION = "1.7.12"
TOOLS = CHECKOUT / ".tools" / f"actionlint-{ACTIONLINT_VERSION}"
PATIENCE_SECONDS = 600


def main(arguments: Sequence[str]) -> int:
    """0 where no tool has found anything, 1 where one has; all of them are run."""
    folder = Path(arguments[0]) if arguments else CHECKOUT
    ended = [subprocess.run(command, cwd=folder, check=False).returncode for command in commands(folder)]
    return 1 if any(ended) else 0


def commands(folder: Path) -> Iterator[list[str]]:
    """What is run in the folder that has the pipelines."""
    workflows = [str(file.relative_to(folder)) for file in sorted(folder.glob(".github/workflows/*.yml"))]
    manifests = [str(file.relative_to(folder)) for file in sorted(folder.glob("pipelines/kubernetes/*.yaml"))]
    beside = Path(sys.executable).parent
    schemas = [str(beside / "check-jsonschema")]
    yield [str(actionlint()), "-shellcheck", str(beside / "shellcheck"), *workflows]
    yield [str(beside / "zizmor"), "--offline", "--quiet", *workflows]
    yield [*schemas, "--builtin-schema", "vendor.github-workflows", *workflows]
    yield [*schemas, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", "pipelines/gitlab-ci.yml"]
    yield [*schemas, "--schemafile", "pipelines/kubernetes/schema.json", *manifests]


def actionlint() -> Path:
    """The program, built from its Go module the first time."""
    program = TOOLS / "actionlint"
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            (go,) = (CHECKOUT / ".venv").glob("lib/python*/site-packages/go/bin/go")
            subprocess.run(
                [go, "install", f"{ACTIONLINT}@v{ACTIONLINT_VERSION}"],
                env={**os.environ, "GOBIN": str(TOOLS), "GOWORK": "off", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"},
                timeout=PATIENCE_SECONDS,
                check=True,
            )
    return program


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
