"""The arguments of ``Worker``."""

from typing import NotRequired

from edge_postgres.core.json_types import Json
from edge_postgres.workers.assets import AssetsArgs
from edge_postgres.workers.placement import PlacementArgs
from edge_postgres.workers.shared_arguments import SharedWorkerArgs


class WorkerArgs(SharedWorkerArgs):
    """Arguments of Worker."""

    assets: NotRequired[AssetsArgs]
    """Static files that Cloudflare serves together with the script. Default: none."""
    placement: NotRequired[PlacementArgs]
    """Location where the script runs. Default: near the client."""
    migrations: NotRequired[Json]
    """Migration of Durable Objects, with the fields of the API, for example `new_tag` and `new_sqlite_classes`.
    Default: none."""
    keep_bindings: NotRequired[list[str]]
    """Types of bindings, for example `secret_text`. Cloudflare keeps existing bindings of these types even if the
    component does not declare them. Default: none."""
