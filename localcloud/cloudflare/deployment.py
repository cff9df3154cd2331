"""Which Workers the runtime has to run, worked out from what the accounts hold."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from localcloud.cloudflare import private_routes
from localcloud.cloudflare.envelope import Refused
from localcloud.cloudflare.runtime import Worker
from localcloud.emulation.store import Record, Records

DEFAULT_ACCOUNT_SUBDOMAIN = "localcloud"


def workers_in(records: Records, pools: Mapping[str, str]) -> list[Worker]:
    """``pools``: URLs by the ids of Hyperdrive configurations; Workers reach the databases of others directly."""
    return [_worker(records, account, script, pools) for account, script in records.every("scripts")]


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


def connection_string(records: Records, account: str, origin: Record) -> str:
    """URL of an origin's database, with its password: a secret."""
    host, port = _address(records, account, origin)
    credentials = f"{quote(origin['user'], safe='')}:{quote(origin['password'], safe='')}"
    address = f"{f'[{host}]' if ':' in host else host}:{port}"
    return f"postgres://{credentials}@{address}/{quote(origin['database'], safe='')}?sslmode=require"


def _address(records: Records, account: str, origin: Record) -> tuple[str, int]:
    """What is dialled: for an origin behind a tunnel what its connector dials.

    Where the way is closed the host leads nowhere: such a Worker deploys, and its queries fail.
    """
    if not private_routes.is_private(origin):
        return origin["host"], origin["port"]
    try:
        target = private_routes.target(records, account, origin)
    except Refused:
        return f"{origin.get('service_id') or origin['host']}.invalid", private_routes.DEFAULT_PORT
    return target.host, target.port


def _worker(records: Records, account: str, script: Record, pools: Mapping[str, str]) -> Worker:
    bindings = [_binding(records, account, binding, pools) for binding in script["bindings"]]
    return {
        "name": script["name"],
        "mainModule": script["main_module"],
        "modules": [
            {"name": each["name"], "contentType": each["content_type"], "contentBase64": each["content_base64"]}
            for each in script["modules"]
        ],
        "compatibilityDate": script["settings"]["compatibility_date"],
        "compatibilityFlags": script["settings"]["compatibility_flags"],
        "bindings": [binding for binding in bindings if binding],
        "hosts": hosts_of(records, account, script),
        "crons": [schedule["cron"] for schedule in script["schedules"]],
    }


def _binding(records: Records, account: str, binding: Record, pools: Mapping[str, str]) -> dict[str, Any] | None:
    """In the runtime's words; None where what it is bound to is gone, so that the Worker finds nothing there."""
    kind, name = binding["type"], binding["name"]
    if kind == "hyperdrive":
        config = records.get("hyperdrive", account, binding["id"])
        if config is None:
            return None
        url = pools.get(config["id"]) or connection_string(records, account, config["origin"])
        return {"type": kind, "name": name, "connectionString": url}
    if kind == "kv_namespace":
        namespace = records.get("kv_namespaces", account, binding["namespace_id"])
        return {"type": kind, "name": name, "namespaceId": namespace["id"]} if namespace else None
    if kind == "service":
        bound = records.get("scripts", account, binding["service"])
        return {"type": kind, "name": name, "service": binding["service"]} if bound else None
    if kind == "json":
        return {"type": kind, "name": name, "json": _json_text(binding["json"])}
    return dict(binding)


def _json_text(value: Any) -> str:
    """Clients send a JSON binding as a value, or as the text of one."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            pass
        else:
            return value
    return json.dumps(value)
