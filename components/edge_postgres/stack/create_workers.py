"""Creates the Workers of a stack file, each one after the Workers that it is bound to."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.workers.worker import WorkerSettings

if TYPE_CHECKING:
    from edge_postgres.workers.rollout import WorkerRollout
    from edge_postgres.workers.worker import Worker


@dataclass(frozen=True)
class CreatedWorkers:
    """The Workers of a stack. The key of each map is the name of the Worker in the stack file."""

    workers: Mapping[str, "Worker | WorkerRollout"]
    """The component of each Worker."""

    @property
    def script_names(self) -> dict[str, pulumi.Output[str]]:
        """For each Worker, the name of its script at Cloudflare."""
        return {name: worker.script_name for name, worker in self.workers.items()}

    @property
    def version_ids(self) -> dict[str, pulumi.Output[str]]:
        """For each Worker with a `rollout`, the ID of the version that this run deploys."""
        from edge_postgres.workers.rollout import WorkerRollout

        return {name: worker.version_id for name, worker in self.workers.items() if isinstance(worker, WorkerRollout)}


def create_workers(
    settings: Mapping[str, WorkerSettings], targets: BindingTargets, context: StackContext
) -> CreatedWorkers:
    """Creates and returns the Workers.

    Args:
        settings: The entries of `workers`.
        targets: Resources of the stack that the Workers can be bound to, without the Workers themselves.
        context: Values of the stack.
    """
    workers: dict[str, Worker | WorkerRollout] = {}
    for name in workers_in_order(settings):
        existing = {created: worker.script_name for created, worker in workers.items()}
        workers[name] = settings[name].create(name, targets.with_scripts(existing), context)
    return CreatedWorkers(workers)


def workers_in_order(settings: Mapping[str, WorkerSettings]) -> list[str]:
    """Returns the names of the Workers, each one after the Workers that it is bound to.

    Raises:
        ValidationError: Workers are bound to each other in a cycle, so that no Worker can be created first.
    """
    dependencies: dict[str, list[str]] = {}
    for name, worker in sorted(settings.items()):
        defining = {each.script_name for each in worker.durable_objects.values() if each.script_name}
        defining |= {each.script_name for each in worker.workflows.values() if each.script_name}
        scripts = {*worker.services.values(), *defining, *(worker.tail_consumers or ())}
        dependencies[name] = sorted((scripts & set(settings)) - {name})
    try:
        return list(TopologicalSorter(dependencies).static_order())
    except CycleError as cycle:
        names: list[str] = cycle.args[1]
        raise ValidationError(
            f"workers.{names[-1]}.services",
            f"must not contain a cycle: {' depends on '.join(reversed(names))}",
            "Deploy one Worker of the cycle in a separate stack, and bind the Worker by the name of its script.",
        ) from None
