"""Validates the settings of a Worker that is deployed by versions."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.workers.migrations import reject_binding_of_new_class, reject_gradual_migration
from edge_postgres.workers.rollout_rules import reject_gradual_assets, reject_keep_bindings

if TYPE_CHECKING:
    from edge_postgres.stack.workers.worker import WorkerSettings


def errors_of_versions(worker: "WorkerSettings") -> Iterator[ValidationError]:
    """Yields an error for each setting that versions do not support, or do not support with its percentage."""
    percentage = worker.rollout.percentage if worker.rollout else 100
    yield from errors_of_call(partial(reject_keep_bindings, {"keep_bindings": worker.keep_bindings}, subject=""))
    if worker.assets:
        yield from errors_of_call(partial(reject_gradual_assets, percentage, subject=""))
    if worker.migrations:
        own = (None, worker.name, worker.script_name)
        bound = [(name, each.class_name) for name, each in worker.durable_objects.items() if each.script_name in own]
        yield from errors_of_call(partial(reject_gradual_migration, worker.migrations, percentage, subject=""))
        yield from errors_of_call(partial(reject_binding_of_new_class, worker.migrations, bound, subject=""))
