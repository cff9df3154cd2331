"""The scenario of the rehearsal: first deployment, pull request, merge, and drift."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from edge_postgres.origin.names import physical_name
from localcloud.deploy import Stack, call_worker
from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tools.pipeline.steps import TEMPLATE
from tools.rehearsal.forge import Forge, JobResult
from tools.rehearsal.plugins import plugins
from tools.rehearsal.repository import MAIN, Repository, update_config

PROJECT = "edge-postgres"
DEV, PROD = STAGES = ("local-dev", "local-prod")
"""The local names of the first and the last stage of the workflow `deploy`. `staging` works like them."""
PREVIEW, BRANCH = "local-pr-7", "more-connections"
LIMIT = 12
"""Connection limit of each stage after the pull request. It is 10 before."""
TIMEOUT_SECONDS = 10.0


def rehearse(cloud: Instance, folder: Path, say: Callable[[str], None]) -> None:
    """Runs the scenario on a running local cloud. ``folder`` is an empty temporary folder.

    Raises ``LocalCloudError`` at the first step with an unexpected result.
    """
    for name in ("state", "clone", "workspace"):
        (folder / name).mkdir()
    with plugins(cloud, folder / "workspace") as attached:
        environment = {**cloud.environment(), **attached, "PULUMI_BACKEND_URL": (folder / "state").as_uri()}
        Rehearsal(cloud, Repository(folder, environment), environment, say).run()


@dataclass(frozen=True)
class Rehearsal:
    """A repository, and the local cloud to which its jobs deploy."""

    cloud: Instance
    repository: Repository
    environment: Mapping[str, str] = field(repr=False)
    say: Callable[[str], None]

    def run(self) -> None:
        before = self._cloudflare_resources()
        self._create_repository()
        try:
            self._first_deployment()
            self._pull_request()
            self._merge()
            self._drift()
        finally:
            self._destroy_stacks()
        _expect(
            self._cloudflare_resources() == before,
            "resources are left at Cloudflare",
            str(self._cloudflare_resources()),
        )
        self.say("end: every stack destroyed, no resource is left")

    def _create_repository(self) -> None:
        self.repository.create()
        clone = self.repository.clone
        config = yaml.safe_load((CHECKOUT / "Pulumi.local.yaml").read_text())["config"]
        for stack in STAGES:
            update_config(clone / f"Pulumi.{stack}.yaml", config)
        update_config(clone / f"Pulumi.{TEMPLATE}.yaml", {f"{PROJECT}:accountId": "local"})
        for name in (*STAGES, TEMPLATE):
            engine = Stack(clone, self.environment, name)
            engine.pulumi("stack", "init", name, "--no-select")
            # The value is passed through stdin, because other users of the machine can read a command line.
            key = ("--secret", "--path", f"{PROJECT}:secrets.databases.main.url")
            engine.pulumi("config", "set", "--stack", name, *key, stdin=self.cloud.database_url)
        self.repository.push(MAIN, "Stages, and the template of previews")
        self.say("repository created: stacks with encrypted secrets, pushed")

    def _first_deployment(self) -> None:
        self._run_passing_job("pushed to main", "deploy", "dev", MAIN, DEV)
        self._check_worker(DEV)
        job = self._run_passing_job("preview of the next stage", "deploy", "prod-preview", MAIN, PROD)
        _expect("to create" in job.report, "the preview does not list the new resources", job.report)
        self._run_passing_job("promoted", "deploy", "prod", MAIN, PROD)
        self._check_worker(PROD)

    def _pull_request(self) -> None:
        for stack in (*STAGES, TEMPLATE):
            file = self.repository.clone / f"Pulumi.{stack}.yaml"
            databases = yaml.safe_load(file.read_text())["config"][f"{PROJECT}:databases"]
            databases["main"]["hyperdrive"]["connectionLimit"] = LIMIT
            update_config(file, {f"{PROJECT}:databases": databases})
        self.repository.push(BRANCH, "More connections")
        job = self._run_passing_job("pull request opened", "preview", "preview", BRANCH, DEV)
        _expect("~ 1 to update" in job.report, "the preview does not list the changes", job.report)
        self._run_passing_job("preview stack", "preview", "stack", BRANCH, PREVIEW)
        self._check_worker(PREVIEW)
        self._run_passing_job("preview stack after another commit", "preview", "stack", BRANCH, PREVIEW)

    def _merge(self) -> None:
        self.repository.merge(BRANCH)
        self._run_passing_job("pull request closed", "remove", "remove", BRANCH, PREVIEW)
        left = [each for each in self._cloudflare_resources().get("scripts", ()) if PREVIEW in each]
        _expect(left == [], "the preview stack left resources", str(left))
        self._run_passing_job("closed again", "remove", "remove", BRANCH, PREVIEW)
        job = self._run_passing_job("merged", "deploy", "dev", MAIN, DEV)
        _expect("~ 1 updated" in job.report, "the merge did not deploy the change", job.report)

    def _drift(self) -> None:
        self._run_passing_job("night", "drift", "drift", MAIN, PROD)
        self._change_outside_pulumi(PROD)
        done = self._run_job("night, after a change in the dashboard", "drift", "drift", MAIN, PROD)
        _expect(done.failed, "the drift was not detected", done.log)
        config = default_name("main", PROD)
        _expect(config in done.report, "the report does not list the drift", done.report)
        self.say(f"  as expected: the report lists the drift of `{config}`")

    def _change_outside_pulumi(self, stack: str) -> None:
        base = f"{self._cloudflare.base_url}/accounts/local/hyperdrive/configs"
        token = {"authorization": f"Bearer {self._cloudflare.key}"}
        configs = httpx.get(base, headers=token, timeout=TIMEOUT_SECONDS).raise_for_status().json()["result"]
        (config,) = [each for each in configs if each["name"] == default_name("main", stack)]
        changed = {"origin_connection_limit": LIMIT + 1}
        httpx.patch(f"{base}/{config['id']}", json=changed, headers=token, timeout=TIMEOUT_SECONDS).raise_for_status()

    def _destroy_stacks(self) -> None:
        """Destroys all stacks. No pipeline destroys the stages, or the remains of a failure."""
        engine = Stack(self.repository.check_out(MAIN), self.environment, MAIN)
        for stack in json.loads(engine.pulumi("stack", "ls", "--json")):
            engine.pulumi("destroy", "--yes", "--skip-preview", "--remove", "--stack", stack["name"])

    def _run_job(self, moment: str, workflow: str, job: str, ref: str, stack: str) -> JobResult:
        began = time.monotonic()
        done = Forge(self.repository, self.environment).run(workflow, job, ref=ref, stack=stack)
        outcome = "failed" if done.failed else "passed"
        self.say(f"{moment}: {workflow}.yml, job {job}, on {stack}: {outcome} in {time.monotonic() - began:.1f} s")
        return done

    def _run_passing_job(self, moment: str, workflow: str, job: str, ref: str, stack: str) -> JobResult:
        done = self._run_job(moment, workflow, job, ref, stack)
        _expect(not done.failed, f"job {job} failed", done.log)
        return done

    def _check_worker(self, stack: str) -> None:
        answer = call_worker(self.cloud.worker_url(default_name("api", stack)))
        _expect(answer["success"] is True, f"the Worker of {stack} does not answer", str(answer))
        self.say(f"  the Worker of {stack} answers from its database")

    def _cloudflare_resources(self) -> dict[str, Any]:
        """Ids of the resources in the emulator of Cloudflare's API, by kind."""
        return {kind: ids for kind, ids in self._cloudflare.control("GET", "store").json().items() if ids}

    @property
    def _cloudflare(self) -> CloudflareEmulator:
        return CloudflareEmulator(self.cloud.state_directory)


def default_name(key: str, stack: str) -> str:
    """Returns the default name at Cloudflare of the resource ``key`` of a stack."""
    return physical_name(key, project=PROJECT, stack=stack)


def _expect(condition: bool, complaint: str, evidence: str) -> None:
    if not condition:
        raise LocalCloudError(f"The rehearsal failed: {complaint}.\n{evidence}")
