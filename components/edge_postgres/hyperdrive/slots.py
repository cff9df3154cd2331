"""`HyperdriveSlots`: one configuration, or one pair, for each of two credentials; a Worker binds those in use."""

from typing import Any, NotRequired, TypedDict, cast

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
    """The database with the credentials of slot `a` and of slot `b`; a `DatabaseRoles`' `slots`."""
    active_slot: str
    """`a` or `b`: which of them a Worker binds."""
    connection_limit: pulumi.Input[float]
    """Connections that each slot may open: while one takes over from the other, both do."""
    caching: CachingArgs
    """What may be answered from the cache; always stated."""
    fresh_share: NotRequired[pulumi.Input[float]]
    """Makes a pair of each slot: the part of its connections that the configuration without a cache gets."""
    config_name: NotRequired[str]
    """How the names at Cloudflare begin; the component's name where it is left out."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""
    connection_ceiling: NotRequired[pulumi.Input[float]]
    """Overrides the plan's ceiling."""
    allow_loopback: NotRequired[bool]
    """True takes an origin on localhost, which a stand-in of Cloudflare on this machine can reach."""


class HyperdriveSlots(pulumi.ComponentResource):
    """Hyperdrive for a database whose credentials rotate without outage.

    Creates a ``Hyperdrive``, or a ``HyperdrivePair``, for each slot. To rotate, move the active slot: the one that was
    idle gets its new password, Cloudflare signs in with it, and only then the Worker moves to it. The other one stays
    as it was until the next rotation: whatever still uses it goes on working. A ``Hyperdrive`` of the same name that
    gets slots becomes slot `a`.

    Refuses what ``Hyperdrive`` and ``HyperdrivePair`` refuse, and slots other than `a` and `b`.

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
    """Id of the configuration in use; of a pair, of the one that caches."""
    fresh_id: pulumi.Output[str | None]
    """Id of the configuration without a cache, where there is a pair."""

    def __init__(self, name: str, args: HyperdriveSlotsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:HyperdriveSlots", name, {}, opts)
        args = validated_args(args, HyperdriveSlotsArgs, subject=name)
        active = validate_choice(args["active_slot"], Slot, subject=f"{name}.active_slot")
        if sorted(args["slots"]) != list(Slot):
            raise ValidationError(f"{name}.slots", "does not name the slots `a` and `b`", "Give an origin for each.")

        made = {slot: create_slot(name, args, slot, self, opts) for slot in Slot}
        self.hyperdrive_id = made[active][0]
        self.fresh_id = pulumi.Output.from_input(made[active][1])
        self.register_outputs({"hyperdrive_id": self.hyperdrive_id})

    def bindable(self, name: str) -> dict[str, pulumi.Output[Any]]:
        """The ids that a Worker binds, by the names that a stack file gives them."""
        return {name: self.hyperdrive_id, f"{name}.fresh": self.fresh_id}


def create_slot(
    name: str, args: HyperdriveSlotsArgs, slot: Slot, parent: pulumi.Resource, opts: pulumi.ResourceOptions | None
) -> tuple[pulumi.Output[str], pulumi.Output[str] | None]:
    """The ids of a slot's configuration, or of its pair."""
    shared = {key: value for key, value in args.items() if key not in ("slots", "active_slot")}
    prefix = args.get("config_name", name)
    given = {**shared, "origin": args["slots"][slot], "config_name": f"{prefix}-{slot}"}
    # What had no slots yet becomes the first one: its configuration is kept.
    root = opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE
    aliases = [pulumi.Alias(name=name, parent=root)] if slot is Slot.A else []
    child = pulumi.ResourceOptions(parent=parent, depends_on=opts.depends_on if opts else None, aliases=aliases)
    if "fresh_share" in args:
        pair = HyperdrivePair(f"{name}-{slot}", cast("HyperdrivePairArgs", given), child)
        return pair.cached_id, pair.fresh_id
    return Hyperdrive(f"{name}-{slot}", cast("HyperdriveArgs", given), child).hyperdrive_id, None
