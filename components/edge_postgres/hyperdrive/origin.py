"""Converts a `PostgresOrigin` into the inputs of a Hyperdrive configuration: one of three routes, and TLS settings."""

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.hyperdrive.rules import validate_mtls, validate_sslmode
from edge_postgres.origin.address import ROUTE_HINT, Address, validate_direct, validate_public
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint, NetworkScope
from edge_postgres.origin.passwords import render_password

_TLS = ("sslmode", "ca_certificate_id", "mtls_certificate_id")


def render_origin(
    origin: PostgresOrigin, *, allow_loopback: bool, subject: str
) -> cloudflare.HyperdriveConfigOriginArgsDict:
    """Returns the origin in one of the API's three shapes, with its secrets wrapped.

    The shapes are: host and port; host and Access service token; Workers VPC service.
    """
    rendered: cloudflare.HyperdriveConfigOriginArgsDict = {
        "scheme": "postgres",
        "database": origin["database"],
        "user": origin["user"],
        "password": render_password(origin, consumer="Hyperdrive", subject=f"{subject}.password"),
    }
    if not isinstance(origin.get("host"), str):
        reject_invalid_with_any_host(origin, subject=subject)
    if "service_id" in origin:
        others = ("host", "port", "access_client_id", "access_client_secret")
        reject_other_route(origin, "service_id", others, subject=subject)
        rendered["service_id"] = origin["service_id"]
    elif "access_client_id" in origin or "access_client_secret" in origin:
        reject_other_route(origin, "access_client_id", ("port",), subject=subject)
        reject_missing_parts(origin, ("host", "access_client_id", "access_client_secret"), subject=subject)
        rendered["host"] = render_access_host(origin, subject=subject)
        rendered["access_client_id"] = origin["access_client_id"]
        rendered["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])
    else:
        reject_missing_parts(origin, ("host", "port"), subject=subject)
        address = render_public_address(origin, allow_loopback=allow_loopback, subject=subject)
        rendered["host"] = apply_input(address, lambda known: str(known["host"]))
        rendered["port"] = apply_input(address, lambda known: int(known["port"]))
    return rendered


def render_access_host(origin: PostgresOrigin, *, subject: str) -> pulumi.Input[str]:
    """Returns the host name of a tunnel. Rejects a pooled endpoint."""

    def validate(host: str, port: float | None, endpoint: str | None) -> str:
        return str(validate_direct(host, port=port, endpoint=endpoint, subject=subject)["host"])

    return apply_inputs((origin["host"], origin.get("port"), origin.get("endpoint")), validate)


def render_public_address(origin: PostgresOrigin, *, allow_loopback: bool, subject: str) -> pulumi.Input[Address]:
    """Returns host and port. Rejects a pooled endpoint, and an address that is not reachable from the Internet."""

    def validate(host: str, port: float, endpoint: str | None, reach: str | None) -> Address:
        address = validate_direct(host, port=port, endpoint=endpoint, subject=subject)
        return validate_public(address, allow_loopback=allow_loopback, reach=reach, subject=subject)

    return apply_inputs((origin["host"], origin["port"], origin.get("endpoint"), origin.get("reach")), validate)


def reject_invalid_with_any_host(origin: PostgresOrigin, *, subject: str) -> None:
    """Raises `ValidationError` for an origin that no host makes valid: a preview does not know a new host yet."""
    if origin.get("endpoint") == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.endpoint",
            "is a pooled endpoint; Hyperdrive is a transaction pooler, and two in a row break prepared statements",
            "Use the origin of the database itself.",
        )
    has_route = "service_id" in origin or "access_client_id" in origin
    if origin.get("reach") == NetworkScope.PRIVATE.value and not has_route:
        raise ValidationError(
            f"{subject}.reach",
            "is private; Hyperdrive connects from the Internet and needs a network route",
            ROUTE_HINT,
        )


def reject_other_route(origin: PostgresOrigin, route: str, others: tuple[str, ...], *, subject: str) -> None:
    """Raises `ValidationError` for a route that is combined with a field of another route."""
    for other in others:
        if other in origin:
            raise ValidationError(
                f"{subject}.{route}",
                f"cannot be combined with `{other}`; a route is `host` and `port`, or `host` and an Access token, or "
                "`service_id` alone",
                f"Omit `{other}`, or use another route.",
            )


def reject_missing_parts(origin: PostgresOrigin, needed: tuple[str, ...], *, subject: str) -> None:
    """Raises `ValidationError` for a route that lacks a field."""
    for part in needed:
        if part not in origin:
            raise ValidationError(
                f"{subject}.{part}",
                "is required",
                "Set `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`.",
            )


def render_mtls(
    origin: PostgresOrigin, *, subject: str
) -> pulumi.Input[cloudflare.HyperdriveConfigMtlsArgsDict | None] | None:
    """Returns the TLS settings, or None if omitted.

    An omitted field keeps its old value at the API, so once a mode is set, it has to remain set.
    """
    if not any(key in origin for key in _TLS):
        return None
    service = "service_id" in origin
    # A rule reads the host, but no part of it is rendered. A secret host does not make the TLS mode a secret.
    host = origin.get("host")
    host = pulumi.Output.unsecret(host) if isinstance(host, pulumi.Output) else host
    # A preview does not know the id of a new certificate, but it can already check the mode against the host.
    mode = apply_inputs(
        (origin.get("sslmode"), host), lambda mode, known: validate_sslmode(mode, known, subject=f"{subject}.sslmode")
    )

    def validate(
        sslmode: str | None, ca_certificate_id: str | None, mtls_certificate_id: str | None
    ) -> cloudflare.HyperdriveConfigMtlsArgsDict | None:
        return validate_mtls(
            sslmode,
            service=service,
            ca_certificate_id=ca_certificate_id,
            mtls_certificate_id=mtls_certificate_id,
            subject=f"{subject}.sslmode",
        )

    return apply_inputs((mode, origin.get("ca_certificate_id"), origin.get("mtls_certificate_id")), validate)
