"""The arguments of ``WorkerRollout``."""

from typing import NotRequired

import pulumi

from edge_postgres.workers.shared_arguments import SharedWorkerArgs


class WorkerRolloutArgs(SharedWorkerArgs):
    """Arguments of WorkerRollout."""

    percentage: NotRequired[float]
    """Percentage of requests that the version of this update receives, 0 to 100; default: 100."""
    previous_version_id: NotRequired[pulumi.Input[str]]
    """Version that receives the other requests: the output `version_id` of the update before."""
    accept_changed_secrets: NotRequired[bool]
    """True deploys next to a version whose secrets have other values. Cloudflare rejects that by default."""
