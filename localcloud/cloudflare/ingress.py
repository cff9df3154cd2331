"""The ingress rules of a tunnel, by which its connector selects the service of a host.

Source: github.com/cloudflare/cloudflared, `ingress/ingress.go` (2026). The error code is not verified.
"""

from typing import Any
from urllib.parse import urlsplit

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.emulation.store import Record

BAD_CONFIGURATION = 1056

SCHEMES = ("http", "https", "tcp", "ssh", "rdp", "smb", "unix", "unix+tls", "wss", "ws")
WITHOUT_ADDRESS = ("http_status:", "hello_world", "hello-world", "bastion", "socks-proxy")


def validate_config(config: Any) -> Json:
    """Validates a tunnel's configuration and returns it unchanged. Raises ``ApiError``."""
    if not isinstance(config, dict):
        raise _bad("`config` must be an object")
    rules = config.get("ingress")
    if rules is None:
        return config
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise _bad("The config file doesn't contain any ingress rules")
    for number, rule in enumerate(rules, 1):
        _validate_service(rule.get("service"), number)
        _validate_host(rule.get("hostname") or "", number)
        if _is_catch_all(rule) and number < len(rules):
            raise _bad(
                f"Rule #{number} is matching the hostname '{rule.get('hostname') or ''}', but this will match every "
                "hostname, meaning the rules which follow it will never be triggered."
            )
    if not _is_catch_all(rules[-1]):
        raise _bad("The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)")
    return config


def service_for(config: Record, host: str) -> str | None:
    """Returns the service of the first rule that matches a host, such as `tcp://10.0.0.5:5432`."""
    rules = config.get("ingress") or []
    return next((str(rule["service"]) for rule in rules if matches(rule.get("hostname") or "*", host)), None)


def matches(pattern: str, host: str) -> bool:
    """Whether a host name equals a pattern, or matches its wildcard prefix."""
    pattern, host = pattern.lower(), host.lower()
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))


def _validate_service(service: Any, number: int) -> None:
    if not isinstance(service, str) or not service:
        raise _bad(f"Rule #{number} has no `service`")
    if service.startswith(WITHOUT_ADDRESS):
        return
    url = urlsplit(service)
    if url.scheme not in SCHEMES or not (url.netloc or url.path):
        raise _bad(f"{service} is an invalid address, please make sure it has a scheme and a hostname")
    if url.scheme == "tcp" and url.path.strip("/"):
        raise _bad(f"{service} is an invalid address, ingress rules don't support proxying to a different path")


def _validate_host(host: str, number: int) -> None:
    if "*" in host[1:] or (host.startswith("*") and host not in ("*",) and not host.startswith("*.")):
        raise _bad("Hostname patterns can have at most one wildcard character, and it can only be used for subdomains")
    if ":" in host or "/" in host:
        raise _bad(f"Rule #{number}: the hostname '{host}' cannot contain a port or a path")


def _is_catch_all(rule: Json) -> bool:
    return rule.get("hostname") in (None, "", "*") and not rule.get("path")


def _bad(reason: str) -> ApiError:
    return ApiError(400, BAD_CONFIGURATION, f"Bad Configuration: {reason}")
