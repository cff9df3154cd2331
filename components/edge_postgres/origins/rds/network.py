"""The network of a database on RDS: subnet group, security group, and the ingress rules that let clients connect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pulumi
import pulumi_aws as aws

from edge_postgres.core.inputs import apply_input, apply_inputs, gather_list
from edge_postgres.origins.cloudflare_ranges import read_cloudflare_ranges
from edge_postgres.origins.rds.args import ResolvedArgs
from edge_postgres.origins.rds.context import PORT, AwsContext

if TYPE_CHECKING:
    from pulumi_aws.ec2 import SecurityGroup
    from pulumi_aws.rds import SubnetGroup

_INTERNET = ["0.0.0.0/0", "::/0"]


@dataclass(frozen=True)
class Network:
    """The network of one database."""

    subnet_group: "SubnetGroup"
    """The subnet group."""
    security_group: "SecurityGroup"
    """The security group that contains the ingress rules."""
    security_groups: pulumi.Output[list[str]]
    """IDs of all security groups of the database."""
    rules: pulumi.Output[list[pulumi.Resource]]
    """Ingress rules that have to exist before a client connects."""


def create_network(context: AwsContext, args: ResolvedArgs) -> Network:
    """Creates the subnet group, the security group and its ingress rules. A private database has no ingress rule."""
    subnet_group = aws.rds.SubnetGroup(
        f"{context.name}-subnets",
        name_prefix=context.name_prefix("subnets"),
        description="Subnets of the database",
        subnet_ids=args.subnet_ids,
        **context.common_protected("subnet_group"),
    )
    group = aws.ec2.SecurityGroup(
        f"{context.name}-security-group",
        name_prefix=context.name_prefix("postgres"),
        description="Who may connect to the database",
        vpc_id=args.vpc_id,
        **context.common_protected("security_group"),
    )
    others = pulumi.Output.from_input(args.security_group_ids)
    return Network(
        subnet_group=subnet_group,
        security_group=group,
        security_groups=pulumi.Output.all(group.id, others).apply(lambda ids: [ids[0], *ids[1]]),
        rules=create_ingress_rules(context, group.id, args),
    )


def create_ingress_rules(
    context: AwsContext, group_id: pulumi.Input[str], args: ResolvedArgs
) -> pulumi.Output[list[pulumi.Resource]]:
    """Creates an ingress rule for each range that may connect, by default for each range of Cloudflare."""
    created: list[pulumi.Resource] = []
    chosen = args.ingress_ranges
    if not args.public:
        chosen = []
    elif args.ingress_prefix_list_id is not None:
        created = [create_ingress_rule(context, group_id, "list", prefix_list_id=args.ingress_prefix_list_id)]
        chosen = []
    elif args.open_to_the_internet:
        chosen = _INTERNET
    additional = args.additional_ranges
    if isinstance(chosen, list) and (additional is None or isinstance(additional, list)):
        known_ranges = dict.fromkeys([*chosen, *(additional or [])])
        return pulumi.Output.from_input([*created, *create_range_rules(context, group_id, list(known_ranges))])

    def complete(known: Sequence[str] | None) -> pulumi.Input[Sequence[str]]:
        if known is not None:
            return known
        children = context.children
        found = read_cloudflare_ranges(children.component, subject=f"{children.subject}.ingress_ranges")
        return found.apply(lambda ranges: [*ranges.ipv4_cidrs, *ranges.ipv6_cidrs])

    of_argument = cast("pulumi.Input[Sequence[str] | None] | None", gather_list(chosen))
    ranges = apply_inputs(
        (cast("pulumi.Input[Sequence[str]]", apply_input(of_argument, complete)), gather_list(additional)),
        lambda known, more: list(dict.fromkeys([*known, *(more or [])])),
    )
    return cast("pulumi.Output[Sequence[str]]", pulumi.Output.from_input(ranges)).apply(
        lambda known: [*created, *create_range_rules(context, group_id, known)]
    )


def create_range_rules(
    context: AwsContext, group_id: pulumi.Input[str], ranges: Sequence[pulumi.Input[str]]
) -> list[pulumi.Resource]:
    """Creates one rule for each range, so that a new range does not interrupt connections from the other ranges.

    The name of a rule contains its range, or for an Output its position.
    """
    return [
        create_ingress_rule(
            context,
            group_id,
            _name_part(each) if isinstance(each, str) else str(position),
            cidr_ipv4=apply_input(each, lambda text: None if ":" in text else text),
            cidr_ipv6=apply_input(each, lambda text: text if ":" in text else None),
        )
        for position, each in enumerate(ranges)
    ]


def create_ingress_rule(
    context: AwsContext, group_id: pulumi.Input[str], name: str, **source: pulumi.Input[str | None] | None
) -> pulumi.Resource:
    """Creates an ingress rule that lets one range or prefix list connect to the port of Postgres."""
    rule: pulumi.Resource = aws.vpc.SecurityGroupIngressRule(
        f"{context.name}-ingress-{name}",
        security_group_id=group_id,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        **source,
        **context.common("ingress_rules"),
    )
    return rule


def _name_part(text: str) -> str:
    """Returns a range without the characters that a URN does not allow in a name."""
    return text.replace(":", "-").replace("/", "-").replace(".", "-")
