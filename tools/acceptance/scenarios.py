"""The scenarios: the resources that each deploys, and its checks. All names at Cloudflare have the run id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.acceptance.trial import Trial, expect

CRON = "0 0 1 1 *"
"""Once a year, so that it does not run during the scenario."""
DATE = "2026-08-01"
LIMIT = 5
"""The smallest connection limit of Hyperdrive."""
SCRIPT = {
    "bundle": "tools/acceptance/worker.js",
    "files": {"pg.js": "workers/dist/pg.js"},
    "compatibilityDate": DATE,
    "compatibilityFlags": ["nodejs_compat"],
}

Settings = dict[str, Any]


def worker_settings(trial: Trial, database: str = "main", worker: str = "api") -> Settings:
    """A Worker with Hyperdrive, KV, a cron, and a custom domain if there is a zone. The arguments are keys."""
    api: Settings = {
        **SCRIPT,
        "scriptName": trial.run.name("api"),
        "hyperdrive": {"HYPERDRIVE": database},
        "kv": {"CACHE": "cache"},
        "crons": [CRON],
        "workersDev": True,
    }
    if trial.zone:
        api["domains"] = [domain_of(trial)]
    return {
        **database_settings(trial, database),
        "edge-postgres:kv": {"cache": {"title": trial.run.name("cache")}},
        "edge-postgres:workers": {worker: api},
    }


def rollout_settings(trial: Trial, label: str, percentage: int, previous: str = "") -> Settings:
    rollout = {"percentage": percentage, **({"previousVersionId": previous} if previous else {})}
    script = {**SCRIPT, "scriptName": trial.run.name("rolled"), "vars": {"LABEL": label}, "rollout": rollout}
    return {
        **database_settings(trial),
        "edge-postgres:workers": {"rolled": {**script, "hyperdrive": {"HYPERDRIVE": "main"}}},
    }


def pages_settings(trial: Trial) -> Settings:
    site = {
        "projectName": trial.run.name("site"),
        "productionBranch": "main",
        "compatibilityDate": DATE,
        "compatibilityFlags": ["nodejs_compat"],
        "production": {"hyperdrive": {"HYPERDRIVE": "main"}, "vars": {"MODE": "production"}},
        "preview": {"vars": {"MODE": "preview"}},
    }
    return {**database_settings(trial), "edge-postgres:pages": {"site": site}}


def database_settings(trial: Trial, key: str = "main") -> Settings:
    hyperdrive = {"configName": trial.run.name("db"), "connectionLimit": LIMIT, "caching": "none"}
    database = {"provider": "existing", "urlSecret": "databases.main.url", "hyperdrive": hyperdrive}
    return {"edge-postgres:databases": {key: database}}


def domain_of(trial: Trial) -> str:
    return f"{trial.run.name('api')}.{trial.zone}"


def check_worker(trial: Trial) -> None:
    """Deploys, calls and renames a Worker with Hyperdrive, KV, a cron and a custom domain."""
    stack, script = trial.up("up", worker_settings(trial)), trial.run.name("api")
    domain = ("custom domain",) if trial.zone else ()
    trial.expect_resources("Worker", "Hyperdrive configuration", "KV namespace", *domain)
    answer = trial.target.call(script)
    expect(answer["database"] == 200, f"the Worker cannot query its database: {answer}")
    expect(answer["keys"] == 0, f"the Worker cannot read its KV namespace: {answer}")
    schedules = trial.target.request("GET", f"workers/scripts/{script}/schedules")["result"]["schedules"]
    expect([each["cron"] for each in schedules] == [CRON], f"Cloudflare has other schedules: {schedules}")
    trial.say("  the Worker queries its database and reads its KV namespace, and has its cron")
    trial.expect_no_changes(stack)
    before = trial.resources()
    renamed = trial.up_renamed(worker_settings(trial, "store", "web"))
    expect(trial.resources() == before, "a rename of keys replaced resources")
    expect(trial.target.call(script) == answer, "the Worker answers differently after a rename of keys")
    trial.say("  renamed keys of the database and the Worker changed nothing at Cloudflare")
    trial.expect_no_changes(renamed)


def check_rollout(trial: Trial) -> None:
    """Moves the requests of a Worker from one version to the next."""
    stack = trial.up("up", rollout_settings(trial, "old", 100))
    old = stack.outputs()["versions"]["rolled"]
    stack = trial.up("10 % for the new version", rollout_settings(trial, "new", 10, old))
    new = stack.outputs()["versions"]["rolled"]
    shares = _shares(trial)
    expect(shares == {old: 90, new: 10}, f"the versions have other percentages: {shares}")
    answer = trial.target.call(trial.run.name("rolled"))
    expect(answer["label"] in ("old", "new"), f"the Worker has neither version: {answer}")
    trial.expect_no_changes(stack)
    trial.up("100 % for the new version", rollout_settings(trial, "new", 100, old))
    shares = _shares(trial)
    expect(shares == {new: 100}, f"the versions have other percentages: {shares}")


def check_pages(trial: Trial) -> None:
    """Creates a Pages project with Hyperdrive. Its content is not deployed."""
    stack = trial.up("up", pages_settings(trial))
    trial.expect_resources("Pages project", "Hyperdrive configuration")
    project = trial.target.request("GET", f"pages/projects/{trial.run.name('site')}")["result"]
    production = project["deployment_configs"]["production"]
    expect("HYPERDRIVE" in production["hyperdrive_bindings"], f"the project has no Hyperdrive binding: {production}")
    trial.expect_no_changes(stack)


def _shares(trial: Trial) -> dict[str, float]:
    path = f"workers/scripts/{trial.run.name('rolled')}/deployments"
    latest = trial.target.request("GET", path)["result"]["deployments"][0]
    return {each["version_id"]: each["percentage"] for each in latest["versions"]}


@dataclass(frozen=True)
class Scenario:
    """A scenario, the resources that it creates, and the rows of the support matrix that it covers."""

    check: Callable[[Trial], None]
    creates: str
    rows: tuple[str, ...]


SCENARIOS = {
    "worker": Scenario(
        check_worker,
        "1 Worker, 1 Hyperdrive configuration, 1 KV namespace, 1 cron, 1 custom domain if ZONE is set",
        ("existing Postgres", "Hyperdrive configuration", "Worker"),
    ),
    "rollout": Scenario(check_rollout, "1 Worker with 2 versions, 1 Hyperdrive configuration", ("gradual rollout",)),
    "pages": Scenario(check_pages, "1 Pages project without content, 1 Hyperdrive configuration", ("Pages project",)),
}
