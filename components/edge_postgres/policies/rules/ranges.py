"""Address ranges that may connect to a database."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from edge_postgres.origins.rds.rules import validate_ranges
from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, refused
from edge_postgres.policies.tokens import CLOUD_SQL, INGRESS_RULE, SECURITY_GROUP, SECURITY_GROUP_RULE


def narrow(resource: Resource, options: Options) -> Iterator[str]:
    if matches(resource.name, options["consent"]):
        return
    for subject, text in opened(resource, options["ports"]):
        if isinstance(text, str):
            yield from refused(validate_ranges, [text], subject=subject)


def opened(resource: Resource, ports: list[float]) -> Iterator[tuple[str, Any]]:
    """The ranges that a resource lets in at one of the ports, each with its property."""
    if resource.type == CLOUD_SQL:
        for network in entries(resource.at("settings.ipConfiguration.authorizedNetworks")):
            if isinstance(network, Mapping):
                yield "settings.ipConfiguration.authorizedNetworks", network.get("value")
    elif resource.type == INGRESS_RULE:
        if reaches(resource.properties, "ipProtocol", ports):
            yield from ((key, resource.at(key)) for key in ("cidrIpv4", "cidrIpv6"))
    elif resource.type == SECURITY_GROUP_RULE:
        if resource.at("type") == "ingress" and reaches(resource.properties, "protocol", ports):
            yield from _blocks(resource.properties, subject="")
    else:
        for rule in entries(resource.at("ingress")):
            if isinstance(rule, Mapping) and reaches(rule, "protocol", ports):
                yield from _blocks(rule, subject="ingress.")


def reaches(rule: Mapping[str, Any], protocol: str, ports: list[float]) -> bool:
    """Whether a rule lets in at one of the ports; one that is not known yet does not."""
    if rule.get(protocol) == "-1":
        return True
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is UNKNOWN or last is UNKNOWN or first is None:
        return False
    return any(first <= port <= (first if last is None else last) for port in ports)


def _blocks(rule: Mapping[str, Any], *, subject: str) -> Iterator[tuple[str, Any]]:
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from ((f"{subject}{key}", text) for text in entries(rule.get(key)))


RULES = (
    ResourceRule(
        name="no-open-ranges",
        holds="The Internet may not try passwords at a database.",
        remedy="Name narrower ranges, such as those that Cloudflare publishes, or name the resource in `consent`.",
        severity=Severity.CRITICAL,
        sees="ranges that security groups and their rules let in at the ports of Postgres, and authorized networks of "
        "Cloud SQL; wider than /8 counts as the Internet",
        blind_to="prefix lists, network ACLs, and vendors whose databases are open unless they are told otherwise",
        own_options={
            "ports": Option("ports that databases listen at", {"type": "array", "items": {"type": "number"}}, [5432]),
            "consent": Option("names of resources that may be open; `*` is any text", NAMES, []),
        },
        types=frozenset({SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE, CLOUD_SQL}),
        check=narrow,
    ),
)
