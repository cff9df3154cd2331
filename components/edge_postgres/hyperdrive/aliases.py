"""Aliases that keep a configuration when a `Hyperdrive` becomes a `HyperdrivePair`, or a pair becomes single again.

The single configuration and the cached one of a pair have the same name at Cloudflare. Without an alias, Pulumi would
create the second of them before it deletes the first, and Cloudflare rejects a second configuration of one name (2017).
"""

import pulumi

from edge_postgres.core.inputs import apply_input
from edge_postgres.core.urns import child_urn
from edge_postgres.origin.names import stack_urn

PAIR = "edge-postgres:index:HyperdrivePair"


def alias_of_single(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.Alias:
    """Returns the alias with which a former `Hyperdrive` of this name becomes the cached configuration of the pair."""
    return pulumi.Alias(name=name, parent=opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE)


def with_alias_of_pair(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
    """Adds an alias, with which the cached configuration of a former `HyperdrivePair` of this name becomes this one.

    The options of a pair's own configurations stay unchanged.
    """
    parent = opts.parent if opts else None
    if isinstance(parent, pulumi.ComponentResource) and parent.pulumi_resource_type == PAIR:
        return opts
    pair = apply_input(stack_urn() if parent is None else parent.urn, lambda urn: child_urn(urn, PAIR, name))
    alias = pulumi.Alias(name=f"{name}-cached", parent=pair)
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=[alias]))
