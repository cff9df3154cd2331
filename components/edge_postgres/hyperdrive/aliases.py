"""Aliases that keep a configuration when a `Hyperdrive` becomes a pair or gets slots, and on the way back.

The single configuration, the cached one of a pair, and the one of slot `a` are the same configuration. The single and
the cached one even have the same name at Cloudflare. Without an alias, Pulumi would create the second of them before it
deletes the first, and Cloudflare rejects a second configuration of one name (2017).
"""

import re

import pulumi

from edge_postgres.core.inputs import apply_input
from edge_postgres.core.urns import child_urn
from edge_postgres.origin.names import stack_urn
from edge_postgres.origin.slot import Slot

PAIR = "edge-postgres:index:HyperdrivePair"
SLOTS = "edge-postgres:index:HyperdriveSlots"
HYPERDRIVE = "edge-postgres:index:Hyperdrive"
CONFIGURATION = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"


def alias_of_single(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.Alias:
    """Returns the alias with which a former `Hyperdrive` of this name becomes the cached configuration of the pair."""
    return pulumi.Alias(name=name, parent=opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE)


def with_aliases_of_single(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
    """Adds the aliases of a `Hyperdrive`, which was the cached one of a pair, or the one of slot `a`, before.

    The options of a configuration of a pair stay unchanged.
    """
    if _is_part_of(opts, PAIR):
        return opts
    of_pair = pulumi.Alias(name=f"{name}-cached", parent=_sibling(opts, PAIR, name))
    if _is_part_of(opts, SLOTS):
        return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=[of_pair]))
    slots, of_slot = _sibling(opts, SLOTS, name), f"{name}-{Slot.A}"
    aliases = [
        of_pair,
        pulumi.Alias(name=of_slot, parent=slots),
        pulumi.Alias(name=f"{of_slot}-cached", parent=apply_input(slots, lambda urn: child_urn(urn, PAIR, of_slot))),
    ]
    return _with(opts, aliases)


def with_aliases_of_pair(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
    """Adds the alias of a `HyperdrivePair`, which was the pair of slot `a` before.

    The options of a pair that belongs to slots stay unchanged.
    """
    if _is_part_of(opts, SLOTS):
        return opts
    return _with(opts, [pulumi.Alias(name=f"{name}-{Slot.A}", parent=_sibling(opts, SLOTS, name))])


def add_alias_without_slot(found: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Adds the name that a configuration of slot `a` had before the component had slots, as an alias.

    The name in Pulumi follows the name at Cloudflare, which has `-a` at its end, or before `-fresh`.
    """
    return _add_alias(found, re.sub(rf"-{Slot.A}(-fresh)?$", r"\1", found.name))


def _add_alias_with_slot(found: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Adds the name that a configuration had while it was the one of slot `a`, as an alias."""
    return _add_alias(found, re.sub(r"(-fresh)?$", rf"-{Slot.A}\1", found.name, count=1))


def _add_alias(found: pulumi.ResourceTransformationArgs, name: str) -> pulumi.ResourceTransformationResult | None:
    if found.type_ != CONFIGURATION:
        return None
    aliases = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)])
    return pulumi.ResourceTransformationResult(found.props, pulumi.ResourceOptions.merge(found.opts, aliases))


def possible_urns(name: str) -> list[str]:
    """Returns the URNs that a configuration of the current stack can have, by its name at Cloudflare.

    The configuration belongs to a `Hyperdrive`, which belongs to the stack, to a pair, to slots, or to a pair of slots.
    """
    urns = []
    for parents in ([], [PAIR], [SLOTS], [SLOTS, PAIR]):
        urn = stack_urn()
        for type_ in (*parents, HYPERDRIVE, CONFIGURATION):
            urn = child_urn(urn, type_, name)
        urns.append(urn)
    return urns


def _is_part_of(opts: pulumi.ResourceOptions | None, type_: str) -> bool:
    parent = opts.parent if opts else None
    return isinstance(parent, pulumi.ComponentResource) and parent.pulumi_resource_type == type_


def _sibling(opts: pulumi.ResourceOptions | None, type_: str, name: str) -> pulumi.Input[str]:
    """Returns the URN of a component of another type with the same parent."""
    parent = opts.parent if opts else None
    return apply_input(stack_urn() if parent is None else parent.urn, lambda urn: child_urn(urn, type_, name))


def _with(opts: pulumi.ResourceOptions | None, aliases: list[pulumi.Alias]) -> pulumi.ResourceOptions:
    added = pulumi.ResourceOptions(aliases=aliases, transformations=[_add_alias_with_slot])
    return pulumi.ResourceOptions.merge(opts, added)
