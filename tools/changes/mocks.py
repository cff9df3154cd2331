"""Plays a row on mocks: two deployments, whose registered inputs are compared."""

import contextlib
import copy
import json
import re
import runpy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from edge_postgres.core.recording import READ_STACK_OUTPUTS, Registration
from edge_postgres.testing import Run, check_cloudflare_inputs, deploy
from localcloud.stack_file import PROJECT
from localcloud.state_directory import CHECKOUT
from tools.changes.account import EXAMPLES
from tools.changes.files import filled, write_files
from tools.changes.replacements import changed_inputs, keys_of, replacing_inputs
from tools.changes.steps import Step, describe, is_component, result_of
from tools.changes.table import PROTECTED, Result, Row
from tools.matrix import CellFailure

STACK = "production"
"""The stack is neither local nor a preview, so that all protections are switched on."""
ACCOUNT = "0123456789abcdef0123456789abcdef"
URL = "postgres://app:not-a-password@db.example.com:5432/app"
"""The value of `${database}` in a secret of the table."""

NOT_COMPARED: Mapping[str, set[str]] = {"cloudflare:index/workersDeployment:WorkersDeployment": {"force"}}
"""Inputs that a provider sends with the creation, and does not compare. The provider v5.22.0 does not have `force`."""


@dataclass
class Mocks:
    """Deployments on mocks whose files are in one folder."""

    folder: Path

    def __post_init__(self) -> None:
        self._keys = write_files(self.folder)
        self._deployed: dict[str, Run] = {}

    def play(self, row: Row) -> None:
        """Compares the effect of a change with its row. Raises ``CellFailure`` if they differ."""
        before = self._deploy(row, row.before)
        try:
            after = self._deploy(row, row.after, before)
        except pulumi.RunError as error:
            expect_rejection(row, str(error))
            return
        steps = list(find_steps(before, after))
        expect_result(row, steps)

    def _deploy(self, row: Row, config: Mapping[str, Any], previous: Run | None = None) -> Run:
        key = json.dumps([config, row.base.title, previous is None])
        if key not in self._deployed or previous is not None:
            self._deployed[key] = self._run(row, config, previous)
        return self._deployed[key]

    def _run(self, row: Row, config: Mapping[str, Any], previous: Run | None) -> Run:
        values = {"database": URL, **self._keys}
        secrets: dict[str, Any] = {}
        for path, value in row.base.secrets.items():
            *above, last = path.split(".")
            at = secrets
            for part in above:
                at = at.setdefault(part, {})
            at[last] = values.get(value.strip("${}"), value)
        names = previous.exports["names"].value if previous else {}
        with contextlib.chdir(CHECKOUT):
            run = deploy(
                lambda: runpy.run_path("__main__.py", run_name="__main__")["workers"],
                config={
                    "accountId": ACCOUNT,
                    **filled(config, {**EXAMPLES, "files": str(self.folder)}),
                    "secrets": secrets,
                },
                secret_keys=["secrets"],
                project=PROJECT,
                stack=STACK,
                outputs={
                    "pulumi:pulumi:StackReference": {"outputs": {"connections": {"main": 5}}},
                    "gcp:sql/databaseInstance:DatabaseInstance": {"privateIpAddress": "10.0.0.3"},
                },
                calls={READ_STACK_OUTPUTS: {"outputs": {"names": names}}},
            )
        check_cloudflare_inputs(run)
        return run


def expect_result(row: Row, steps: list[Step]) -> None:
    """Raises ``CellFailure`` if the steps have another result than the row."""
    found = result_of(steps)
    if found is Result.REJECTED and row.error != PROTECTED:
        raise CellFailure(f"is rejected because of a protected resource ({describe(steps)}), not as expected")
    if found is not row.result:
        raise CellFailure(f"{found}, expected {row.result}: {describe(steps)}")


def expect_rejection(row: Row, message: str) -> None:
    """Raises ``CellFailure`` if the row has another result, or another message."""
    if row.result is not Result.REJECTED:
        raise CellFailure(f"rejected, expected {row.result}: {message}")
    if row.error not in message:
        raise CellFailure(f"rejected without `{row.error}`: {message}")


