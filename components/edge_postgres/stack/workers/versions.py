"""Validates the settings of a Worker that is deployed by versions."""

from typing import TYPE_CHECKING

from edge_postgres.workers.migrations import reject_binding_of_new_class, reject_gradual_migration
from edge_postgres.workers.rollout_rules import reject_gradual_assets, reject_keep_bindings

if TYPE_CHECKING:
    from edge_postgres.stack.workers.worker import WorkerSettings


def validate_versions(worker: "WorkerSettings") -> None:
    """Raises ``ValidationError`` for a setting that versions do not support, or do not support with its percentage."""
    percentage = worker.rollout.percentage if worker.rollout else 100
    reject_keep_bindings({"keep_bindings": worker.keep_bindings}, subject="")
    if worker.assets:
        reject_gradual_assets(percentage, subject="")
    if worker.migrations:
        own = (None, worker.name, worker.script_name)
        bound = [(name, each.class_name) for name, each in worker.durable_objects.items() if each.script_name in own]
        reject_gradual_migration(worker.migrations, percentage, subject="")
        reject_binding_of_new_class(worker.migrations, bound, subject="")
