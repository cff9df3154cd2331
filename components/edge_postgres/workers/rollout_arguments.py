"""The arguments of ``WorkerRollout``."""

from typing import NotRequired

import pulumi

from edge_postgres.workers.files import FilesInput
from edge_postgres.workers.shared_arguments import SharedWorkerArgs


class WorkerRolloutArgs(SharedWorkerArgs):
    """Arguments of WorkerRollout."""

    files: NotRequired[FilesInput]
    """Additional modules: name to path, or to `{path, kind}` with a kind of `esm`, `wasm`, `text`, `data`."""
    percentage: NotRequired[float]
    """Percentage of requests that the new version receives, 0 to 100. Required with `previous_version_id`. Default
    without it: 100."""
    previous_version_id: NotRequired[pulumi.Input[str | None]]
    """ID of the version that receives the other requests: the output `version_id` of the previous update. Required with
    a percentage below 100."""
    take_over: NotRequired[bool]
    """True takes over the deployed script of the same name instead of creating a Worker, because Cloudflare rejects a
    second Worker of one name. Remove the argument after the update. Default: false."""
    accept_changed_secrets: NotRequired[bool]
    """True accepts that the secrets of the new and of the previous version have different values. Cloudflare rejects
    such a deployment by default. Default: false."""
