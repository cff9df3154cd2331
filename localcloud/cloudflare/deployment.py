"""Which Workers the runtime has to run, worked out from what the accounts hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.pages_serving import pages_in
from localcloud.cloudflare.runtime import Worker
from localcloud.cloudflare.runtime_bindings import Bound
from localcloud.cloudflare.versions import shares
from localcloud.emulation.store import Record, Records

DEFAULT_ACCOUNT_SUBDOMAIN = "localcloud"


def workers_in(records: Records, pools: Mapping[str, str]) -> list[Worker]:
    """``pools``: URLs by the ids of Hyperdrive configurations; Workers reach the databases of others directly."""
    scripts = [
        worker for account, script in records.every("scripts") for worker in _workers(records, account, script, pools)
    ]
    pages = [{**worker, "assets": assets_in_runtime(assets)} for worker, assets in pages_in(records, pools)]
    return scripts + pages


def account_subdomain(records: Records, account: str) -> str:
    """The part below workers.dev that is the account's."""
    stored = records.get("account_subdomains", account, "subdomain")
    return stored["subdomain"] if stored else DEFAULT_ACCOUNT_SUBDOMAIN


def hosts_of(records: Records, account: str, script: Record) -> list[str]:
    """Where a Worker answers. Every name below `localhost` is this machine; the others go by the Host header."""
    name = script["name"]
    hosts = []
    if script["subdomain"]["enabled"]:
        hosts += [f"{name}.localhost", f"{name}.{account_subdomain(records, account)}.workers.dev"]
    hosts += [domain["hostname"] for domain in records.owned("domains", account) if domain["service"] == name]
    hosts += [route_host(route["pattern"]) for _, route in records.every("routes") if route.get("script") == name]
    # The runtime knows whole hosts only: a route of many hosts, such as `*.example.com/*`, leads nowhere here.
    return [host for host in dict.fromkeys(hosts) if "*" not in host]


def route_host(pattern: str) -> str:
    """`https://api.example.com/v1/*` → `api.example.com`."""
    return pattern.partition("://")[2].partition("/")[0] if "://" in pattern else pattern.partition("/")[0]


def assets_in_runtime(assets: Record | None) -> Json | None:
    """Static assets in the words of the runtime's control API."""
    if assets is None:
        return None
    config: dict[str, Any] = assets["config"]
    return {
        "files": [{"path": path, "contentBase64": file["content_base64"]} for path, file in assets["files"].items()],
        "basePath": config.get("base_path"),
        "headers": config.get("_headers") or config.get("headers"),
        "redirects": config.get("_redirects") or config.get("redirects"),
        "htmlHandling": config.get("html_handling"),
        "notFoundHandling": config.get("not_found_handling"),
        "runWorkerFirst": config.get("run_worker_first"),
    }


def _workers(records: Records, account: str, script: Record, pools: Mapping[str, str]) -> Iterator[Worker]:
    """One for each version that runs. The first has the script's name: service bindings and Durable Objects are its."""
    name, running = script["name"], shares(script)
    for index, (version, percentage) in enumerate(running):
        settings = version["settings"]
        told = {"id": version["id"], "tag": settings["annotations"].get("workers/tag", "")}
        told |= {"timestamp": version["created_on"]}
        bound = Bound(records, account, name, version["modules"], told, pools)
        yield {
            "name": name if index == 0 else f"{name}@{version['id']}",
            "mainModule": version["main_module"],
            "modules": [
                {"name": each["name"], "contentType": each["content_type"], "contentBase64": each["content_base64"]}
                for each in version["modules"]
            ],
            "compatibilityDate": settings["compatibility_date"],
            "compatibilityFlags": settings["compatibility_flags"],
            "bindings": bound.rendered(version["bindings"]),
            "hosts": hosts_of(records, account, script),
            "crons": [schedule["cron"] for schedule in script["schedules"]] if index == 0 else [],
            "durableObjects": dict(script["classes"]) if index == 0 else {},
            "assets": assets_in_runtime(version["assets"]),
            "version": {"of": name, "id": version["id"], "percentage": percentage},
        }
