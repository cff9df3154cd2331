"""Validation of the subnets of a database on RDS, and of the address ranges that may connect to it."""

import ipaddress
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError

_WIDEST_PREFIX = 8
"""Shortest accepted prefix of an IPv4 or IPv6 range. A range with a shorter prefix is a large part of the Internet."""


def validate_group_prefix(prefix: str, *, subject: str) -> str:
    """Returns the prefix of the name of a security group unchanged.

    Raises:
        ValidationError: EC2 rejects names that begin with `sg-`, in upper case too. Source:
            https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html, read on 2026-11-30.
    """
    if prefix.lower().startswith("sg-"):
        raise ValidationError(
            subject,
            f"cannot begin with `sg-`, because EC2 rejects such names of security groups, got {prefix}",
            "Set another name, such as `shop-db`.",
        )
    return prefix


def validate_subnets(subnets: Sequence[str], *, subject: str) -> list[str]:
    """Returns the IDs of the subnets unchanged, as a list.

    Raises:
        ValidationError: There are fewer than two different subnets. RDS requires two zones, even for an instance in one
            zone.
    """
    if len(set(subnets)) < 2:
        raise ValidationError(
            subject, "must have at least two different subnets", "Set subnets of at least two availability zones."
        )
    return list(subnets)


def validate_ranges(ranges: Sequence[str], *, subject: str) -> list[str]:
    """Returns the address ranges without duplicates.

    Raises:
        ValidationError: There is no range, or a range is invalid or a large part of the Internet.
    """
    if not ranges:
        raise ValidationError(
            subject,
            "must not be empty",
            "Set at least one range, or omit this setting to let Cloudflare's ranges connect.",
        )
    return list(dict.fromkeys(validate_range(text, subject=subject) for text in ranges))


def validate_range(text: str, *, subject: str) -> str:
    """Returns an address range unchanged.

    Raises:
        ValidationError: The range is invalid or a large part of the Internet.
    """
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        raise ValidationError(
            subject,
            f"must contain address ranges in CIDR notation, got {text}",
            "Write each range as `192.0.2.0/24`, with zeros after the prefix.",
        ) from None
    if found.prefixlen < _WIDEST_PREFIX:
        raise ValidationError(
            subject,
            f"cannot contain {text}, which is the Internet or a large part of it",
            "Set narrower ranges. Or set `open_to_the_internet` to true instead, so that only the password "
            "protects the database.",
        )
    return text
