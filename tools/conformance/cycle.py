"""The cycle of one stack, and the updates that its program did not ask for."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from localcloud.deploy import Stack
from localcloud.errors import LocalCloudError
from localcloud.stack_file import PROJECT
from tools.matrix import CellFailure

UNCHANGED = ("same", "read")
REFRESH = ("refresh", "--yes", "--skip-preview")


class Engine(Protocol):
    """A stack whose engine runs commands."""

    def pulumi(self, *arguments: str) -> str: ...


@dataclass(frozen=True)
class Step:
    """The planned operation on one resource."""

    operation: str
    inputs: Any
    """The inputs of the program. None for a resource that the program does not have."""
    properties: tuple[str, ...]
    """The changed properties."""


def destroy(stack: Stack) -> None:
    """Deletes the resources of a stack. Raises ``CellFailure``."""
    try:
        stack.pulumi("destroy", "--yes", "--skip-preview")
    except LocalCloudError as error:
        raise CellFailure(_last_lines(str(error))) from None


def run_cycle(stack: Stack, secrets: Mapping[str, str]) -> None:
    """Deploys, updates and refreshes a stack. Raises ``CellFailure`` with each update that no program asked for."""
    try:
        _up(stack)
        expect_no_update(stack, "after `up`")
        stack.pulumi(*REFRESH)
        before = expect_no_update(stack, "after `up` and refresh")
        changed = replace(stack, settings=changed_settings(stack.settings))
        changed.prepare(secrets)
        expect_only_changed_resources(before, planned(changed))
        _up(changed)
        changed.pulumi(*REFRESH)
        expect_no_update(changed, "after an update and refresh")
    except LocalCloudError as error:
        raise CellFailure(_last_lines(str(error))) from None


def changed_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the settings of a stack with other ages of each cache, and with a new variable of each Worker.

    Omits the migrations of Durable Objects, because Cloudflare applies each migration only once: see `docs/workers.md`.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(settings))
    for database in changed[f"{PROJECT}:databases"].values():
        if "hyperdrive" in database:
            database["hyperdrive"]["caching"] = {"maxAge": 60, "staleWhileRevalidate": 20}
    for worker in changed.get(f"{PROJECT}:workers", {}).values():
        worker.setdefault("vars", {})["CONFORMANCE"] = "changed"
        if "migrations" in worker:
            tag = worker["migrations"]["new_tag"]
            worker["migrations"] = {"old_tag": tag, "new_tag": tag}
    for project in changed.get(f"{PROJECT}:pages", {}).values():
        project["production"].setdefault("vars", {})["CONFORMANCE"] = "changed"
    return changed


def planned(stack: Engine) -> dict[str, Step]:
    """Returns the steps of a preview by URN."""
    preview = json.loads(stack.pulumi("preview", "--json"))
    return {
        step["urn"]: Step(
            step["op"],
            (step.get("newState") or {}).get("inputs"),
            tuple(sorted(step.get("detailedDiff") or step.get("diffReasons") or ())),
        )
        for step in preview["steps"]
    }


def expect_no_update(stack: Engine, time: str) -> dict[str, Step]:
    """Returns the steps of a preview. Raises ``CellFailure`` if one changes a resource."""
    steps = planned(stack)
    _reject({urn: step for urn, step in steps.items() if step.operation not in UNCHANGED}, time)
    return steps


def expect_only_changed_resources(before: Mapping[str, Step], after: Mapping[str, Step]) -> None:
    """Raises ``CellFailure`` if a step changes a resource whose inputs in the program are equal, or if none does."""
    changes = {urn: step for urn, step in after.items() if step.operation not in UNCHANGED}
    if not changes:
        raise CellFailure("A changed program has no update.")
    _reject(
        {urn: step for urn, step in changes.items() if urn in before and before[urn].inputs == step.inputs},
        "in an update",
    )


def _reject(steps: Mapping[str, Step], time: str) -> None:
    if steps:
        raise CellFailure(f"{time}: {'; '.join(_described(steps))}")


def _described(steps: Mapping[str, Step]) -> Iterator[str]:
    for urn, step in steps.items():
        *_, types, name = urn.split("::", 3)
        properties = f" ({', '.join(step.properties)})" if step.properties else ""
        yield f"{step.operation} of {types.rpartition(':')[2]} {name}{properties}"


def _up(stack: Stack) -> None:
    stack.pulumi("up", "--yes", "--skip-preview")


def _last_lines(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines()[-12:] if line.strip())[-600:]
