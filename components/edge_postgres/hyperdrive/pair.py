"""`HyperdrivePair`: two configurations of one database, one with a cache and one without."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default
from edge_postgres.core.plan import PlanInput
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.hyperdrive.aliases import alias_of_single, with_aliases_of_pair
from edge_postgres.hyperdrive.caching import CachingInput
from edge_postgres.hyperdrive.configuration import Hyperdrive, HyperdriveArgs
from edge_postgres.hyperdrive.rules import split_limit
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.names import default_name


class HyperdrivePairArgs(TypedDict):
    """Arguments of HyperdrivePair."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns both configurations."""
    origin: pulumi.Input[PostgresOrigin]
    """The database: the `origin` of an origin component, or a dictionary with the same fields."""
    connection_limit: pulumi.Input[float]
    """Connections that both configurations may open together, at least 10. Hyperdrive can exceed the limit while it
    cannot reach one of its pools."""
    fresh_share: pulumi.Input[float]
    """Fraction of `connection_limit` for the fresh configuration, above 0 and below 1. Each configuration gets at least
    5 connections."""
    caching: CachingInput
    """Cache settings of the cached configuration. `max_age` and `stale_while_revalidate` are required, and `disabled`
    is rejected."""
    config_name: NotRequired[pulumi.Input[str | None]]
    """Name of the cached configuration at Cloudflare. Default: `<project>-<stack>-<name>`."""
    fresh_config_name: NotRequired[pulumi.Input[str | None]]
    """Name of the fresh configuration at Cloudflare. Default: the name of the cached configuration, followed by
    `-fresh`."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account. Default: `paid`."""
    connection_ceiling: NotRequired[pulumi.Input[float | None]]
    """Maximum for the limit of each configuration, if your agreement with Cloudflare differs from the plan. Default:
    the plan's maximum, 20 (free) or 1500 (paid)."""
    allow_loopback: NotRequired[bool]
    """True accepts an origin on localhost, which only an emulator of Cloudflare on the same machine can reach. Default:
    false."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`cached`, `fresh`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {"cached": lambda: cloudflare.HyperdriveConfig, "fresh": lambda: cloudflare.HyperdriveConfig}


class HyperdrivePair(pulumi.ComponentResource):
    """A cached and a fresh Hyperdrive configuration on one Postgres origin.

    Creates two ``Hyperdrive`` components. A Worker binds both. The cached configuration is for reads that may be older
    than the last write, and the fresh configuration is for reads that must see it. If a ``Hyperdrive`` of the same name
    becomes a pair, its configuration becomes the cached configuration of the pair.

    Rejects the same values as ``Hyperdrive``, a disabled cache, a `connection_limit` below 10, and a `fresh_share` that
    is not between 0 and 1.

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
    """ID of the configuration with a cache."""
    fresh_id: pulumi.Output[str]
    """ID of the configuration without a cache."""
    cached_limit: pulumi.Output[float]
    """Connections that the cached configuration may open."""
    fresh_limit: pulumi.Output[float]
    """Connections that the fresh configuration may open."""

    def __init__(self, name: str, args: HyperdrivePairArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:HyperdrivePair", name, {}, with_aliases_of_pair(name, opts))
        subject = subject_of(self)
        args = validated_args(args, HyperdrivePairArgs, subject=subject)
        args["account_id"] = render_account_id(args["account_id"], subject=subject)
        reject_no_cache(args["caching"], subject=subject)
        limits = render_limits(args, subject=subject)

        config_name = or_default(args.get("config_name"), default_name(name))
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.cached = Hyperdrive(
            f"{name}-cached",
            config_args(
                args,
                config_name,
                apply_input(limits, lambda known: known["cached"]),
                args["caching"],
                children.transforms.get("cached", {}),
            ),
            children.component_options(aliases=[alias_of_single(name, opts)]),
        )
        self.fresh = Hyperdrive(
            f"{name}-fresh",
            config_args(
                args,
                fresh_name(config_name, args),
                apply_input(limits, lambda known: known["fresh"]),
                {"disabled": True},
                children.transforms.get("fresh", {}),
            ),
            children.component_options(),
        )

        self.cached_id, self.cached_limit = self.cached.hyperdrive_id, self.cached.connection_limit
        self.fresh_id, self.fresh_limit = self.fresh.hyperdrive_id, self.fresh.connection_limit
        self.register_outputs(
            {
                "cached_id": self.cached_id,
                "fresh_id": self.fresh_id,
                "cached_limit": self.cached_limit,
                "fresh_limit": self.fresh_limit,
            }
        )

    def bindings(self, cached: str = "HYPERDRIVE", fresh: str = "HYPERDRIVE_FRESH") -> dict[str, pulumi.Output[str]]:
        """Returns the IDs of both configurations by binding name, for the `hyperdrive` argument of a `Worker`."""
        return {cached: self.cached_id, fresh: self.fresh_id}


def reject_no_cache(caching: CachingInput, *, subject: str) -> None:
    """Raises `ValidationError` if the cache of the cached configuration is disabled."""
    if caching.get("disabled"):
        raise ValidationError(
            f"{subject}.caching",
            "is disabled, which cannot be combined with a pair, because the fresh configuration of a pair never caches",
            "Set `max_age` and `stale_while_revalidate`, or use one `Hyperdrive` instead of a pair.",
        )


def render_limits(args: HyperdrivePairArgs, *, subject: str) -> pulumi.Input[dict[str, int]]:
    """Returns the connection limits of both configurations, with the keys `cached` and `fresh`."""
    return apply_inputs(
        (args["connection_limit"], args["fresh_share"]),
        lambda limit, share: split_limit(limit, share, subject=f"{subject}."),
    )


def config_args(
    args: HyperdrivePairArgs,
    config_name: pulumi.Input[str],
    limit: pulumi.Input[float],
    caching: CachingInput,
    transform: Transform,
) -> HyperdriveArgs:
    """Returns the arguments of `Hyperdrive` for one configuration of the pair.

    The two configurations differ only in `config_name`, `limit`, `caching` and `transform`.
    """
    shared: HyperdriveArgs = {
        "account_id": args["account_id"],
        "origin": args["origin"],
        "config_name": config_name,
        "connection_limit": limit,
        "caching": caching,
        "transform": {"config": transform},
    }
    if "plan" in args:
        shared["plan"] = args["plan"]
    if "connection_ceiling" in args:
        shared["connection_ceiling"] = args["connection_ceiling"]
    if "allow_loopback" in args:
        shared["allow_loopback"] = args["allow_loopback"]
    return shared


def fresh_name(config_name: pulumi.Input[str], args: HyperdrivePairArgs) -> pulumi.Input[str]:
    """Returns the name of the fresh configuration at Cloudflare."""
    return or_default(args.get("fresh_config_name"), apply_input(config_name, lambda cached: f"{cached}-fresh"))
