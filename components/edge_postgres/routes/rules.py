"""Validation rules of network routes: host names, TLS, certificates and resolvers."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

from edge_postgres.core.cloudflare_zones import is_in_zone_of_cloudflare
from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.address import validate_direct, validate_port
from edge_postgres.origin.hosts import is_ip_address, vendor_of
from edge_postgres.origin.vendor import CaKind

if TYPE_CHECKING:
    from pulumi_cloudflare import ConnectivityDirectoryServiceHostArgsDict


class CertificateVerification(StrEnum):
    """Mode in which a Workers VPC service verifies the database's certificate. All modes encrypt the connection."""

    VERIFY_FULL = "verify_full"
    """Verifies the host name, and the chain up to a public CA or Cloudflare's Origin CA."""
    VERIFY_CA = "verify_ca"
    """Verifies only the chain."""
    DISABLED = "disabled"
    """Verifies nothing. Hyperdrive accepts any server at the address as the database."""


if TYPE_CHECKING:
    CertificateVerificationInput = CertificateVerification | Literal["verify_full", "verify_ca", "disabled"]
else:
    CertificateVerificationInput = CertificateVerification


class PrivateAddress(TypedDict):
    """Host and port of a database in its private network."""

    host: str
    port: int


class ServiceAddress(TypedDict, total=False):
    """Address of the database in a Workers VPC service: an IP address, or a host name with its DNS servers."""

    ipv4: str
    ipv6: str
    hostname: str
    resolver_ips: NotRequired[list[str]]


_OTHER_MODES = (
    "Set `certificate_verification` to `disabled` (encrypted, but the server is not verified; only within your own "
    "network) or to `verify_ca` (Cloudflare does not document whether it accepts a private CA). Or use the access "
    "tunnel, for which you can upload the CA."
)


def reject_other_route(fields: Iterable[str], *, subject: str) -> None:
    """Raises `ValidationError` for an origin that already has a route."""
    for field in ("service_id", "access_client_id", "access_client_secret"):
        if field in fields:
            raise ValidationError(
                f"{subject}.{field}",
                "belongs to another network route, and an origin can have only one route",
                f"Omit `{field}`, or omit this route.",
            )


def reject_no_host(fields: Iterable[str], *, subject: str) -> None:
    """Raises `ValidationError` for an origin without a host."""
    if "host" not in fields:
        raise ValidationError(f"{subject}.host", "is required", "Set the host of the database in its private network.")


def reject_certificates(ca_certificate_id: str | None, mtls_certificate_id: str | None, *, subject: str) -> None:
    """Raises `ValidationError` for an origin with certificates, which a Workers VPC service does not support."""
    reasons = (
        ("ca_certificate_id", ca_certificate_id, "trusts only public CAs and Cloudflare's Origin CA"),
        ("mtls_certificate_id", mtls_certificate_id, "presents no client certificate"),
    )
    for field, value, reason in reasons:
        if value is not None:
            raise ValidationError(
                f"{subject}.{field}",
                f"is not supported by a Workers VPC service, which {reason}",
                f"Omit `{field}`, or use the access tunnel as the route.",
            )


def validate_private(
    host: str | None, *, port: float | None, endpoint: str | None, reach: str | None, subject: str
) -> PrivateAddress:
    """Returns the address of the database in its private network.

    A host name that looks public is valid, because many such names resolve to private addresses within their network.
    The host names of RDS are an example.

    Raises:
        ValidationError: The endpoint is pooled, or the origin has `reach: public`.
    """
    if reach == "public":
        raise ValidationError(
            f"{subject}.reach",
            "is public; Hyperdrive can connect without a route, and a route does not make the database private",
            "Omit the route, or make the database private.",
        )
    address = validate_direct(host, port=5432 if port is None else port, endpoint=endpoint, subject=subject)
    return {"host": address["host"], "port": validate_port(address["port"], subject=f"{subject}.port")}


def validate_verification(mode: CertificateVerification, host: str | None, *, subject: str) -> str:
    """Returns the mode as a string. If the host is None, the mode is not checked.

    Source: https://developers.cloudflare.com/hyperdrive/configuration/connect-to-private-database-vpc/, read on
    2026-11-21.

    Raises:
        ValidationError: The mode is `verify_full`, and the certificate of the database cannot pass this verification.
    """
    if host is None or mode is not CertificateVerification.VERIFY_FULL:
        return mode.value
    if is_ip_address(host):
        raise ValidationError(
            subject,
            "is verify_full, which requires a host name, got an IP address",
            f"Set a host name that the connector's network resolves, or another mode. {_OTHER_MODES}",
        )
    vendor = vendor_of(host)
    if vendor is not None and vendor.ca_kind is CaKind.PRIVATE:
        raise ValidationError(
            subject,
            f"is verify_full, but {vendor.name} has a private CA, and a Workers VPC service trusts only public CAs and "
            "Cloudflare's Origin CA",
            _OTHER_MODES,
        )
    return mode.value