def find_steps(before: Run, after: Run) -> Iterator[Step]:
    """Yields the step of each resource, as the engine and the providers determine it."""
    olds, news = _resources(before), _resources(after)
    former = {urn: next((old for old in _aliases(after, urn) if old in olds), None) for urn in news}
    replaced = _replaced(olds, news, former)
    for urn, entry in news.items():
        old = former[urn]
        if old is None:
            yield Step(entry.type, entry.name, "create")
        elif urn in replaced:
            yield Step(entry.type, entry.name, "replace", is_protected=entry.wire.protect)
        else:
            changed = changed_inputs(olds[old].inputs, _inputs(olds[old], entry)) - NOT_COMPARED.get(entry.type, set())
            yield Step(entry.type, entry.name, "update" if changed else "same")
    kept = set(former.values())
    for urn, entry in olds.items():
        if urn not in kept:
            yield Step(entry.type, entry.name, "delete", is_protected=entry.wire.protect)


def _inputs(old: Registration, new: Registration) -> dict[str, Any]:
    """Returns the new inputs, with the old values of those whose changes the program ignores."""
    inputs = copy.deepcopy(new.inputs)
    for path in new.wire.ignoreChanges:
        _keep(inputs, old.inputs, re.sub(r"\[[^]]*\]", "", path).split("."))
    return inputs


def _keep(new: Any, old: Any, parts: list[str]) -> None:
    """Sets a value, in each element of a list, to the old value."""
    if isinstance(new, list) and isinstance(old, list):
        for after, before in zip(new, old, strict=False):
            _keep(after, before, parts)
    elif isinstance(new, dict) and isinstance(old, Mapping):
        first, *rest = parts
        if rest:
            _keep(new.get(first), old.get(first), rest)
        elif first in old:
            new[first] = old[first]
        else:
            new.pop(first, None)


def _is_replaced(old: Registration, new: Registration) -> bool:
    inputs = _inputs(old, new)
    by_program = changed_inputs(old.inputs, inputs) & set(new.wire.replaceOnChanges)
    return bool(by_program or replacing_inputs(new.type, old.inputs, inputs))


def _resources(run: Run) -> dict[str, Registration]:
    return {entry.urn: entry for entry in run.registrations if not is_component(entry.type)}


def _replaced(
    olds: Mapping[str, Registration], news: Mapping[str, Registration], former: Mapping[str, str | None]
) -> set[str]:
    """Returns the URNs of the replaced resources.

    An input that replaces a resource does so too if it depends on a replaced resource, because a preview does not know
    its new value.
    """
    replaced = {urn for urn, old in former.items() if old and _is_replaced(olds[old], news[urn])}
    while True:
        more = {
            urn
            for urn, entry in news.items()
            for key, dependencies in entry.wire.propertyDependencies.items()
            if former[urn] and key in keys_of(entry.type) and replaced & set(dependencies.urns)
        }
        if more <= replaced:
            return replaced
        replaced |= more


def _aliases(run: Run, urn: str) -> list[str]:
    """Returns the URNs that a resource can have in the state: its own, and those of its aliases and of its parents."""
    entry = run.monitor.by_urn[urn]
    *head, _, name = urn.split("::")
    found = [urn]
    parents = _aliases(run, entry.wire.parent) if entry.wire.parent in run.monitor.by_urn else []
    for parent in parents[1:]:
        *_, types, parent_name = parent.split("::")
        suffix = name.removeprefix(entry.wire.parent.split("::")[-1])
        child = parent_name + suffix if suffix != name else name
        found.append("::".join([*head, f"{types}${entry.type}", child]))
    for alias in entry.wire.aliases:
        if alias.urn:
            found.append(alias.urn)
            continue
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or entry.wire.parent
        types = parent.split("::")[2] if parent in run.monitor.by_urn else ""
        type_ = spec.type or entry.type
        found.append("::".join([*head, f"{types}${type_}" if types else type_, spec.name or name]))
    return found
