"""The active deployments of Pages projects, converted to Workers with static files."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.runtime import Worker
from localcloud.cloudflare.runtime_bindings import BindingRenderer
from localcloud.emulation.store import Record, Records

PROJECTS = "pages_projects"
"""Kind of record. Owned by an account, by name."""
DEPLOYMENTS = "pages_deployments"
DOMAINS = "pages_domains"
ASSETS = "pages_assets"
"""These three kinds of records are owned by a project, by its id. Assets are static files by their hash."""

NOT_UPLOADED = 8000001
ASSETS_BINDING: Record = {"name": "ASSETS", "type": "assets"}
"""The binding with which Functions read the static files."""


def serving(records: Records, project: Record) -> dict[str, Record]:
    """Returns the active deployments by id: the newest of production, and the newest of each other branch.

    On Cloudflare every deployment stays reachable at a separate address.
    """
    found: dict[str, Record] = {}
    for deployment in records.owned(DEPLOYMENTS, project["id"]):
        if deployment["failure"] is None:
            label = deployment["environment"] == "preview" and alias(deployment["branch"])
            found[str(label)] = deployment
    return {deployment["id"]: deployment for deployment in found.values()}


def alias(branch: str) -> str:
    """Returns the host label of a branch.

    Source: https://developers.cloudflare.com/pages/configuration/preview-deployments/ (November 2026).
    """
    return re.sub(r"[^a-z0-9]", "-", branch.lower())[:28].strip("-")


def script_name(project: Record, environment: str) -> str:
    """Returns the script name of the Functions of an environment."""
    return f"pages-worker--{project['id'][:8]}-{environment}"


def hosts_of(records: Records, project: Record, deployment: Record) -> list[str]:
    """Returns the hosts of a deployment.

    Names below `localhost` resolve to this machine. Others need the Host header.
    """
    host, local = project["subdomain"], f"{project['name']}.localhost"
    deployment_host = f"{deployment['short_id']}.{host}"
    if deployment["environment"] == "preview":
        label = alias(deployment["branch"])
        return [f"{label}.{local}", f"{label}.{host}", deployment_host]
    return [local, host, deployment_host, *(domain["name"] for domain in records.owned(DOMAINS, project["id"]))]


def assets_of(records: Records, deployment: Record) -> Record:
    """Converts the static files to a Worker's assets. Raises ``ApiError`` if one was never uploaded.

    A project without `404.html` is treated as a single-page application:
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
    """Yields each active deployment as a Worker, with its static files."""
    for account, project in records.every(PROJECTS):
        for deployment in serving(records, project).values():
            yield _worker(records, account, project, deployment, pools), assets_of(records, deployment)


def _worker(records: Records, account: str, project: Record, deployment: Record, pools: Mapping[str, str]) -> Worker:
    functions, settings = deployment["functions"] or {"main_module": None, "modules": []}, deployment["settings"]
    name = script_name(project, deployment["environment"])
    if deployment["environment"] == "preview":
        name = f"{name}-{alias(deployment['branch'])}"
    version_metadata: Json = {"id": deployment["id"], "tag": "", "timestamp": deployment["created_on"]}
    renderer = BindingRenderer(records, account, name, functions["modules"], version_metadata, pools)
    return {
        "name": name,
        "mainModule": functions["main_module"],
        "modules": [
            {"name": each["name"], "contentType": each["content_type"], "contentBase64": each["content_base64"]}
            for each in functions["modules"]
        ],
        "compatibilityDate": settings["compatibility_date"],
        "compatibilityFlags": settings["compatibility_flags"],
        "bindings": renderer.render([*settings["bindings"], ASSETS_BINDING]),
        "hosts": hosts_of(records, project, deployment),
        "crons": [],
        "durableObjects": {},
        "version": {"of": name, "id": deployment["id"], "percentage": 100},
    }


def _functions_first(deployment: Record) -> Any:
    """Returns the paths that Functions handle before static files."""
    if deployment["functions"] is None:
        return False
    if deployment["routes"] is None:
        return True
    include, exclude = (_expand_rules(deployment["routes"].get(key, [])) for key in ("include", "exclude"))
    return [*include, *(f"!{rule}" for rule in exclude)]


def _expand_rules(rules: Iterable[str]) -> list[str]:
    """Expands rules, because `/api/*` includes `/api` and ignores trailing slashes in Pages, but not for a Worker.

    Source: `templates/pages-dev-util.ts` of wrangler 4.164.0 (November 2026).
    """
    return list(dict.fromkeys(each for rule in rules for each in (rule, _alternative_rule(rule))))


def _alternative_rule(rule: str) -> str:
    if rule.endswith("/*"):
        return rule.removesuffix("/*") or rule
    if rule.endswith("*") or rule == "/":
        return rule
    return rule.removesuffix("/") if rule.endswith("/") else f"{rule}/"
