"""Decides which resources a Worker is made of: one script, or versions and a deployment."""

from collections.abc import Mapping
from enum import StrEnum

from edge_postgres.workers.placement import PLACES, PlacementArgs


class DeploymentKind(StrEnum):
    """The resources that a Worker is made of. Both kinds own the script of one name, so one cannot become the other."""

    SCRIPT = "script"
    """One ``cloudflare.WorkersScript``, the component ``Worker``: each upload receives all requests at once."""
    VERSIONS = "versions"
    """A ``cloudflare.Worker``, a ``WorkerVersion`` and a ``WorkersDeployment``, the component ``WorkerRollout``."""


def deployment_kind(
    *, rollout: bool = False, placement: PlacementArgs | None = None, files: Mapping[str, object] | None = None
) -> DeploymentKind:
    """Returns the resources that a Worker with these settings is made of.

    ``WorkersScript`` is the normal resource. It cannot split requests between versions, its `placement` has only a
    `mode` (`workers_script/schema.go` of Cloudflare's provider at v5.22.0), and it uploads only the main module
    (`workers_script/model.go` there). Workers that need one of these are made of versions.

    Args:
        rollout: Whether the Worker has a gradual rollout, with any percentage.
        placement: The argument `placement`.
        files: The argument `files`: the additional modules.
    """
    names_a_place = any((placement or {}).get(place) is not None for place in PLACES)
    return DeploymentKind.VERSIONS if rollout or files or names_a_place else DeploymentKind.SCRIPT