def resolve_service_address(host: str, resolver_ips: Sequence[str] | None, *, subject: str) -> ServiceAddress:
    """Returns the address of the database for a Workers VPC service.

    Raises:
        ValidationError: A resolver is invalid, or the host is an IP address and needs no resolver.
    """
    if is_ip_address(host):
        if resolver_ips is not None:
            raise ValidationError(
                f"{subject}.resolver_ips",
                "cannot be combined with an IP address as the host, which needs no resolver",
                "Omit `resolver_ips`, or set a host name.",
            )
        return {"ipv4": host} if ipaddress.ip_address(host).version == 4 else {"ipv6": host}
    if resolver_ips is None:
        return {"hostname": host}
    return {"hostname": host, "resolver_ips": validate_resolvers(resolver_ips, subject=f"{subject}.resolver_ips")}


def validate_resolvers(resolver_ips: Sequence[str], *, subject: str) -> list[str]:
    """Returns the DNS servers as a list. Raises `ValidationError` for an empty list or an invalid IP address."""
    if not resolver_ips:
        raise ValidationError(
            subject,
            "must have at least one IP address",
            "Set the IP address of a DNS server, or omit `resolver_ips` to use the resolver of the connector's system.",
        )
    for address in resolver_ips:
        if not is_ip_address(address):
            raise ValidationError(
                subject, f"contains {address}, which is not an IP address", "Set only IP addresses of DNS servers."
            )
    return list(resolver_ips)


def render_service_host(address_parts: ServiceAddress, tunnel_id: str) -> "ConnectivityDirectoryServiceHostArgsDict":
    """Returns the `host` input of a Workers VPC service: the address of the database, and the tunnel to it."""
    if "hostname" not in address_parts:
        address: ConnectivityDirectoryServiceHostArgsDict = {"network": {"tunnel_id": tunnel_id}}
        if "ipv4" in address_parts:
            address["ipv4"] = address_parts["ipv4"]
        else:
            address["ipv6"] = address_parts["ipv6"]
        return address
    if "resolver_ips" not in address_parts:
        return {"hostname": address_parts["hostname"], "resolver_network": {"tunnel_id": tunnel_id}}
    return {
        "hostname": address_parts["hostname"],
        "resolver_network": {"tunnel_id": tunnel_id, "resolver_ips": address_parts["resolver_ips"]},
    }


def render_ingress_target(host: str, port: int) -> str:
    """Returns the target of a tunnel's ingress rule, with an IPv6 address in brackets."""
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def validate_hostname(hostname: str, *, subject: str) -> str:
    """Returns the host name unchanged. Raises `ValidationError` for a name without the form of a name below a zone."""
    if not re.fullmatch(rf"({_LABEL}\.){{2,}}[a-z]([a-z0-9-]*[a-z0-9])?", hostname) or (
        len(hostname) > 253 or is_in_zone_of_cloudflare(hostname)
    ):
        raise ValidationError(
            subject,
            "must be a full host name below one of your zones"
            + (f", got {hostname}" if re.fullmatch(r"[\w.*-]{1,253}", hostname) else ""),
            "Set a name in lower case such as `db.example.com`, without scheme and port, that no DNS record uses.",
        )
    return hostname


def reject_own_host(hostname: str, host: str | None, *, subject: str) -> str:
    """Returns the host name of the tunnel.

    Raises `ValidationError` if the host name of the tunnel is the host of the database.
    """
    if host and hostname == host.lower():
        raise ValidationError(
            subject,
            "is the host of the database; the connector would connect to its own tunnel",
            "Set a host name that no DNS record uses.",
        )
    return hostname


def validate_tunnel_tls(sslmode: str | None, host: str | None, *, subject: str) -> None:
    """Raises `ValidationError` for `verify-full` if the vendor's certificates cannot contain the tunnel's host name."""
    vendor = vendor_of(host) if host else None
    if sslmode == "verify-full" and vendor is not None:
        raise ValidationError(
            subject,
            f"is verify-full, but Hyperdrive connects to the tunnel's host name, and certificates of {vendor.name} "
            f"contain only hosts of {vendor.name}",
            "Set `verify-ca`.",
        )
