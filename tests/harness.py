"""`deploy` of `edge_postgres.testing` for the tests of the components.

It uses only the answers that a test gives, and checks the inputs of Cloudflare's resources.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
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


class WithoutThreads(ThreadPoolExecutor):
    """Calls the mocks at once. The SDK uses threads for them, because a real engine answers over the network."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments, **options))
        except BaseException as error:
            future.set_exception(error)
        return future


def loop_without_threads() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(WithoutThreads())
    return loop


testing._new_loop = loop_without_threads

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
