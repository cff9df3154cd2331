"""Where a database on RDS stands and who may connect to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

# By its module: the package looks for functions last, and loads all of itself on the way.
from pulumi_cloudflare.get_ip_ranges import get_ip_ranges_output

PORT = 5432
_EVERYBODY = ["0.0.0.0/0", "::/0"]


@dataclass(frozen=True)
class Site:
    """What all resources of one component share."""

    name: str
    """The component's name; a resource's own begins with it."""
    identifier: pulumi.Input[str]
    """What RDS calls the database; physical names begin with it."""
    region: pulumi.Input[str] | None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None
    options: pulumi.ResourceOptions

    def called(self, suffix: pulumi.Input[str]) -> pulumi.Output[str]:
        """A physical name."""
        return pulumi.Output.format("{0}-{1}", self.identifier, suffix)

    def begun(self, word: pulumi.Input[str]) -> pulumi.Output[str]:
        """How a physical name begins that the provider ends.

        A resource whose whole name is given is deleted before its replacement is made, and what is in use cannot be.
        """
        return pulumi.Output.format("{0}-{1}-", self.identifier, word)

    @property
    def common(self) -> dict[str, Any]:
        """Arguments of each resource that has a region and tags."""
        return {"region": self.region, "tags": self.tags, "opts": self.options}

    def after(self, *resources: pulumi.Resource) -> dict[str, Any]:
        """The common arguments of a resource that waits for others."""
        waiting = pulumi.ResourceOptions(depends_on=list(resources))
        return {**self.common, "opts": pulumi.ResourceOptions.merge(self.options, waiting)}

    @property
    def irreplaceable(self) -> dict[str, Any]:
        """The common arguments of what holds data.

        The provider would delete it before it makes another one of the same name. Made first, the other one is refused
        by AWS, and nothing is lost.
        """
        made_first = pulumi.ResourceOptions(delete_before_replace=False)
        return {**self.common, "opts": pulumi.ResourceOptions.merge(self.options, made_first)}


@dataclass(frozen=True)
class Network:
    """The network of one database."""

    subnet_group: pulumi.Output[str]
    """Name of the subnet group."""
    security_group: pulumi.Output[str]
    """Id of the security group that holds the rules."""
    security_groups: pulumi.Output[Any]
    """Ids of all security groups of the database."""
    rules: pulumi.Output[Any]
    """The rules that have to be there before anyone dials."""


def placed(site: Site, wanted: Mapping[str, Any]) -> Network:
    """The subnets, and a security group with a rule for each range that may connect; none where it is private."""
    subnet_group = aws.rds.SubnetGroup(
        f"{site.name}-subnets",
        name_prefix=site.begun("subnets"),
        description="Subnets of the database",
        subnet_ids=wanted["subnet_ids"],
        **site.common,
    )
    group = aws.ec2.SecurityGroup(
        f"{site.name}-security-group",
        name_prefix=site.begun("postgres"),
        description="Who may connect to the database",
        vpc_id=wanted["vpc_id"],
        **site.common,
    )
    others = pulumi.Output.from_input(wanted.get("security_group_ids", []))
    return Network(
        subnet_group=subnet_group.name,
        security_group=group.id,
        security_groups=pulumi.Output.all(group.id, others).apply(lambda ids: [ids[0], *ids[1]]),
        rules=doors(site, group.id, wanted),
    )


def doors(site: Site, group_id: pulumi.Input[str], wanted: Mapping[str, Any]) -> pulumi.Output[Any]:
    """The rules that let the stated ranges in: Cloudflare's where a public database states none."""
    if not wanted["public"]:
        return pulumi.Output.from_input([])
    if "ingress_prefix_list_id" in wanted:
        return pulumi.Output.from_input([door(site, group_id, "list", prefix_list_id=wanted["ingress_prefix_list_id"])])
    if wanted["open_to_the_internet"]:
        ranges: Any = _EVERYBODY
    else:
        ranges = wanted.get("ingress_ranges") or ranges_of_cloudflare(site.options)

    # One rule for each: a range that comes or goes touches its own rule, and no connection through another.
    def opened(known: list[str]) -> list[Any]:
        return [door(site, group_id, _word(text), **{_kind(text): text}) for text in known]

    return pulumi.Output.from_input(ranges).apply(opened)


def door(site: Site, group_id: pulumi.Input[str], word: str, **who: Any) -> Any:
    """One rule that lets somebody in at the port of Postgres."""
    return aws.vpc.SecurityGroupIngressRule(
        f"{site.name}-ingress-{word}",
        security_group_id=group_id,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        **who,
        **site.common,
    )


def ranges_of_cloudflare(options: pulumi.ResourceOptions) -> pulumi.Output[list[str]]:
    """The ranges that Cloudflare publishes; Hyperdrive's connections come from them.

    https://developers.cloudflare.com/hyperdrive/configuration/firewall-and-networking-configuration/, read 2026-11-21.
    """
    found = get_ip_ranges_output(opts=pulumi.InvokeOutputOptions(parent=options.parent))
    return found.apply(lambda ranges: [*ranges.ipv4_cidrs, *ranges.ipv6_cidrs])


def _kind(text: str) -> str:
    return "cidr_ipv6" if ":" in text else "cidr_ipv4"


def _word(text: str) -> str:
    """A range as a part of a name; a URN holds no colons of its own."""
    return text.replace(":", "-").replace("/", "-").replace(".", "-")
