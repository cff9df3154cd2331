"""`HyperdrivePair`: one database behind two configurations, one that caches reads and one that never does."""

from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.configuration import CachingArgs, Hyperdrive, HyperdriveArgs
from edge_postgres.hyperdrive.rules import split_limit
from edge_postgres.origin.contract import PostgresOrigin


class HyperdrivePairArgs(TypedDict):
    """Arguments of HyperdrivePair."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns both configurations."""
    origin: PostgresOrigin
    """The database; an origin component's `origin`, or leaves of your own."""
    connection_limit: pulumi.Input[float]
    """Connections that both configurations may open together, at least 10."""
    fresh_share: pulumi.Input[float]
    """The part of these that the fresh one gets, above 0 and below 1; each of the two gets at least 5."""
    caching: CachingArgs
    """What the cached one may answer from its cache; both ages, because with no cache a pair makes no sense."""
    config_name: NotRequired[pulumi.Input[str]]
    """Name of the cached configuration at Cloudflare; the component's name where it is left out."""
    fresh_config_name: NotRequired[pulumi.Input[str]]
    """Name of the fresh one; that of the cached one with `-fresh` where it is left out."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""
    connection_ceiling: NotRequired[pulumi.Input[float]]
    """Overrides the plan's ceiling."""
    allow_loopback: NotRequired[bool]
    """True takes an origin on localhost, which a stand-in of Cloudflare on this machine can reach."""


class HyperdrivePair(pulumi.ComponentResource):
    """A cached and a fresh Hyperdrive configuration on one Postgres origin.

    Creates two ``Hyperdrive``. Bind both in a Worker: reads that may be a minute old through the cached one, and what
    has to see the last write through the fresh one. A ``Hyperdrive`` of the same name that becomes a pair keeps its
    configuration, which is then the cached one.

    Refuses what ``Hyperdrive`` refuses, a disabled cache, and fewer than 10 connections for the two.

    Example::

        pair = HyperdrivePair("main", {
            "account_id": account_id,
            "origin": existing.origin,
            "connection_limit": 50,
            "fresh_share": 0.3,
            "caching": {"max_age": 60, "stale_while_revalidate": 15},
        })
        bindings = pair.bindings()  # HYPERDRIVE and HYPERDRIVE_FRESH, for a Worker's `hyperdrive`
    """

    cached_id: pulumi.Output[str]
    """Id of the configuration that caches."""
    fresh_id: pulumi.Output[str]
    """Id of the configuration that never does."""
    cached_limit: pulumi.Output[float]
    """Connections that the cached one may open."""
    fresh_limit: pulumi.Output[float]
    """Connections that the fresh one may open."""

    def __init__(self, name: str, args: HyperdrivePairArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:HyperdrivePair", name, {}, opts)
        args = validated_args(args, HyperdrivePairArgs, subject=name)
        reject_no_cache(args["caching"], subject=name)
        limits = render_split(args, subject=name)

        depends_on = opts.depends_on if opts else None
        cached = Hyperdrive(
            f"{name}-cached",
            config_args(
                args, args.get("config_name", name), apply_input(limits, lambda known: known["cached"]), args["caching"]
            ),
            pulumi.ResourceOptions(parent=self, depends_on=depends_on, aliases=[pre_pair_alias(name, opts)]),
        )
        fresh = Hyperdrive(
            f"{name}-fresh",
            config_args(
                args, fresh_name(name, args), apply_input(limits, lambda known: known["fresh"]), {"disabled": True}
            ),
            pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )

        self.cached_id, self.cached_limit = cached.hyperdrive_id, cached.connection_limit
        self.fresh_id, self.fresh_limit = fresh.hyperdrive_id, fresh.connection_limit
        self.register_outputs({"cached_id": self.cached_id, "fresh_id": self.fresh_id})

    def bindings(self, cached: str = "HYPERDRIVE", fresh: str = "HYPERDRIVE_FRESH") -> dict[str, pulumi.Output[str]]:
        """Both, as a ``Worker`` takes them in ``hyperdrive``."""
        return {cached: self.cached_id, fresh: self.fresh_id}

    def bindable(self, name: str) -> dict[str, pulumi.Output[str]]:
        """The ids that a Worker binds, by the names that a stack file gives them."""
        return {name: self.cached_id, f"{name}.fresh": self.fresh_id}


def reject_no_cache(caching: CachingArgs, *, subject: str) -> None:
    """Raises ``ValidationError`` for two configurations of which none caches."""
    if caching.get("disabled"):
        raise ValidationError(
            f"{subject}.caching",
            "is disabled; the other one of the pair never caches either",
            "State both ages, or take one `Hyperdrive` instead of a pair.",
        )


def render_split(args: HyperdrivePairArgs, *, subject: str) -> pulumi.Input[dict[str, int]]:
    """The limits of the two, as soon as limit and share are known."""
    subject = f"{subject}."
    known = {"limit": args["connection_limit"], "share": args["fresh_share"]}
    limits: pulumi.Input[dict[str, int]] = apply_inputs(
        known, lambda both: split_limit(both["limit"], both["share"], subject=subject)
    )
    return limits


def config_args(
    args: HyperdrivePairArgs, config_name: pulumi.Input[str], limit: pulumi.Input[float], caching: CachingArgs
) -> HyperdriveArgs:
    """The arguments of one of the two."""
    shared = {
        key: args[key]
        for key in ("account_id", "origin", "plan", "connection_ceiling", "allow_loopback")
        if key in args
    }
    return {**shared, "config_name": config_name, "connection_limit": limit, "caching": caching}  # type: ignore[typeddict-item]


def fresh_name(name: str, args: HyperdrivePairArgs) -> pulumi.Input[str]:
    """The stated name of the fresh configuration, or one after the cached one's."""
    if "fresh_config_name" in args:
        return args["fresh_config_name"]
    fresh: pulumi.Input[str] = apply_input(args.get("config_name", name), lambda cached: f"{cached}-fresh")
    return fresh


def pre_pair_alias(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.Alias:
    """What the cached one was called while it was no pair."""
    return pulumi.Alias(name=name, parent=opts.parent if opts and opts.parent else pulumi.ROOT_STACK_RESOURCE)
