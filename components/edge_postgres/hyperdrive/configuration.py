"""`Hyperdrive`: Cloudflare's connection pool and query cache in front of one Postgres origin."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import chosen, stated
from edge_postgres.core.errors import Refusal, checked
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.rules import (
    checked_caching,
    checked_lasting,
    checked_limit,
    checked_mtls,
    checked_share,
    checked_sslmode,
)
from edge_postgres.origin.address import WAY_IN, checked_direct, checked_public
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint, Reach


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
        args = stated(name, args, HyperdriveArgs)
        stated_origin = stated(f"{name}.origin", args["origin"], PostgresOrigin)
        origin = rendered_origin(name, stated_origin, allow_loopback=args.get("allow_loopback", False))
        mtls = rendered_mtls(name, stated_origin)
        limit = rendered_limit(name, args, stated_origin)
        caching = rendered_caching(name, args["caching"])

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


def rendered_origin(
    name: str, origin: PostgresOrigin, *, allow_loopback: bool
) -> cloudflare.HyperdriveConfigOriginArgsDict:
    """The origin in one of the API's three shapes, its secrets wrapped."""
    subject = f"{name}.origin"
    rendered: cloudflare.HyperdriveConfigOriginArgsDict = {
        "scheme": "postgres",
        "database": origin["database"],
        "user": origin["user"],
        "password": rendered_password(f"{subject}.password", origin),
    }
    address: dict[str, Any] = {part: origin.get(part) for part in ("host", "port", "endpoint")}
    if not isinstance(origin.get("host"), str):
        refuse_in_a_preview(subject, origin)
    if "service_id" in origin:
        refuse_beside(subject, origin, "service_id", ("host", "port", "access_client_id", "access_client_secret"))
        rendered["service_id"] = origin["service_id"]
    elif "access_client_id" in origin or "access_client_secret" in origin:
        refuse_beside(subject, origin, "access_client_id", ("port",))
        refuse_missing(subject, origin, ("host", "access_client_id", "access_client_secret"))
        rendered["host"] = checked(address, lambda known: checked_direct(subject, **known)["host"])
        rendered["access_client_id"] = origin["access_client_id"]
        rendered["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])
    else:
        refuse_missing(subject, origin, ("host", "port"))

        def public(known: dict[str, Any]) -> dict[str, Any]:
            reach = known.pop("reach")
            return checked_public(subject, checked_direct(subject, **known), allow_loopback=allow_loopback, reach=reach)

        address = checked({**address, "reach": origin.get("reach")}, public)
        rendered["host"] = checked(address, lambda known: known["host"])
        rendered["port"] = checked(address, lambda known: int(known["port"]))
    return rendered


def rendered_password(subject: str, origin: PostgresOrigin) -> pulumi.Output[str]:
    """The password, a secret; refused where it will not stay."""
    lasting = checked(origin.get("password_rotates"), lambda rotates: checked_lasting(subject, rotates))
    password = {"password": origin["password"], "lasting": lasting}
    return pulumi.Output.secret(checked(password, lambda known: known["password"]))


def refuse_in_a_preview(subject: str, origin: PostgresOrigin) -> None:
    """Raises ``Refusal`` for what is wrong whatever the host will be: a new database's is known when it is there."""
    if origin.get("endpoint") == Endpoint.POOLED.value:
        raise Refusal(
            f"{subject}.endpoint",
            "is pooled; Hyperdrive is a transaction pooler itself, and two in a row break prepared statements",
            "Take the origin of the database itself.",
        )
    has_route = "service_id" in origin or "access_client_id" in origin
    if origin.get("reach") == Reach.PRIVATE.value and not has_route:
        raise Refusal(f"{subject}.reach", "is private; Cloudflare dials from the Internet", WAY_IN)


def refuse_beside(subject: str, origin: PostgresOrigin, route: str, others: tuple[str, ...]) -> None:
    """Raises ``Refusal`` where a route stands beside a part of another one."""
    for other in others:
        if other in origin:
            raise Refusal(
                f"{subject}.{route}",
                f"stands beside `{other}`; a route is host and port, or host and Access token, or a service alone",
                f"Leave `{other}` out, or take another route.",
            )


def refuse_missing(subject: str, origin: PostgresOrigin, needed: tuple[str, ...]) -> None:
    """Raises ``Refusal`` where a route lacks a part."""
    for part in needed:
        if part not in origin:
            raise Refusal(
                f"{subject}.{part}",
                "is not given",
                "Give `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`.",
            )


def rendered_mtls(name: str, origin: PostgresOrigin) -> pulumi.Input[Any] | None:
    """The TLS mode, where one is stated. Once stated it has to stay so: the API keeps what is left out."""
    keys = ("sslmode", "ca_certificate_id", "mtls_certificate_id")
    if not any(key in origin for key in keys):
        return None
    subject, service = f"{name}.origin.sslmode", "service_id" in origin
    # The host decides what is refused and nothing of it is rendered: a secret one makes no secret of the TLS mode.
    host = origin.get("host")
    host = pulumi.Output.unsecret(host) if isinstance(host, pulumi.Output) else host
    # A new certificate has no id in a preview yet; what the mode says of the host is known before.
    mode = {"sslmode": origin.get("sslmode"), "host": host}
    tls: dict[str, Any] = {key: origin.get(key) for key in keys}
    tls["sslmode"] = checked(mode, lambda known: checked_sslmode(subject, **known))
    return checked(tls, lambda known: checked_mtls(subject, service=service, **known))


def rendered_limit(name: str, args: HyperdriveArgs, origin: PostgresOrigin) -> pulumi.Input[int]:
    """The connection limit, within the plan's bounds, and within the database's as soon as they are known."""
    subject, plan = f"{name}.connection_limit", chosen(f"{name}.plan", args.get("plan", Plan.PAID), Plan)
    bounds = {"limit": args["connection_limit"], "ceiling": args.get("connection_ceiling")}
    share = {
        "limit": checked(bounds, lambda known: checked_limit(subject, plan, **known)),
        "max_connections": origin.get("max_connections"),
        "reserved": origin.get("reserved_connections"),
    }
    limit: pulumi.Input[int] = checked(share, lambda known: checked_share(subject, **known))
    return limit


def rendered_caching(name: str, caching: CachingArgs) -> pulumi.Input[Any]:
    """What may be answered from the cache, always spelled out."""
    subject = f"{name}.caching"
    return checked(dict(stated(subject, caching, CachingArgs)), lambda known: checked_caching(subject, **known))
