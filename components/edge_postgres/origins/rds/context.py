"""`AwsContext`: name, region, tags and options that all AWS resources of one component share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import pulumi

from edge_postgres.core.children import Children

PORT = 5432
_ROLE_PREFIX_CEILING = 38


class CommonArgs(TypedDict):
    """Keyword arguments that every AWS resource with a region and tags accepts."""

    region: pulumi.Input[str | None] | None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] | None
    opts: pulumi.ResourceOptions


@dataclass(frozen=True)
class AwsContext:
    """Settings that all AWS resources of one component share."""

    name: str
    """Prefix of the names of the component's resources in Pulumi."""
    identifier: pulumi.Input[str]
    """Name of the database, proxy or connector at AWS. The names of the component's resources at AWS begin with it."""
    region: pulumi.Input[str | None] | None
    """Region of the resources. None for the region of the provider."""
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] | None
    children: Children
    """Options of the resources: the component as their parent, and the resources that must exist first."""
    is_protected: bool = False
    """Whether Pulumi rejects, in a preview too, the deletion and the replacement of the resources that hold data, and
    of those whose replacement would require a new server."""

    def physical_name(self, suffix: pulumi.Input[str]) -> pulumi.Output[str]:
        """Returns the name of a resource at AWS: the identifier, a hyphen and ``suffix``."""
        return pulumi.Output.format("{0}-{1}", self.identifier, suffix)

    def name_prefix(self, suffix: pulumi.Input[str]) -> pulumi.Output[str]:
        """Returns the prefix of a name at AWS, to which the provider adds a unique ending.

        With a complete name, Pulumi would delete a resource before Pulumi creates the replacement. But AWS does not
        delete a resource that is in use.
        """
        return pulumi.Output.format("{0}-{1}-", self.identifier, suffix)

    @property
    def role_name_prefix(self) -> pulumi.Output[str]:
        """The prefix of the name of an IAM role, which has at most 38 characters.

        Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, a role's name has at most 64
        characters, of which the provider adds 26. Read on 2026-11-30.
        """
        return pulumi.Output.from_input(self.identifier).apply(lambda known: f"{known[: _ROLE_PREFIX_CEILING - 1]}-")

    def common(self, child: str, *others: pulumi.ResourceOptions) -> CommonArgs:
        """Returns region, tags and options as keyword arguments of a child."""
        return {"region": self.region, "tags": self.tags, "opts": self.children.options(child, *others)}

    def common_after(self, child: str, *resources: pulumi.Resource) -> CommonArgs:
        """Returns `common` with `depends_on`, for a resource that is created after ``resources``."""
        return self.common(child, pulumi.ResourceOptions(depends_on=list(resources)))

    def common_with_data(self, child: str) -> CommonArgs:
        """Returns the keyword arguments of a resource that holds data.

        By default, the provider deletes such a resource before the creation of a replacement with the same name. With
        these arguments, Pulumi creates the replacement first. AWS rejects the existing name, and the data stays.
        """
        return self.common_protected(child, pulumi.ResourceOptions(delete_before_replace=False))

    def common_protected(self, child: str, *others: pulumi.ResourceOptions) -> CommonArgs:
        """Returns `common` with the option `protect`, if the database is protected.

        The provider replaces the subnet group after a new identifier, and the security group after a new VPC. Both
        would fail only after the creation of other resources, because AWS moves no server to another VPC.
        """
        return self.common(child, *others, pulumi.ResourceOptions(protect=self.is_protected or None))

    def common_kept(self, child: str) -> CommonArgs:
        """Returns `common` with the option `retain_on_delete`, if the database is protected.

        AWS does not delete a parameter group that a server uses, such as the group before a major upgrade.
        """
        return self.common(child, pulumi.ResourceOptions(retain_on_delete=self.is_protected or None))
