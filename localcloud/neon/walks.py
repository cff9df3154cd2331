"""Which states operations go through: the usual ones, or those that were asked for at `/__localcloud/operations`."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Status = Literal["scheduling", "running", "finished", "failed", "error", "cancelling", "cancelled", "skipped"]

DONE = frozenset({"finished", "skipped"})
"""What was to happen is so."""
ENDED = DONE | {"cancelled", "error"}
"""`failed` is no end: it may be tried again. https://neon.com/docs/reference/api/operations (2026-11-21)."""


class Walk(BaseModel):
    """One rule: the states that the next operations of an action go through.

    ``["scheduling", "running", "failed", "running", "finished"]`` fails once. One that ends in a state that is no end,
    such as ``["running", "failed"]``, stays there, and the project stays locked, until a reset.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: str = "*"
    """`apply_config`, or `*` for every action."""
    statuses: list[Status] = Field(min_length=1)
    error: str = "an error on demand"
    """What the operation tells in the states `failed` and `error`."""
    times: int = Field(default=1, ge=1)
    """How many operations it meets."""

    @field_validator("statuses")
    @classmethod
    def _begins_undone(cls, statuses: list[Status]) -> list[Status]:
        if statuses[0] in DONE:
            raise ValueError("an operation is not done when it begins; put `scheduling` first")
        return statuses


class Walks:
    """The rules that are left, oldest first."""

    def __init__(self, looks: int) -> None:
        self.rules: list[Walk] = []
        running: list[Status] = ["running"] * (looks - 1)
        self._usual = Walk(statuses=["scheduling", *running, "finished"])

    def add(self, rules: Sequence[Walk]) -> None:
        self.rules.extend(rules)

    def clear(self) -> None:
        self.rules.clear()

    def take(self, action: str) -> Walk:
        for index, rule in enumerate(self.rules):
            if rule.action in ("*", action):
                left = [rule.model_copy(update={"times": rule.times - 1})] if rule.times > 1 else []
                self.rules[index : index + 1] = left
                return rule
        return self._usual
