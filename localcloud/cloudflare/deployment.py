"""The Workers that the runtime has to run, computed from the records of all accounts."""

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.pages_serving import pages_in
from localcloud.cloudflare.queue_records import consumed_queues
from localcloud.cloudflare.runtime import Worker
from localcloud.cloudflare.runtime_bindings import BindingRenderer
from localcloud.cloudflare.versions import shares
from localcloud.emulation.store import Record, Records

DEFAULT_ACCOUNT_SUBDOMAIN = "localcloud"


def workers_in(records: Records, pools: Mapping[str, str]) -> list[Worker]:
    """Returns all Workers.

    ``pools`` are URLs by id of Hyperdrive configuration. Without a pool a Worker connects directly.
    """
    scripts = [
        worker for account, script in records.every("scripts") for worker in _workers(records, account, script, pools)
    ]
    pages = [{**worker, "assets": assets_in_runtime(assets)} for worker, assets in pages_in(records, pools)]
    return scripts + pages


def account_subdomain(records: Records, account: str) -> str:
    """Returns the account's name below workers.dev."""
    stored = records.get("account_subdomains", account, "subdomain")
    return stored["subdomain"] if stored else DEFAULT_ACCOUNT_SUBDOMAIN


def hosts_of(records: Records, account: str, script: Record) -> list[str]:
    """Returns the hosts of a Worker. Names below `localhost` resolve to this machine. Others need the Host header."""
    name = script["name"]
    hosts = []
    if script["subdomain"]["enabled"]:
        hosts += [f"{name}.localhost", f"{name}.{account_subdomain(records, account)}.workers.dev"]
    hosts += [domain["hostname"] for domain in records.owned("domains", account) if domain["service"] == name]
    hosts += [route_host(route["pattern"]) for _, route in records.every("routes") if route.get("script") == name]
    # The runtime supports only exact hosts, so that a route with a wildcard host, such as `*.example.com/*`, is
    # ignored.
    return [host for host in dict.fromkeys(hosts) if "*" not in host]


def route_host(pattern: str) -> str:
    """Returns the host of a route, such as `api.example.com` of `https://api.example.com/v1/*`."""
    return pattern.partition("://")[2].partition("/")[0] if "://" in pattern else pattern.partition("/")[0]


def assets_in_runtime(assets: Record | None) -> Json | None:
    """Returns static assets in the format of the runtime's control API."""
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
    """Yields one Worker per active version. The first has the script's name, Durable Objects and queues."""
    name, running = script["name"], shares(script)
    for index, (version, percentage) in enumerate(running):
        settings = version["settings"]
        version_metadata = {"id": version["id"], "tag": settings["annotations"].get("workers/tag", "")}
        version_metadata |= {"timestamp": version["created_on"]}
        renderer = BindingRenderer(records, account, name, version["modules"], version_metadata, pools)
        yield {
            "name": name if index == 0 else f"{name}@{version['id']}",
            "mainModule": version["main_module"],
            "modules": [
                {"name": each["name"], "contentType": each["content_type"], "contentBase64": each["content_base64"]}
                for each in version["modules"]
            ],
            "compatibilityDate": settings["compatibility_date"],
            "compatibilityFlags": settings["compatibility_flags"],
            "bindings": renderer.render(version["bindings"]),
            "hosts": hosts_of(records, account, script),
            "crons": [schedule["cron"] for schedule in script["schedules"]] if index == 0 else [],
            "durableObjects": dict(script["classes"]) if index == 0 else {},
            "assets": assets_in_runtime(version["assets"]),
            "queueConsumers": consumed_queues(records, account, name) if index == 0 else [],
            "version": {"of": name, "id": version["id"], "percentage": percentage},
        }
