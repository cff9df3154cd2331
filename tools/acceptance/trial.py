"""The stack of one scenario in the account, and the checks that all scenarios share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.changes import changes_of_preview, changes_of_up, refresh_without_change
from localcloud.deploy import Stack
from localcloud.errors import LocalCloudError
from localcloud.service import Report
from tools.acceptance.inventory import Found, resources_of
from tools.acceptance.run import Run
from tools.acceptance.target import Target

PROJECT = "project"
"""Folder with the Pulumi project of a scenario, below the folder of the scenario."""


@dataclass(frozen=True)
class Trial:
    """A scenario of a run, with a separate folder and Pulumi state."""

    run: Run
    target: Target
    folder: Path
    say: Report
    zone: str = ""
    """Name of a zone of the account for a custom domain. Empty: no custom domain."""

    def stack(self, settings: Mapping[str, Any] | None = None) -> Stack:
        """Returns the stack, which may not exist yet."""
        environment = self.target.engine_environment(self.folder / "state", self.run.passphrase)
        return Stack(self.folder / PROJECT, environment, self.target.stack, settings or {})

    def up(self, step: str, settings: Mapping[str, Any]) -> Stack:
        """Deploys the settings."""
        stack = self._prepared(settings)
        changes = changes_of_up(stack)
        self.say(f"  {step}: " + ", ".join(f"{number} {each}" for each, number in sorted(changes.items())))
        return stack

    def expect_no_changes(self, stack: Stack) -> None:
        """Checks that a second `up`, a refresh and a preview after the refresh change nothing."""
        changes = changes_of_up(stack)
        expect(set(changes) == {"same"}, f"a second `up` changed resources: {changes}")
        refresh_without_change(stack)
        previewed = changes_of_preview(stack)
        expect(previewed == {}, f"a preview after a refresh shows changes: {previewed}")
        self.say("  a second up, a refresh and a preview after the refresh changed nothing")

    def up_renamed(self, settings: Mapping[str, Any]) -> Stack:
        """Deploys settings with renamed keys, which change no resource."""
        stack = self._prepared(settings)
        previewed = changes_of_preview(stack)
        expect(previewed == {}, f"a renamed key changes resources: {previewed}")
        return self.up("up after a rename", settings)

    def _prepared(self, settings: Mapping[str, Any]) -> Stack:
        (self.folder / "state").mkdir(parents=True, exist_ok=True)
        stack = self.stack({"edge-postgres:accountId": self.target.account_id, **settings})
        stack.prepare({"databases.main.url": self.target.database_url})
        return stack

    def resources(self) -> list[Found]:
        return resources_of(self.run, self.target)

    def expect_resources(self, *nouns: str) -> None:
        """Checks the number of created resources by kind."""
        found = sorted(each.kind.noun for each in self.resources())
        expect(found == sorted(nouns), f"expected {', '.join(sorted(nouns))} at Cloudflare, found {', '.join(found)}")

    def destroy(self) -> None:
        """Destroys the stack. Nothing of the run may be left."""
        if not (self.folder / PROJECT).exists():
            return
        stack = self.stack()
        stack.unlock(self.say)
        stack.pulumi("destroy", "--yes", "--skip-preview")
        left = ", ".join(map(str, self.resources()))
        expect(left == "", f"`destroy` left resources: {left}")
        self.say("  destroyed: nothing is left")


def expect(condition: bool, complaint: str) -> None:
    """Raises ``LocalCloudError`` with the complaint if the condition does not hold."""
    if not condition:
        raise LocalCloudError(f"{complaint}.")
