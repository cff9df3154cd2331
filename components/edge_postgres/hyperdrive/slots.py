"""`HyperdriveSlots`: a Hyperdrive configuration, or a pair, for each of two credentials of a database."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import Children, children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import require_value
from edge_postgres.core.plan import PlanInput
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.hyperdrive.aliases import add_alias_without_slot
from edge_postgres.hyperdrive.caching import CachingInput
from edge_postgres.hyperdrive.configuration import Hyperdrive, HyperdriveArgs
from edge_postgres.hyperdrive.pair import HyperdrivePair, HyperdrivePairArgs
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.names import default_name
from edge_postgres.origin.slot import Slot


class HyperdriveSlotsArgs(TypedDict):
    """Arguments of HyperdriveSlots."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the configurations."""
    slots: Mapping[str, pulumi.Input[PostgresOrigin]]
    """Origins of the slots `a` and `b`: the same database with different credentials, as in the output `slots` of
    `DatabaseRoles`."""
    active_slot: str
    """Slot whose configuration Workers bind, `a` or `b`."""
    connection_limit: pulumi.Input[float]
    """Connections that each slot may open. During a rotation both slots have open connections, so the database must
    accept twice this number."""
    caching: CachingInput
    """Cache settings. Required, because a cached read can be older than the last write."""
    fresh_share: NotRequired[pulumi.Input[float | None]]
    """Fraction of each slot's connections for a fresh configuration, above 0 and below 1. With this argument each slot
    is a `HyperdrivePair`. Default: each slot is one `Hyperdrive`."""
    config_name: NotRequired[str]
    """Prefix of the configurations' names at Cloudflare. Default: `<project>-<stack>-<name>`."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account. Default: `paid`."""
    connection_ceiling: NotRequired[pulumi.Input[float | None]]
    """Maximum for the limit of each configuration, if your agreement with Cloudflare differs from the plan. Default:
    the plan's maximum, 20 (free) or 1500 (paid)."""
    allow_loopback: NotRequired[bool]
    """True accepts an origin on localhost, which only an emulator of Cloudflare on the same machine can reach. Default:
    false."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`config`, `fresh`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {"config": lambda: cloudflare.HyperdriveConfig, "fresh": lambda: cloudflare.HyperdriveConfig}


class HyperdriveSlots(pulumi.ComponentResource):
    """Hyperdrive for a database whose credentials rotate without outage.

    Creates a ``Hyperdrive``, or a ``HyperdrivePair``, for each slot. To rotate the credentials, change `active_slot`.
    The idle slot first gets its new password. Cloudflare authenticates with this password, and then the Workers bind
    the slot. The previous slot does not change until the next rotation, so that its clients continue to work. If a
    ``Hyperdrive`` of the same name gets slots, its configuration becomes the configuration of slot `a`.

    Rejects the same values as ``Hyperdrive`` and ``HyperdrivePair``, a missing slot, and a slot other than `a` and `b`.

    Example::

        slots = {"a": existing.origin, "b": {**existing.origin, "user": "b", "password": config.require_secret("b")}}
        hyperdrive = HyperdriveSlots("main", {
            "account_id": account_id,
            "slots": slots,
            "active_slot": "a",
            "connection_limit": 20,
            "caching": {"disabled": True},
        })
    """

    hyperdrive_id: pulumi.Output[str]
    """ID of the active slot's configuration, or of its cached configuration if the slot is a pair."""
    fresh_id: pulumi.Output[str | None]
    """ID of the active slot's fresh configuration; None if the slot is not a pair."""

    def __init__(self, name: str, args: HyperdriveSlotsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:HyperdriveSlots", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, HyperdriveSlotsArgs, subject=subject)
        args["account_id"] = render_account_id(args["account_id"], subject=subject)
        active = validate_choice(args["active_slot"], Slot, subject=f"{subject}.active_slot")
        if sorted(args["slots"]) != list(Slot):
            raise ValidationError(f"{subject}.slots", "must have the slots `a` and `b`", "Set an origin for each slot.")

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        root = opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE
        self.configurations = {slot.value: create_slot(name, args, slot, children, root) for slot in Slot}
        in_use = self.configurations[active.value]
        self.hyperdrive_id = in_use.cached_id if isinstance(in_use, HyperdrivePair) else in_use.hyperdrive_id
        self.fresh_id = pulumi.Output.from_input(in_use.fresh_id if isinstance(in_use, HyperdrivePair) else None)
        self.register_outputs({"hyperdrive_id": self.hyperdrive_id, "fresh_id": self.fresh_id})


def create_slot(
    name: str, args: HyperdriveSlotsArgs, slot: Slot, children: Children, root: pulumi.Resource | None
) -> Hyperdrive | HyperdrivePair:
    """Creates the configuration of a slot, or with `fresh_share` its pair."""
    own = slot_args(name, args, slot)
    transform = children.transforms.get("config", {})
    options = children.component_options()
    if slot is Slot.A:
        # If the component had no slots before, its configuration becomes slot `a`.
        options.aliases = [pulumi.Alias(name=name, parent=root)]
        options.transformations = [add_alias_without_slot]
    if "fresh_share" in args:
        fresh_config_name = f"{own['config_name']}-fresh"
        pair_args: HyperdrivePairArgs = {
            **own,
            "fresh_share": require_value(args["fresh_share"], subject=f"{children.subject}.fresh_share"),
            "fresh_config_name": fresh_config_name,
            "transform": {"cached": transform, "fresh": children.transforms.get("fresh", {})},
        }
        return HyperdrivePair(f"{name}-{slot}", pair_args, options)
    return Hyperdrive(f"{name}-{slot}", {**own, "transform": {"config": transform}}, options)


def slot_args(name: str, args: HyperdriveSlotsArgs, slot: Slot) -> HyperdriveArgs:
    """Returns the arguments of `Hyperdrive` for the configuration of a slot. `create_slot` adds those of a pair."""
    own: HyperdriveArgs = {
        "account_id": args["account_id"],
        "origin": args["slots"][slot],
        "config_name": f"{args.get('config_name', default_name(name))}-{slot}",
        "connection_limit": args["connection_limit"],
        "caching": args["caching"],
    }
    if "plan" in args:
        own["plan"] = args["plan"]
    if "connection_ceiling" in args:
        own["connection_ceiling"] = args["connection_ceiling"]
    if "allow_loopback" in args:
        own["allow_loopback"] = args["allow_loopback"]
    return own
