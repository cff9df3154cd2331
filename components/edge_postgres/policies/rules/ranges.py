"""Policy rule for the address ranges that may connect to a database."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from edge_postgres.origins.rds.network_rules import validate_ranges
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
    """Yields the address ranges to which a resource opens one of the ports: the path of the property, and the range."""
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
        for ingress in entries(resource.at("ingress")):
            if isinstance(ingress, Mapping) and opens_port(ingress, "protocol", ports):
                yield from _blocks(ingress, subject="ingress.")


def opens_port(ingress: Mapping[str, Any], protocol_key: str, ports: list[float]) -> bool:
    """Returns whether an ingress rule of a security group opens one of the ports.

    Args:
        ingress: Properties of the ingress rule.
        protocol_key: Property that contains the protocol. Its name differs between the types of resources.
        ports: Ports of databases, from the option `ports` of the policy rule.

    Returns:
        False also while the ports of the ingress rule are unknown, as in a preview of new resources.
    """
    # AWS's protocol -1 means all protocols and all ports.
    if ingress.get(protocol_key) == "-1":
        return True
    first, last = ingress.get("fromPort"), ingress.get("toPort")
    if first is UNKNOWN or last is UNKNOWN or first is None:
        return False
    return any(first <= port <= (first if last is None else last) for port in ports)


def _blocks(ingress: Mapping[str, Any], *, subject: str) -> Iterator[tuple[str, object]]:
    """Yields the ranges of an ingress rule, each with its property. `subject` is the prefix of the property."""
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from ((f"{subject}{key}", text) for text in entries(ingress.get(key)))


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
