"""The arguments of ``Worker``."""

from collections.abc import Sequence
from typing import NotRequired

from edge_postgres.workers.shared_arguments import RequiredWorkerArgs, SharedWorkerOptions


class WorkerOptions(SharedWorkerOptions):
    """Optional arguments of Worker, for a function that adds the defaults of a team.

    Example::

        def team_worker(name: str, bundle: str, **options: Unpack[WorkerOptions]) -> Worker:
            defaults: WorkerOptions = {"plan": "paid", "observability": {"enabled": True}}
            return Worker(name, {
                "account_id": account_id,
                "bundle": bundle,
                "compatibility_date": "2026-11-01",
                **defaults,
                **options,
            })
    """

    keep_bindings: NotRequired[Sequence[str]]
    """Types of bindings, for example `secret_text`. Cloudflare keeps existing bindings of these types even if the
    component does not declare them. Default: none."""


class WorkerArgs(RequiredWorkerArgs, WorkerOptions):
    """Arguments of Worker."""
