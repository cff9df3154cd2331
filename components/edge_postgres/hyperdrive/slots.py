"""`HyperdriveSlots`: a configuration, or a pair, for each of two credentials of a database."""

from typing import NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.configuration import CachingArgs, Hyperdrive, HyperdriveArgs
from edge_postgres.hyperdrive.pair import HyperdrivePair, HyperdrivePairArgs
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.slot import Slot


class HyperdriveSlotsArgs(TypedDict):
    """Arguments of HyperdriveSlots."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the configurations."""
    slots: dict[str, PostgresOrigin]
    """The database with the credentials of slot `a` and of slot `b`: the `slots` of `DatabaseRoles`."""
    active_slot: str
    """The slot that Workers bind, `a` or `b`."""
    connection_limit: pulumi.Input[float]
    """Connections that each slot may open. During a rotation, both slots use their connections."""
    caching: CachingArgs
    """Cache settings. They have no default, because a cached read can be older than the last write."""
    fresh_share: NotRequired[pulumi.Input[float]]
    """Creates a pair for each slot. The value is the fraction of its connections for the fresh configuration."""
    config_name: NotRequired[str]
    """Prefix of the names at Cloudflare. Default: the component's name."""
    plan: NotRequired[Plan]
    """Workers plan of the account. Default: `paid`."""
    connection_ceiling: NotRequired[pulumi.Input[float]]
    """Maximum of each limit instead of the plan's, for an account with another agreement."""
    allow_loopback: NotRequired[bool]
    """True accepts an origin on localhost. Only an emulator of Cloudflare on the same machine can reach it."""


class HyperdriveSlots(pulumi.ComponentResource):
    """Hyperdrive for a database whose credentials rotate without outage.

    Creates a ``Hyperdrive``, or a ``HyperdrivePair``, for each slot. To rotate the credentials, change the active slot.
    The idle slot gets its new password, Cloudflare authenticates with it, and then the Workers bind this slot. The
    previous slot does not change until the next rotation, so that its clients continue to work. If a ``Hyperdrive`` of
    the same name gets slots, its configuration becomes slot `a`.

    Rejects what ``Hyperdrive`` and ``HyperdrivePair`` reject, and slots other than `a` and `b`.

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
    """Id of the active slot's configuration. If the slot is a pair, of its cached configuration."""
    fresh_id: pulumi.Output[str | None]
    """Id of the active slot's fresh configuration; None if the slot is not a pair."""

    def __init__(self, name: str, args: HyperdriveSlotsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:HyperdriveSlots", name, {}, opts)
        args = validated_args(args, HyperdriveSlotsArgs, subject=name)
        active = validate_choice(args["active_slot"], Slot, subject=f"{name}.active_slot")
        if sorted(args["slots"]) != list(Slot):
            raise ValidationError(f"{name}.slots", "must have the slots `a` and `b`", "Set an origin for each slot.")

        ids = {slot: create_slot(name, args, slot, self, opts) for slot in Slot}
        self.hyperdrive_id = ids[active][0]
        self.fresh_id = pulumi.Output.from_input(ids[active][1])
        self.register_outputs({"hyperdrive_id": self.hyperdrive_id})

    def bindable(self, name: str) -> dict[str, pulumi.Output[str]]:
        """Returns the ids that a Worker can bind, by their names in a stack file."""
        # A stack file can name the fresh configuration only if it sets `fresh`, which creates a pair.
        return {name: self.hyperdrive_id, f"{name}.fresh": cast("pulumi.Output[str]", self.fresh_id)}


def create_slot(
    name: str, args: HyperdriveSlotsArgs, slot: Slot, parent: pulumi.Resource, opts: pulumi.ResourceOptions | None
) -> tuple[pulumi.Output[str], pulumi.Output[str] | None]:
    """Creates a slot's configuration, or its pair. Returns the id, and the id of the fresh one."""
    # If the component had no slots before, its configuration becomes slot `a`.
    root = opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE
    aliases = [pulumi.Alias(name=name, parent=root)] if slot is Slot.A else []
    child = pulumi.ResourceOptions(parent=parent, depends_on=opts.depends_on if opts else None, aliases=aliases)
    own = slot_args(name, args, slot)
    if "fresh_share" in args:
        fresh_config_name = f"{own['config_name']}-fresh"
        pair_args: HyperdrivePairArgs = {
            **own,
            "fresh_share": args["fresh_share"],
            "fresh_config_name": fresh_config_name,
        }
        pair = HyperdrivePair(f"{name}-{slot}", pair_args, child)
        return pair.cached_id, pair.fresh_id
    return Hyperdrive(f"{name}-{slot}", own, child).hyperdrive_id, None


def slot_args(name: str, args: HyperdriveSlotsArgs, slot: Slot) -> HyperdriveArgs:
    """Returns the arguments of a slot's configuration."""
    own: HyperdriveArgs = {
        "account_id": args["account_id"],
        "origin": args["slots"][slot],
        "config_name": f"{args.get('config_name', name)}-{slot}",
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
