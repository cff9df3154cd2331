"""Which deployments of Pages projects run, and how: as Workers with static files, beside the other Workers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.runtime import Worker
from localcloud.cloudflare.runtime_bindings import Bound
from localcloud.emulation.store import Record, Records

PROJECTS = "pages_projects"
"""Owned by an account, by name."""
DEPLOYMENTS = "pages_deployments"
DOMAINS = "pages_domains"
ASSETS = "pages_assets"
"""The three are owned by a project, by its id. Assets are static files by their hash."""

NOT_UPLOADED = 8000001
ASSETS_BINDING: Record = {"name": "ASSETS", "type": "assets"}
"""Under which Functions find the static files."""


def serving(records: Records, project: Record) -> dict[str, Record]:
    """The deployments that answer, by id: the newest of production, and the newest of each other branch.

    The real ones answer for ever, each at an address of its own.
    """
    found: dict[str, Record] = {}
    for deployment in records.owned(DEPLOYMENTS, project["id"]):
        if deployment["failure"] is None:
            label = deployment["environment"] == "preview" and alias(deployment["branch"])
            found[str(label)] = deployment
    return {deployment["id"]: deployment for deployment in found.values()}


def alias(branch: str) -> str:
    """The label of a branch: https://developers.cloudflare.com/pages/configuration/preview-deployments/ (Nov. 2026)."""
    return re.sub(r"[^a-z0-9]", "-", branch.lower())[:28].strip("-")


def script_name(project: Record, environment: str) -> str:
    """Under which name the Functions of an environment run."""
    return f"pages-worker--{project['id'][:8]}-{environment}"


def hosts_of(records: Records, project: Record, deployment: Record) -> list[str]:
    """Where a deployment answers. Every name below `localhost` is this machine; the others go by the Host header."""
    host, local = project["subdomain"], f"{project['name']}.localhost"
    own = f"{deployment['short_id']}.{host}"
    if deployment["environment"] == "preview":
        label = alias(deployment["branch"])
        return [f"{label}.{local}", f"{label}.{host}", own]
    return [local, host, own, *(domain["name"] for domain in records.owned(DOMAINS, project["id"]))]


def assets_of(records: Records, deployment: Record) -> Record:
    """The static files in the form of a Worker's assets. Raises ``ApiError`` where one was never uploaded.

    A project without `404.html` is taken for an application of one page:
    https://developers.cloudflare.com/pages/configuration/serving-pages/ (November 2026).
    """
    files = {
        path: records.get(ASSETS, deployment["project_id"], hash_) for path, hash_ in deployment["manifest"].items()
    }
    if missing := [path for path, file in files.items() if file is None]:
        raise ApiError(400, NOT_UPLOADED, f"The file {missing[0]} was not uploaded")
    return {
        "files": files,
        "config": {
            "html_handling": "auto-trailing-slash",
            "not_found_handling": "404-page" if "/404.html" in files else "single-page-application",
            "run_worker_first": _functions_first(deployment),
            "_headers": deployment["headers"],
            "_redirects": deployment["redirects"],
        },
    }


def pages_in(records: Records, pools: Mapping[str, str]) -> Iterator[tuple[Worker, Record]]:
    """Each running deployment as a Worker, and its static files."""
    for account, project in records.every(PROJECTS):
        for deployment in serving(records, project).values():
            yield _worker(records, account, project, deployment, pools), assets_of(records, deployment)


def _worker(records: Records, account: str, project: Record, deployment: Record, pools: Mapping[str, str]) -> Worker:
    functions, settings = deployment["functions"] or {"main_module": None, "modules": []}, deployment["settings"]
    name = script_name(project, deployment["environment"])
    if deployment["environment"] == "preview":
        name = f"{name}-{alias(deployment['branch'])}"
    told: Json = {"id": deployment["id"], "tag": "", "timestamp": deployment["created_on"]}
    bound = Bound(records, account, name, functions["modules"], told, pools)
    return {
        "name": name,
        "mainModule": functions["main_module"],
        "modules": [
            {"name": each["name"], "contentType": each["content_type"], "contentBase64": each["content_base64"]}
            for each in functions["modules"]
        ],
        "compatibilityDate": settings["compatibility_date"],
        "compatibilityFlags": settings["compatibility_flags"],
        "bindings": bound.rendered([*settings["bindings"], ASSETS_BINDING]),
        "hosts": hosts_of(records, project, deployment),
        "crons": [],
        "durableObjects": {},
        "version": {"of": name, "id": deployment["id"], "percentage": 100},
    }


def _functions_first(deployment: Record) -> Any:
    """Which paths Functions answer before a static file does."""
    if deployment["functions"] is None:
        return False
    if deployment["routes"] is None:
        return True
    include, exclude = (_spelled_out(deployment["routes"].get(key, [])) for key in ("include", "exclude"))
    return [*include, *(f"!{rule}" for rule in exclude)]


def _spelled_out(rules: Iterable[str]) -> list[str]:
    """In Pages `/api/*` is `/api` too, and a slash at the end makes no difference; for a Worker's assets it does.

    After `templates/pages-dev-util.ts` of wrangler 4.164.0 (November 2026).
    """
    return list(dict.fromkeys(each for rule in rules for each in (rule, _other_spelling(rule))))


def _other_spelling(rule: str) -> str:
    if rule.endswith("/*"):
        return rule.removesuffix("/*") or rule
    if rule.endswith("*") or rule == "/":
        return rule
    return rule.removesuffix("/") if rule.endswith("/") else f"{rule}/"
