"""The rehearsal itself: what a team goes through with the pipelines, from the first deployment to a drift."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from localcloud.deploy import Stack, answer_of
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT
from localcloud.instance import Instance
from tools.pipeline.steps import TEMPLATE
from tools.rehearsal.forge import Done, Forge
from tools.rehearsal.plugins import plugins
from tools.rehearsal.team import MAIN, Repository, change

PROJECT = "edge-postgres"
DEV, PROD = STAGES = ("local-dev", "local-prod")
"""The first stage of the workflow `deploy` and the last, on this machine; `staging` is as both."""
PREVIEW, BRANCH = "local-pr-7", "more-connections"
LIMIT = 12
"""Connections of each stage after the pull request; before it there are 10."""
TIMEOUT_SECONDS = 10.0


def rehearse(cloud: Instance, folder: Path, say: Callable[[str], None]) -> None:
    """Goes through all of it on a local cloud that is up; ``folder`` is empty, and may be deleted afterwards.

    Raises ``LocalCloudError`` at the first thing that is not as the pipelines promise.
    """
    for name in ("state", "desk", "workspace"):
        (folder / name).mkdir()
    with plugins(cloud, folder / "workspace") as attached:
        environment = {**cloud.environment(), **attached, "PULUMI_BACKEND_URL": (folder / "state").as_uri()}
        Rehearsal(cloud, Repository(folder, environment), environment, say).run()


@dataclass(frozen=True)
class Rehearsal:
    """A team's repository, and the local cloud that it deploys to."""

    cloud: Instance
    repository: Repository
    environment: Mapping[str, str] = field(repr=False)
    say: Callable[[str], None]

    def run(self) -> None:
        before = self._stored()
        self._found()
        try:
            self._first_deployment()
            self._pull_request()
            self._merge()
            self._drift()
        finally:
            self._clear()
        _expect(self._stored() == before, "something is left at Cloudflare", str(self._stored()))
        self.say("end: every stack destroyed, nothing is left")

    def _found(self) -> None:
        self.repository.make()
        desk = self.repository.desk
        config = yaml.safe_load((CHECKOUT / "Pulumi.local.yaml").read_text())["config"]
        for stack in STAGES:
            change(desk / f"Pulumi.{stack}.yaml", config)
        change(desk / f"Pulumi.{TEMPLATE}.yaml", {f"{PROJECT}:accountId": "local"})
        for name in (*STAGES, TEMPLATE):
            engine = Stack(desk, self.environment, name)
            engine.pulumi("stack", "init", name, "--no-select")
            # The value goes through stdin: other users of the machine can read a command line.
            key = ("--secret", "--path", f"{PROJECT}:secrets.databases.main.url")
            engine.pulumi("config", "set", "--stack", name, *key, stdin=self.cloud.database_url)
        self.repository.push(MAIN, "Stages, and the template of previews")
        self.say("a team's repository: stacks with encrypted secrets, pushed")

    def _first_deployment(self) -> None:
        self._passes("pushed to main", "deploy", "dev", MAIN, DEV)
        self._answers(DEV)
        told = self._passes("what the next stage would get", "deploy", "prod-preview", MAIN, PROD)
        _expect("to create" in told.report, "the preview does not say what it would make", told.report)
        self._passes("promoted", "deploy", "prod", MAIN, PROD)
        self._answers(PROD)

    def _pull_request(self) -> None:
        for stack in (*STAGES, TEMPLATE):
            file = self.repository.desk / f"Pulumi.{stack}.yaml"
            databases = yaml.safe_load(file.read_text())["config"][f"{PROJECT}:databases"]
            databases["main"]["hyperdrive"]["connectionLimit"] = LIMIT
            change(file, {f"{PROJECT}:databases": databases})
        self.repository.push(BRANCH, "More connections")
        told = self._passes("pull request opened", "preview", "preview", BRANCH, DEV)
        _expect("~ 1 to update" in told.report, "the preview does not say what changes", told.report)
        self._passes("a stack of its own", "preview", "stack", BRANCH, PREVIEW)
        self._answers(PREVIEW)
        self._passes("the same after another commit", "preview", "stack", BRANCH, PREVIEW)

    def _merge(self) -> None:
        self.repository.merge(BRANCH)
        self._passes("pull request closed", "remove", "remove", BRANCH, PREVIEW)
        left = [each for each in self._stored().get("scripts", ()) if PREVIEW in each]
        _expect(left == [], "the preview stack left something", str(left))
        self._passes("closed once more", "remove", "remove", BRANCH, PREVIEW)
        told = self._passes("merged", "deploy", "dev", MAIN, DEV)
        _expect("~ 1 updated" in told.report, "the merge did not bring the change", told.report)

    def _drift(self) -> None:
        self._passes("night", "drift", "drift", MAIN, PROD)
        self._change_behind_pulumi(PROD)
        done = self._ran("night, after somebody was at the dashboard", "drift", "drift", MAIN, PROD)
        _expect(done.failed, "the drift was not seen", done.log)
        _expect("main-config" in done.report, "the report does not say what drifted", done.report)
        self.say("  as it should: the report says that `main-config` is not as the stack left it")

    def _change_behind_pulumi(self, stack: str) -> None:
        base = f"{self._cloudflare.base_url}/accounts/local/hyperdrive/configs"
        token = {"authorization": f"Bearer {self._cloudflare.key}"}
        configs = httpx.get(base, headers=token, timeout=TIMEOUT_SECONDS).raise_for_status().json()["result"]
        (config,) = [each for each in configs if each["name"] == f"{PROJECT}-{stack}-main"]
        changed = {"origin_connection_limit": LIMIT + 1}
        httpx.patch(f"{base}/{config['id']}", json=changed, headers=token, timeout=TIMEOUT_SECONDS).raise_for_status()

    def _clear(self) -> None:
        """What no pipeline does: deletes the stages, and whatever else a failure left."""
        engine = Stack(self.repository.check_out(MAIN), self.environment, MAIN)
        for stack in json.loads(engine.pulumi("stack", "ls", "--json")):
            engine.pulumi("destroy", "--yes", "--skip-preview", "--remove", "--stack", stack["name"])

    def _ran(self, moment: str, workflow: str, job: str, ref: str, stack: str) -> Done:
        began = time.monotonic()
        done = Forge(self.repository, self.environment).run(workflow, job, ref=ref, stack=stack)
        outcome = "failed" if done.failed else "passed"
        self.say(f"{moment}: {workflow}.yml, job {job}, on {stack}: {outcome} in {time.monotonic() - began:.1f} s")
        return done

    def _passes(self, moment: str, workflow: str, job: str, ref: str, stack: str) -> Done:
        done = self._ran(moment, workflow, job, ref, stack)
        _expect(not done.failed, f"job {job} failed", done.log)
        return done

    def _answers(self, stack: str) -> None:
        answer = answer_of(self.cloud.worker_url(f"{PROJECT}-{stack}-api"))
        _expect(answer["success"] is True, f"the Worker of {stack} does not answer", str(answer))
        self.say(f"  the Worker of {stack} answers from its database")

    def _stored(self) -> dict[str, Any]:
        """What the stand-in for Cloudflare holds, ids by kind."""
        return {kind: ids for kind, ids in self._cloudflare.control("GET", "store").json().items() if ids}

    @property
    def _cloudflare(self) -> CloudflareEmulator:
        return CloudflareEmulator(self.cloud.home)


def _expect(kept: bool, complaint: str, evidence: str) -> None:
    if not kept:
        raise LocalCloudError(f"The rehearsal failed: {complaint}.\n{evidence}")
