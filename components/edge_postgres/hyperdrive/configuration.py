"""`Hyperdrive`: Cloudflare's connection pool and query cache in front of one Postgres origin."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.rules import (
    validate_caching,
    validate_limit,
    validate_mtls,
    validate_share,
    validate_sslmode,
)
from edge_postgres.origin.address import WAY_IN, validate_direct, validate_public
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint, Reach
from edge_postgres.origin.passwords import render_password


class CachingArgs(TypedDict):
    """What Hyperdrive may answer from its cache: nothing (`disabled`), or reads up to a stated age."""

    disabled: NotRequired[bool]
    """True sends every query to the database; the two ages are left out then."""
    max_age: NotRequired[pulumi.Input[float]]
    """Seconds for which an answer is fresh, 1 to 3600."""
    stale_while_revalidate: NotRequired[pulumi.Input[float]]
    """Seconds beyond that for which an old answer is given while a new one is fetched."""


class HyperdriveArgs(TypedDict):
    """Arguments of Hyperdrive."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the configuration."""
    origin: PostgresOrigin
    """The database; an origin component's `origin`, or leaves of your own."""
    connection_limit: pulumi.Input[float]
    """Connections that Hyperdrive may open to the origin. At least 5, at most the plan's ceiling, below what the
    database accepts. Soft: it can be exceeded for a while when a pool cannot be reached."""
    caching: CachingArgs
    """Always stated: a cached read can be older than the last write."""
    config_name: NotRequired[pulumi.Input[str]]
    """Name of the configuration at Cloudflare; the component's name where it is left out."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""
    connection_ceiling: NotRequired[pulumi.Input[float]]
    """Overrides the plan's ceiling, for an account with another agreement."""
    allow_loopback: NotRequired[bool]
    """True takes an origin on localhost, which a stand-in of Cloudflare on this machine can reach."""


