"""The result of a change, from the steps that it has on the resources of a stack."""

from collections.abc import Iterable
from dataclasses import dataclass

from tools.changes.table import Result

SCRIPT = "cloudflare:index/workersScript:WorkersScript"
VERSION_TYPES = frozenset(
    {"cloudflare:index/workerVersion:WorkerVersion", "cloudflare:index/workersDeployment:WorkersDeployment"}
)
"""Resources that each new version of a Worker replaces, while the Worker stays."""
UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True)
class Step:
    """The operation on one resource that is not a component."""

    type: str
    name: str
    operation: str
    """Operation of the engine: `create`, `update`, `replace`, `delete`, `same`, ..."""
    is_protected: bool = False
    """Whether Pulumi rejects the deletion and the replacement of the resource."""

    @property
    def is_lost(self) -> bool:
        """Whether the resource is deleted, also if another one takes its place."""
        return "replace" in self.operation or self.operation == "delete"

    def __str__(self) -> str:
        return f"{self.operation} of {self.type.rpartition(':')[2]} {self.name}"


def is_component(type_: str) -> bool:
    """Returns whether a type has no object at a vendor: a component, a stack or a provider."""
    return type_.startswith(("edge-postgres:", "pulumi:"))


def result_of(steps: Iterable[Step]) -> Result:
    """Returns what the steps do. A protected resource rejects its deletion."""
    changes = [step for step in steps if step.operation not in UNCHANGED]
    lost = [step for step in changes if step.is_lost and step.type not in VERSION_TYPES]
    if any(step.is_protected for step in lost):
        return Result.REJECTED
    if lost:
        return Result.REPLACED
    if any(step.type in VERSION_TYPES or (step.type == SCRIPT and step.operation == "update") for step in changes):
        return Result.REDEPLOYED
    return Result.IN_PLACE if changes else Result.NOTHING


def describe(steps: Iterable[Step]) -> str:
    """Returns the changed resources for a message."""
    return "; ".join(str(step) for step in steps if step.operation not in UNCHANGED) or "no change"
