"""`deploy` of `edge_postgres.testing` with only the answers that a test gives, for the tests of the components."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime import mocks

from edge_postgres import testing
from edge_postgres.core.wire import SECRET, SIGNATURE, conceal, reveal, secret_paths
from edge_postgres.testing import Echo, Export, Registration, Run, rejected

__all__ = [
    "API",
    "MAIN",
    "SECRET",
    "SIGNATURE",
    "Echo",
    "Export",
    "Registration",
    "Run",
    "conceal",
    "deploy",
    "rejected",
    "reveal",
    "secret_paths",
]

MAIN = "edge-postgres-dev-main"
"""Default name at the vendor of a resource of the component `main` in a program that `deploy` runs."""
API = "edge-postgres-dev-api"
"""The same for the component `api`."""


def deploy(
    program: Callable[[], Any],
    *,
    outputs: Mapping[str, Any] | None = None,
    calls: Mapping[str, Any] | None = None,
    answers: mocks.Mocks | None = None,
    project: str = "edge-postgres",
    **options: Any,
) -> Run:
    """Runs the program under mocks. Without ``outputs``, resources have no computed outputs."""
    return testing.deploy(program, answers=answers or Echo(outputs or {}, calls or {}), project=project, **options)
