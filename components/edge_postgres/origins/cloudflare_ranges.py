"""The address ranges that Cloudflare publishes, from which Hyperdrive connects to a public database."""

import pulumi

# Imported from its module, because the package `pulumi_cloudflare` would load all of its resources.
from pulumi_cloudflare.get_ip_ranges import GetIpRangesResult, get_ip_ranges_output

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input


def read_cloudflare_ranges(parent: pulumi.Resource, *, subject: str) -> pulumi.Output[GetIpRangesResult]:
    """Returns Cloudflare's address ranges as lists of CIDR blocks.

    Source: https://developers.cloudflare.com/hyperdrive/configuration/firewall-and-networking-configuration/, read on
    2026-11-21.

    Args:
        parent: The component, whose provider reads the ranges.
        subject: Path of the argument that replaces these ranges.

    Raises:
        ValidationError: The provider returned no ranges, as mocks without an answer do. Pulumi raises the error during
            the deployment.
    """

    def validate(found: GetIpRangesResult) -> GetIpRangesResult:
        if not found.ipv4_cidrs or not found.ipv6_cidrs:
            raise ValidationError(
                subject,
                "is omitted, and Cloudflare's function `getIpRanges` returned no ranges",
                "Set the ranges. In a unit test, let the mocks answer `cloudflare:index/getIpRanges:getIpRanges`.",
            )
        return found

    return apply_input(get_ip_ranges_output(opts=pulumi.InvokeOutputOptions(parent=parent)), validate)
