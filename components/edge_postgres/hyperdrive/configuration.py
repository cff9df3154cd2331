"""`Hyperdrive`: Cloudflare's connection pool and query cache in front of one Postgres origin."""

import functools
from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import read_fields, subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.inputs import apply_fields, apply_inputs, or_default, unsecret
from edge_postgres.core.plan import Plan, PlanInput
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.hyperdrive.aliases import with_aliases_of_single
from edge_postgres.hyperdrive.caching import CachingInput, render_caching
from edge_postgres.hyperdrive.origin import render_mtls, render_origin
from edge_postgres.hyperdrive.rules import validate_database_limit, validate_limit
from edge_postgres.origin.contract import READABLE, ROUTES, PostgresOrigin
from edge_postgres.origin.names import default_name, logical_name


class HyperdriveArgs(TypedDict):
    """Arguments of Hyperdrive."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the configuration."""
    origin: pulumi.Input[PostgresOrigin]
    """The database: the `origin` of an origin component, or a dictionary with the same fields."""
    connection_limit: pulumi.Input[float]
    """Connections that Hyperdrive may open to the database, from 5 to the plan's maximum. The database must accept more
    connections than this limit, because Hyperdrive can exceed the limit while it cannot reach one of its pools."""
    caching: CachingInput
    """Cache settings. Required, because a cached read can be older than the last write."""
    config_name: NotRequired[pulumi.Input[str | None]]
    """Name of the configuration at Cloudflare. Default: `<project>-<stack>-<name>`."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account. Default: `paid`."""
    connection_ceiling: NotRequired[pulumi.Input[float | None]]
    """Maximum of `connection_limit`, if your agreement with Cloudflare differs from the plan. Default: the plan's
    maximum, 20 (free) or 1500 (paid)."""
    allow_loopback: NotRequired[bool]
    """True accepts an origin on localhost, which only an emulator of Cloudflare on the same machine can reach. Default:
    false."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`config`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {"config": lambda: cloudflare.HyperdriveConfig}


class Hyperdrive(pulumi.ComponentResource):
    """A Hyperdrive configuration in front of one Postgres origin.

    Creates one ``cloudflare.HyperdriveConfig``. Cloudflare authenticates at the database when it creates or updates the
    configuration. The password of an origin component therefore resolves only when the database accepts it. The
    component always sends the limit and the caching, because the API resets an omitted limit and keeps the old caching.

    Rejects unknown arguments, and a pooled endpoint, because two transaction poolers in a row break prepared
    statements. Rejects a private host without a route, a combination of two routes, and a password that its vendor
    rotates. Rejects a TLS mode that Hyperdrive does not support or that does not fit the CA, and invalid cache
    settings. Rejects a limit below 5, above the plan's maximum, or too high for the database.

    Example::

        Hyperdrive("main", {
            "account_id": account_id,
            "origin": existing.origin,
            "connection_limit": 20,
            "caching": {"max_age": 60, "stale_while_revalidate": 15},
        })
    """

    hyperdrive_id: pulumi.Output[str]
    """ID of the configuration, for the binding of a Worker or a Pages project."""
    connection_limit: pulumi.Output[float]
    """Connections that this configuration may open."""

    def __init__(self, name: str, args: HyperdriveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Hyperdrive", name, {}, with_aliases_of_single(name, opts))
        subject = subject_of(self)
        args = validated_args(args, HyperdriveArgs, subject=subject)
        origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        account_id = render_account_id(args["account_id"], subject=subject)
        plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")
        loopback = args.get("allow_loopback", False)
        render = functools.partial(render_origin, allow_loopback=loopback, subject=f"{subject}.origin")
        rendered = apply_fields(origin, ROUTES, render)
        others = {field: value for field, value in origin.items() if field not in ("password", "access_client_secret")}
        tls = functools.partial(render_mtls, subject=f"{subject}.origin")
        # The settings contain no part of a secret, even if the whole origin is a secret.
        mtls = unsecret(apply_fields(cast("PostgresOrigin", others), ROUTES, tls))
        limit = render_limit(
            args["connection_limit"],
            plan,
            args.get("connection_ceiling"),
            origin.get("max_connections"),
            origin.get("reserved_connections"),
            subject=f"{subject}.connection_limit",
        )
        caching = render_caching(args["caching"], subject=f"{subject}.caching")

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        config_name = or_default(args.get("config_name"), default_name(name))
        self.config = cloudflare.HyperdriveConfig(
            logical_name(config_name, name),
            account_id=account_id,
            name=config_name,
            origin=rendered,
            origin_connection_limit=limit,
            caching=caching,
            mtls=mtls,
            opts=children.options("config"),
        )

        self.hyperdrive_id = self.config.id
        self.connection_limit = pulumi.Output.from_input(limit)
        self.register_outputs({"hyperdrive_id": self.hyperdrive_id, "connection_limit": self.connection_limit})


def render_limit(
    limit: pulumi.Input[float],
    plan: Plan,
    ceiling: pulumi.Input[float | None] | None,
    max_connections: pulumi.Input[float | None] | None,
    reserved_connections: pulumi.Input[float | None] | None,
    *,
    subject: str,
) -> pulumi.Input[int]:
    """Returns the connection limit as an integer.

    Raises:
        ValidationError: The plan or the database does not allow the limit. If a preview does not know yet how many
            connections a new database accepts, only the update raises the error for the database.
    """
    checked = apply_inputs(
        (limit, ceiling), lambda limit, ceiling: validate_limit(limit, plan=plan, ceiling=ceiling, subject=subject)
    )
    return apply_inputs(
        (checked, max_connections, reserved_connections),
        lambda limit, most, reserved: validate_database_limit(limit, most, reserved, subject=subject),
    )
