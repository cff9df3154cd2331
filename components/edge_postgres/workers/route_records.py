"""DNS records for the routes of a Worker.

A route answers only if its host name has a proxied DNS record. The record needs no server behind it: the address
`100::` is reserved for this purpose.
Source: https://developers.cloudflare.com/workers/configuration/routing/routes/, read on 2026-11-30.
"""

from collections.abc import Mapping, Sequence

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.rules import validate_domain

RECORD = "100::"
"""Content of a record without a server, an address that the IPv6 standard reserves for discarded packets."""


def resolve_route_records(
    hosts: Sequence[str], routes: Mapping[str, pulumi.Input[str]], *, subject: str
) -> dict[str, pulumi.Input[str]]:
    """Returns the ID of the zone for each host name that gets a DNS record.

    Args:
        hosts: Host names, such as `api.example.com` or `*.example.com`.
        routes: IDs of the zones, by pattern.
        subject: Path of the host names.

    Raises:
        ValidationError: A host name is invalid, belongs to no route, or is listed twice.
    """
    zones: dict[str, pulumi.Input[str]] = {}
    for host in hosts:
        wildcard = "*." if host.startswith("*.") else ""
        name = wildcard + validate_domain(host.removeprefix(wildcard), subject=subject)
        if name in zones:
            raise ValidationError(subject, f"must be unique, got {name} twice", "List each host name once.")
        zones[name] = _find_zone(name, routes, subject=subject)
    return dict(sorted(zones.items()))


def _find_zone(host: str, routes: Mapping[str, pulumi.Input[str]], *, subject: str) -> pulumi.Input[str]:
    """Returns the zone of the most specific route that contains the host name."""
    found = [(pattern, zone) for pattern, zone in routes.items() if _contains(pattern.partition("/")[0].lower(), host)]
    if not found:
        raise ValidationError(
            subject,
            f"must be host names of `routes`, got {host}",
            "Add a route for the host name, or remove the host name.",
        )
    return max(found, key=lambda each: len(each[0].partition("/")[0]))[1]


def _contains(pattern: str, host: str) -> bool:
    """Whether the host of a route contains a host name. `*.example.com` does not contain `example.com`."""
    if not pattern.startswith("*"):
        return host == pattern
    below = pattern[1:].removeprefix(".")
    return "." in below and (host.endswith(f".{below}") or (host == below and pattern[1] != "."))
