"""Converts a `PostgresOrigin` into the inputs of a Hyperdrive configuration: address, credentials and TLS settings."""

import operator
from collections.abc import Collection

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, require_value
from edge_postgres.hyperdrive.rules import validate_mtls, validate_scheme, validate_sslmode
from edge_postgres.origin.address import ROUTE_HINT, Address, validate_direct, validate_public
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint, NetworkScope
from edge_postgres.origin.passwords import render_rotation_check

_ROUTE_FIELDS = frozenset({"service_id", "access_client_id"})
"""Fields that only an origin with a network route has."""


def render_origin(
    origin: PostgresOrigin, *, allow_loopback: bool, subject: str
) -> cloudflare.HyperdriveConfigOriginArgsDict:
    """Returns the `origin` input of a Hyperdrive configuration, with its secrets marked as secrets.

    The API accepts three forms: a host and a port, a host and an Access service token, or a Workers VPC service.
    """
    rotation_check = render_rotation_check(
        origin.get("password_rotates"), consumer="Hyperdrive", subject=f"{subject}.password"
    )
    # The check is among the values, so that a password that its vendor rotates ends the deployment.
    password = apply_inputs({"value": origin["password"], "check": rotation_check}, operator.itemgetter("value"))
    rendered: cloudflare.HyperdriveConfigOriginArgsDict = {
        "scheme": apply_input(origin.get("scheme"), lambda known: validate_scheme(known, subject=f"{subject}.scheme")),
        "database": require_value(origin["database"], subject=f"{subject}.database"),
        "user": require_value(origin["user"], subject=f"{subject}.user"),
        "password": pulumi.Output.secret(password),
    }
    fields = frozenset(origin)
    host, endpoint, reach = origin.get("host"), origin.get("endpoint"), origin.get("reach")
    if not isinstance(host, str):
        reject_invalid_with_any_host(endpoint, reach, has_route=bool(fields & _ROUTE_FIELDS), subject=subject)
    if "service_id" in origin:
        others = ("host", "port", "access_client_id", "access_client_secret")
        reject_other_route(fields, "service_id", others, subject=subject)
        rendered["service_id"] = origin["service_id"]
    elif "access_client_id" in origin or "access_client_secret" in origin:
        reject_other_route(fields, "access_client_id", ("port",), subject=subject)
        reject_missing_parts(fields, ("host", "access_client_id", "access_client_secret"), subject=subject)
        rendered["host"] = render_access_host(origin["host"], endpoint, subject=subject)
        rendered["access_client_id"] = origin["access_client_id"]
        rendered["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])
    else:
        reject_missing_parts(fields, ("host", "port"), subject=subject)
        address = render_public_address(
            origin["host"], origin["port"], endpoint, reach, allow_loopback=allow_loopback, subject=subject
        )
        rendered["host"] = apply_input(address, lambda known: str(known["host"]))
        rendered["port"] = apply_input(address, lambda known: int(known["port"]))
    return rendered


def render_access_host(
    host: pulumi.Input[str | None] | None, endpoint: pulumi.Input[str | None] | None, *, subject: str
) -> pulumi.Input[str]:
    """Returns the host name of a tunnel unchanged.

    Raises:
        ValidationError: The host is invalid, or its endpoint is pooled.
    """

    def validate(host: str | None, endpoint: str | None) -> str:
        return str(validate_direct(host, port=None, endpoint=endpoint, subject=subject)["host"])

    return apply_inputs((host, endpoint), validate)


def render_public_address(
    host: pulumi.Input[str | None] | None,
    port: pulumi.Input[float | None] | None,
    endpoint: pulumi.Input[str | None] | None,
    reach: pulumi.Input[str | None] | None,
    *,
    allow_loopback: bool,
    subject: str,
) -> pulumi.Input[Address]:
    """Returns the host and the port.

    Raises:
        ValidationError: The host or the port is invalid, the endpoint is pooled, or the address is not reachable from
            the Internet.
    """

    def validate(host: str | None, port: float | None, endpoint: str | None, reach: str | None) -> Address:
        address = validate_direct(host, port=port, endpoint=endpoint, subject=subject)
        return validate_public(address, allow_loopback=allow_loopback, reach=reach, subject=subject)

    return apply_inputs((host, port, endpoint, reach), validate)


def reject_invalid_with_any_host(endpoint: object, reach: object, *, has_route: bool, subject: str) -> None:
    """Raises `ValidationError` for a pooled endpoint, or for a private origin without a route.

    The check does not read the host, because a preview does not know the host of a new database yet.
    """
    if endpoint == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.endpoint",
            "is a pooled endpoint; Hyperdrive is a transaction pooler, and two in a row break prepared statements",
            "Use the direct endpoint of the database instead of its pooler.",
        )
    if reach == NetworkScope.PRIVATE.value and not has_route:
        raise ValidationError(
            f"{subject}.reach",
            "is private; Hyperdrive connects from the Internet and needs a network route",
            ROUTE_HINT,
        )


def reject_other_route(fields: Collection[str], route: str, others: tuple[str, ...], *, subject: str) -> None:
    """Raises `ValidationError` if an origin with one route also has a field of another route."""
    for other in others:
        if other in fields:
            raise ValidationError(
                f"{subject}.{route}",
                f"cannot be combined with `{other}`; a route is `host` and `port`, or `host` and an Access token, or "
                "`service_id` alone",
                f"Omit `{other}`, or omit `{route}`.",
            )


def reject_missing_parts(fields: Collection[str], needed: tuple[str, ...], *, subject: str) -> None:
    """Raises `ValidationError` if the origin lacks one of the needed fields."""
    for part in needed:
        if part not in fields:
            raise ValidationError(
                f"{subject}.{part}",
                "is required",
                "Set `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`.",
            )


def render_mtls(
    origin: PostgresOrigin, *, subject: str
) -> pulumi.Input[cloudflare.HyperdriveConfigMtlsArgsDict | None] | None:
    """Returns the `mtls` input of a Hyperdrive configuration, or None if the origin is a Workers VPC service.

    The API keeps the old value of an omitted field. Therefore the mode is always set, with `require` as the default, or
    a configuration would keep the CA that its origin no longer has.
    """
    sslmode, certificates = origin.get("sslmode"), (origin.get("ca_certificate_id"), origin.get("mtls_certificate_id"))
    if sslmode is None and certificates == (None, None) and "service_id" in origin:
        return None
    host = origin.get("host")
    # Without `unsecret`, a secret host would make the TLS mode a secret too. The mode contains no part of the host.
    host = pulumi.Output.unsecret(host) if isinstance(host, pulumi.Output) else host
    # A preview does not know the ID of a new certificate, but it can already check the mode against the host.
    mode = apply_inputs(
        (sslmode, host), lambda mode, known: validate_sslmode(mode, known, subject=f"{subject}.sslmode")
    )

    def validate(
        sslmode: str | None, ca_certificate_id: str | None, mtls_certificate_id: str | None
    ) -> cloudflare.HyperdriveConfigMtlsArgsDict:
        return validate_mtls(
            sslmode,
            service="service_id" in origin,
            ca_certificate_id=ca_certificate_id,
            mtls_certificate_id=mtls_certificate_id,
            subject=f"{subject}.sslmode",
        )

    return apply_inputs((mode, *certificates), validate)
