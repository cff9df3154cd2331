"""The arguments of ``Worker``."""

from typing import NotRequired

from edge_postgres.core.json_types import Json
from edge_postgres.workers.assets import AssetsArgs
from edge_postgres.workers.placement import PlacementArgs
from edge_postgres.workers.shared_arguments import SharedWorkerArgs


class WorkerArgs(SharedWorkerArgs):
    """Arguments of Worker."""

    assets: NotRequired[AssetsArgs]
    """Static files that are served with the script."""
    placement: NotRequired[PlacementArgs]
    """Location where the script runs; default: near the client."""
    migrations: NotRequired[Json]
    """Migration of Durable Objects, in the fields of the API: `new_tag`, `old_tag`, `new_sqlite_classes`, …"""
    keep_bindings: NotRequired[list[str]]
    """Types of bindings, for example `secret_text`, that Cloudflare keeps although they are not declared here."""
