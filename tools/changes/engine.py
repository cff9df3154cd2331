"""Plays a row on the real engine, with a stack on the local cloud that is running before the change."""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from localcloud.deploy import Stack
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.stack_file import LOCAL, PROJECT
from tools.changes.account import Account
from tools.changes.files import filled, write_files
from tools.changes.mocks import expect_rejection, expect_result
from tools.changes.steps import Step, is_component
from tools.changes.table import Base, Result, Row
from tools.conformance.cycle import expect_no_update, planned
from tools.matrix import CellFailure

UP = ("up", "--yes", "--skip-preview")


@dataclass
class RunningStack:
    """One stack on a local cloud. Rows with the same stack file before the change share its deployment."""

    cloud: Instance
    folder: Path
    """The folder of the files that stack files name."""
    _base: Base | None = None
    _deployed: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._keys = write_files(self.folder)
        self._account = Account(self.cloud.environment(), LOCAL)
        self._values = {**self._account.create_objects(self.folder, self._keys), "files": str(self.folder)}
        folder = self.cloud.state_directory.path / "stacks" / "changes"
        self._stack = Stack(folder, self.cloud.environment(), LOCAL)

    def preview(self, row: Row) -> None:
        """Compares a preview of the change with its row. Raises ``CellFailure`` if they differ."""
        self._deploy(row.base, row.before)
        changed = self._with(row.after)
        try:
            steps = planned(changed)
        except LocalCloudError as error:
            expect_rejection(row, str(error))
            return
        expect_result(row, [_step(urn, each.operation) for urn, each in steps.items() if not is_component(_type(urn))])

    def up(self, row: Row) -> None:
        """Deploys the change. Raises ``CellFailure`` if the update fails or leaves something to do."""
        self._deploy(row.base, row.before)
        self._deployed = {}
        changed = self._with(row.after)
        try:
            changed.pulumi(*UP)
            expect_no_update(changed, "after the change")
        except LocalCloudError as error:
            raise CellFailure(f"the change cannot be deployed: {_errors(error)}") from None

    def close(self) -> None:
        """Destroys the stack."""
        if self._base:
            for command in (
                ("state", "unprotect", "--all", "--yes"),
                ("destroy", "--yes", "--skip-preview", "--continue-on-error"),
            ):
                with suppress(LocalCloudError):
                    self._stack.pulumi(*command)
            self._account.delete_scripts()
            with suppress(LocalCloudError):
                self._stack.pulumi("stack", "rm", "--yes", "--force")
            shutil.rmtree(self._stack.folder, ignore_errors=True)
        self._base, self._deployed = None, {}

    def _deploy(self, base: Base, config: Mapping[str, Any]) -> None:
        """Deploys a stack file, unless it is deployed already.

        A running stack that cannot change to the stack file is destroyed, and a new stack takes its place.
        """
        if self._base is base and self._deployed == config:
            return
        if self._base is base:
            with suppress(LocalCloudError):
                self._up(config)
                return
        self.close()
        self._base = base
        values = {"database": self.cloud.database_url, **self._keys}
        self._with(config).prepare({key: values.get(text.strip("${}"), text) for key, text in base.secrets.items()})
        try:
            self._up(config)
        except LocalCloudError as error:
            raise CellFailure(f"the stack file before the change cannot be deployed: {_errors(error)}") from None

    def _up(self, config: Mapping[str, Any]) -> None:
        self._deployed = {}
        self._with(config).pulumi(*UP)
        self._deployed = dict(config)

    def _with(self, config: Mapping[str, Any]) -> Stack:
        settings = {"accountId": LOCAL, **filled(config, self._values)}
        stack = replace(self._stack, settings={f"{PROJECT}:{key}": value for key, value in settings.items()})
        if stack.folder.exists():
            stack.write_settings()
        return stack


def has_update(row: Row) -> bool:
    """Returns whether a change can be deployed on the local cloud."""
    return not row.mocks and row.result is not Result.REJECTED


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _step(urn: str, operation: str) -> Step:
    return Step(_type(urn), urn.rpartition("::")[2], operation)


def _errors(error: LocalCloudError) -> str:
    """Returns the errors in the output of the engine, or its last lines."""
    lines = str(error).splitlines()
    return json.dumps([line.strip() for line in lines if "error" in line.lower()] or lines[-12:])[:600]
