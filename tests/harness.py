"""`deploy` of `edge_postgres.testing` for the tests of the components.

It uses only the answers that a test gives, and checks the inputs of Cloudflare's resources.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime import mocks
from pulumi.runtime import resource as registration
from pulumi.runtime.proto.source_pb2 import StackTrace

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
    "deploy_with_vendors",
    "rejected",
    "reveal",
    "secret_paths",
]

# The SDK sends the stack of each registration to the engine. Mocks do not read it, and it takes a fifth of the time of
# these tests, because pytest's stack is deep.
registration._get_stack_trace = StackTrace

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
    """Runs the program under mocks. Without ``outputs``, resources have no computed outputs.

    Raises:
        AssertionError: Cloudflare's provider would reject a resource of the program.
    """
    answers = answers or Echo(outputs or {}, calls or {})
    return deploy_with_vendors(program, answers=answers, project=project, **options)


def deploy_with_vendors(program: Callable[[], Any], **options: Any) -> Run:
    """Runs the program with the sample answers of `edge_postgres.testing`.

    Raises:
        AssertionError: Cloudflare's provider would reject a resource of the program.
    """
    run = testing.deploy(program, **options)
    testing.check_cloudflare_inputs(run)
    return run