class Hyperdrive(pulumi.ComponentResource):
    """A Hyperdrive configuration in front of one Postgres origin.

    Creates one ``cloudflare.HyperdriveConfig``. Cloudflare signs in to the database while it creates or updates the
    configuration; the origin's password resolves only when that can succeed. The limit and the caching are always
    sent, because the API resets what is left out of one and keeps what is left out of the other.

    Refuses an argument it does not know, a pooled endpoint (two transaction poolers in a row break prepared
    statements), a private host without a route, a route that mixes the three shapes, a TLS mode that Hyperdrive does
    not speak, and a limit below 5, above the plan's ceiling, or not below what the database accepts.

    Example::

        Hyperdrive("main", {
            "account_id": account_id,
            "origin": existing.origin,
            "connection_limit": 20,
            "caching": {"max_age": 60, "stale_while_revalidate": 15},
        })
    """

    hyperdrive_id: pulumi.Output[str]
    """Id to bind in a Worker or a Pages project."""
    connection_limit: pulumi.Output[float]
    """Connections that this configuration may open."""

    def __init__(self, name: str, args: HyperdriveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Hyperdrive", name, {}, opts)
        args = validated_args(args, HyperdriveArgs, subject=name)
        stated_origin = validated_args(args["origin"], PostgresOrigin, subject=f"{name}.origin")
        origin = render_origin(stated_origin, allow_loopback=args.get("allow_loopback", False), subject=name)
        mtls = render_mtls(stated_origin, subject=name)
        limit = render_limit(args, stated_origin, subject=name)
        caching = render_caching(args["caching"], subject=name)

        config = cloudflare.HyperdriveConfig(
            f"{name}-config",
            account_id=args["account_id"],
            name=args.get("config_name", name),
            origin=origin,
            origin_connection_limit=limit,
            caching=caching,
            mtls=mtls,
            # A component's own `depends_on` does not reach its children by itself.
            opts=pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
        )

        self.hyperdrive_id = config.id
        self.connection_limit = pulumi.Output.from_input(limit)
        self.register_outputs({"hyperdrive_id": self.hyperdrive_id})

    def bindable(self, name: str) -> dict[str, pulumi.Output[str]]:
        """The id that a Worker binds, by the name that a stack file gives it."""
        return {name: self.hyperdrive_id}


def render_origin(
    origin: PostgresOrigin, *, subject: str, allow_loopback: bool
) -> cloudflare.HyperdriveConfigOriginArgsDict:
    """The origin in one of the API's three shapes, its secrets wrapped."""
    subject = f"{subject}.origin"
    rendered: cloudflare.HyperdriveConfigOriginArgsDict = {
        "scheme": "postgres",
        "database": origin["database"],
        "user": origin["user"],
        "password": render_password(origin, consumer="Hyperdrive", subject=f"{subject}.password"),
    }
    address: dict[str, Any] = {part: origin.get(part) for part in ("host", "port", "endpoint")}
    if not isinstance(origin.get("host"), str):
        reject_in_a_preview(origin, subject=subject)
    if "service_id" in origin:
        reject_beside(
            origin, "service_id", ("host", "port", "access_client_id", "access_client_secret"), subject=subject
        )
        rendered["service_id"] = origin["service_id"]
    elif "access_client_id" in origin or "access_client_secret" in origin:
        reject_beside(origin, "access_client_id", ("port",), subject=subject)
        reject_missing(origin, ("host", "access_client_id", "access_client_secret"), subject=subject)
        rendered["host"] = apply_inputs(address, lambda known: validate_direct(subject=subject, **known)["host"])
        rendered["access_client_id"] = origin["access_client_id"]
        rendered["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])
    else:
        reject_missing(origin, ("host", "port"), subject=subject)

        def public(known: dict[str, Any]) -> dict[str, Any]:
            reach = known.pop("reach")
            return validate_public(
                validate_direct(subject=subject, **known), allow_loopback=allow_loopback, reach=reach, subject=subject
            )

        checked = apply_inputs({**address, "reach": origin.get("reach")}, public)
        rendered["host"] = apply_input(checked, lambda known: known["host"])
        rendered["port"] = apply_input(checked, lambda known: int(known["port"]))
    return rendered


def reject_in_a_preview(origin: PostgresOrigin, *, subject: str) -> None:
    """Raises `ValidationError` for an origin that no host could make valid: a preview does not know a new host yet."""
    if origin.get("endpoint") == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.endpoint",
            "is pooled; Hyperdrive is a transaction pooler itself, and two in a row break prepared statements",
            "Take the origin of the database itself.",
        )
    has_route = "service_id" in origin or "access_client_id" in origin
    if origin.get("reach") == Reach.PRIVATE.value and not has_route:
        raise ValidationError(f"{subject}.reach", "is private; Cloudflare dials from the Internet", WAY_IN)


def reject_beside(origin: PostgresOrigin, route: str, others: tuple[str, ...], *, subject: str) -> None:
    """Raises ``ValidationError`` where a route stands beside a part of another one."""
    for other in others:
        if other in origin:
            raise ValidationError(
                f"{subject}.{route}",
                f"stands beside `{other}`; a route is host and port, or host and Access token, or a service alone",
                f"Leave `{other}` out, or take another route.",
            )


def reject_missing(origin: PostgresOrigin, needed: tuple[str, ...], *, subject: str) -> None:
    """Raises ``ValidationError`` where a route lacks a part."""
    for part in needed:
        if part not in origin:
            raise ValidationError(
                f"{subject}.{part}",
                "is not given",
                "Give `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`.",
            )


def render_mtls(origin: PostgresOrigin, *, subject: str) -> pulumi.Input[Any] | None:
    """The TLS mode, where one is stated. Once stated it has to stay so: the API keeps what is left out."""
    keys = ("sslmode", "ca_certificate_id", "mtls_certificate_id")
    if not any(key in origin for key in keys):
        return None
    subject, service = f"{subject}.origin.sslmode", "service_id" in origin
    # The host decides what is refused and nothing of it is rendered: a secret one makes no secret of the TLS mode.
    host = origin.get("host")
    host = pulumi.Output.unsecret(host) if isinstance(host, pulumi.Output) else host
    # A new certificate has no id in a preview yet; what the mode says of the host is known before.
    mode = {"sslmode": origin.get("sslmode"), "host": host}
    tls: dict[str, Any] = {key: origin.get(key) for key in keys}
    tls["sslmode"] = apply_inputs(mode, lambda known: validate_sslmode(subject=subject, **known))
    return apply_inputs(tls, lambda known: validate_mtls(service=service, subject=subject, **known))


def render_limit(args: HyperdriveArgs, origin: PostgresOrigin, *, subject: str) -> pulumi.Input[int]:
    """The connection limit, within the plan's bounds, and within the database's as soon as they are known."""
    subject, plan = (
        f"{subject}.connection_limit",
        validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan"),
    )
    bounds = {"limit": args["connection_limit"], "ceiling": args.get("connection_ceiling")}
    share = {
        "limit": apply_inputs(bounds, lambda known: validate_limit(plan=plan, subject=subject, **known)),
        "max_connections": origin.get("max_connections"),
        "reserved": origin.get("reserved_connections"),
    }
    limit: pulumi.Input[int] = apply_inputs(share, lambda known: validate_share(subject=subject, **known))
    return limit


def render_caching(caching: CachingArgs, *, subject: str) -> pulumi.Input[Any]:
    """What may be answered from the cache, always spelled out."""
    subject = f"{subject}.caching"
    return apply_inputs(
        dict(validated_args(caching, CachingArgs, subject=subject)),
        lambda known: validate_caching(subject=subject, **known),
    )
