"""`RdsContext`: name, region, tags and options that all resources of one component on AWS share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import pulumi

PORT = 5432


class CommonArgs(TypedDict):
    """Arguments of every resource that has a region and tags."""

    region: pulumi.Input[str] | None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None
    opts: pulumi.ResourceOptions


@dataclass(frozen=True)
class RdsContext:
    """Shared settings of the resources of one component."""

    name: str
    """Name of the component. The names of its resources begin with it."""
    identifier: pulumi.Input[str]
    """Name of the database at RDS. Physical names begin with it."""
    region: pulumi.Input[str] | None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None
    options: pulumi.ResourceOptions

    def physical_name(self, suffix: pulumi.Input[str]) -> pulumi.Output[str]:
        """Returns the name of a resource at AWS."""
        return pulumi.Output.format("{0}-{1}", self.identifier, suffix)

    def name_prefix(self, suffix: pulumi.Input[str]) -> pulumi.Output[str]:
        """Returns the prefix of a name that the provider completes.

        With a complete name, Pulumi would delete a resource before it creates the replacement. AWS does not delete a
        resource that is in use.
        """
        return pulumi.Output.format("{0}-{1}-", self.identifier, suffix)

    @property
    def common(self) -> CommonArgs:
        """Arguments of every resource that has a region and tags."""
        return {"region": self.region, "tags": self.tags, "opts": self.options}

    def common_after(self, *resources: pulumi.Resource) -> CommonArgs:
        """Common arguments of a resource that is created after other resources."""
        return self._common_with(pulumi.ResourceOptions(depends_on=list(resources)))

    @property
    def common_with_data(self) -> CommonArgs:
        """Common arguments of a resource that holds data.

        The provider would delete it before it creates a replacement of the same name. Pulumi creates the replacement
        first instead. AWS rejects the name, and the data stays.
        """
        return self._common_with(pulumi.ResourceOptions(delete_before_replace=False))

    def _common_with(self, options: pulumi.ResourceOptions) -> CommonArgs:
        return {**self.common, "opts": pulumi.ResourceOptions.merge(self.options, options)}
