"""The statuses of operations: the default sequence, or a script that was sent to `/__localcloud/operations`."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Status = Literal["scheduling", "running", "finished", "failed", "error", "cancelling", "cancelled", "skipped"]

DONE = frozenset({"finished", "skipped"})
"""Statuses of an operation whose change has taken effect."""
ENDED = DONE | {"cancelled", "error", "failed"}
"""Final statuses, as in npm's @neon/sdk 6.1.2 (2026-12-01)."""


class OperationScript(BaseModel):
    """A sequence of statuses for the next operations of an action.

    If the last status is not final, as in ``["scheduling", "running"]``, the operation keeps it, and the project stays
    locked until a reset.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: str = "*"
    """`apply_config`, or `*` for every action."""
    statuses: list[Status] = Field(min_length=1)
    error: str = "injected error"
    """Error message of the operation in the statuses `failed` and `error`."""
    times: int = Field(default=1, ge=1)
    """Number of operations to which it applies."""

    @field_validator("statuses")
    @classmethod
    def _ends_once(cls, statuses: list[Status]) -> list[Status]:
        if any(status in ENDED for status in statuses[:-1]):
            raise ValueError("only the last status may be a final one")
        if statuses[0] in DONE:
            raise ValueError("the first status must not be a finished one; put `scheduling` first")
        return statuses


class OperationScripts:
    """The active scripts, oldest first."""

    def __init__(self, reads: int) -> None:
        self.rules: list[OperationScript] = []
        running: list[Status] = ["running"] * (reads - 1)
        self._default = OperationScript(statuses=["scheduling", *running, "finished"])

    def add(self, rules: Sequence[OperationScript]) -> None:
        self.rules.extend(rules)

    def clear(self) -> None:
        self.rules.clear()

    def take(self, action: str) -> OperationScript:
        for index, rule in enumerate(self.rules):
            if rule.action in ("*", action):
                remaining = [rule.model_copy(update={"times": rule.times - 1})] if rule.times > 1 else []
                self.rules[index : index + 1] = remaining
                return rule
        return self._default
