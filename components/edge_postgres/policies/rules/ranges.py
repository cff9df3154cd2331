"""Rule for the address ranges that may connect to a database."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from edge_postgres.origins.rds.rules import validate_ranges
from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, problems_of
from edge_postgres.policies.tokens import CLOUD_SQL, INGRESS_RULE, SECURITY_GROUP, SECURITY_GROUP_RULE


def check_ranges(resource: Resource, options: Options) -> Iterator[str]:
    if matches(resource.name, options["except"]):
        return
    for subject, text in open_ranges(resource, options["ports"]):
        if isinstance(text, str):
            yield from problems_of(validate_ranges, [text], subject=subject)


def open_ranges(resource: Resource, ports: list[float]) -> Iterator[tuple[str, object]]:
    """Yields the ranges to which a resource opens one of the ports, each with its property."""
    if resource.type == CLOUD_SQL:
        for network in entries(resource.at("settings.ipConfiguration.authorizedNetworks")):
            if isinstance(network, Mapping):
                yield "settings.ipConfiguration.authorizedNetworks", network.get("value")
    elif resource.type == INGRESS_RULE:
        if opens_port(resource.properties, "ipProtocol", ports):
            yield from ((key, resource.at(key)) for key in ("cidrIpv4", "cidrIpv6"))
    elif resource.type == SECURITY_GROUP_RULE:
        if resource.at("type") == "ingress" and opens_port(resource.properties, "protocol", ports):
            yield from _blocks(resource.properties, subject="")
    else:
        for rule in entries(resource.at("ingress")):
            if isinstance(rule, Mapping) and opens_port(rule, "protocol", ports):
                yield from _blocks(rule, subject="ingress.")


def opens_port(rule: Mapping[str, Any], protocol: str, ports: list[float]) -> bool:
    """Returns whether a rule opens one of the ports; False while its ports are not known."""
    if rule.get(protocol) == "-1":
        return True
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is UNKNOWN or last is UNKNOWN or first is None:
        return False
    return any(first <= port <= (first if last is None else last) for port in ports)


def _blocks(rule: Mapping[str, Any], *, subject: str) -> Iterator[tuple[str, object]]:
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from ((f"{subject}{key}", text) for text in entries(rule.get(key)))


RULES = (
    ResourceRule(
        name="no-open-ranges",
        description="A database must not accept connections from the whole Internet.",
        fix="Set narrower ranges, such as those that Cloudflare publishes, or add the resource to `except`.",
        severity=Severity.CRITICAL,
        inputs="ranges to which security groups and their rules open the ports of Postgres, and authorized networks of "
        "Cloud SQL; a range wider than /8 counts as the whole Internet",
        limitations="prefix lists, network ACLs, and vendors whose databases are open by default",
        own_options={
            "ports": Option("ports of databases", {"type": "array", "items": {"type": "number"}}, [5432]),
            "except": Option("names of resources that may be open; `*` matches any characters", NAMES, []),
        },
        types=frozenset({SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE, CLOUD_SQL}),
        check=check_ranges,
    ),
)
