"""What a route to a private database takes, and what it refuses. Pure."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.address import validate_direct
from edge_postgres.origin.certificates import is_address
from edge_postgres.origin.hosts import vendor_of
from edge_postgres.origin.vendors import Certificate


class CertificateVerification(StrEnum):
    """How a Workers VPC service verifies the database's certificate; the connection is encrypted with each of them."""

    VERIFY_FULL = "verify_full"
    """The chain, up to a public authority or Cloudflare's Origin CA, and the host name."""
    VERIFY_CA = "verify_ca"
    """The chain alone."""
    DISABLED = "disabled"
    """Nothing: whoever answers at the address counts as the database."""


_OTHER_WAYS = (
    "State `certificate_verification`: `disabled` (encrypted, without proof of identity, within your own network) or "
    "`verify_ca`, of which Cloudflare's pages do not say whether it takes an authority of your own; or take the access "
    "tunnel, whose authority can be uploaded."
)


def reject_other_route(leaves: Iterable[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where an origin has a route already."""
    for leaf in ("service_id", "access_client_id", "access_client_secret"):
        if leaf in leaves:
            raise ValidationError(
                f"{subject}.{leaf}",
                "is a route already; two in a row lead nowhere",
                "Leave one of the routes out.",
            )


def reject_no_host(leaves: Iterable[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where an origin does not say what the connector dials."""
    if "host" not in leaves:
        raise ValidationError(
            f"{subject}.host", "is not given", "State the host that the connector dials in its network."
        )


def reject_certificates(leaves: Iterable[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where an origin has certificates that a Workers VPC service cannot take."""
    faults = {
        "ca_certificate_id": "a Workers VPC service trusts public authorities and Cloudflare's Origin CA only",
        "mtls_certificate_id": "a Workers VPC service shows no client certificate",
    }
    for leaf, fault in faults.items():
        if leaf in leaves:
            raise ValidationError(
                f"{subject}.{leaf}", f"cannot be used; {fault}", "Leave it out, or take the access tunnel."
            )


def validate_private(
    host: str, *, port: float | None, endpoint: str | None, reach: str | None, subject: str
) -> dict[str, Any]:
    """The address that a connector dials: the database itself, of which nobody said that it is public.

    A name that looks public is taken: many lead to private addresses within their network, those of RDS for one.
    """
    if reach == "public":
        raise ValidationError(
            f"{subject}.reach",
            "is public; Hyperdrive dials it by itself, and a route would leave that door open",
            "Leave the route out, or make the database private.",
        )
    address = validate_direct(host=host, port=5432 if port is None else port, endpoint=endpoint, subject=subject)
    if not 1 <= address["port"] <= 65535:
        raise ValidationError(f"{subject}.port", f"is {address['port']}", "Use a whole number from 1 to 65535.")
    return address


def validate_verification(mode: CertificateVerification, host: str | None, *, subject: str) -> str:
    """A mode that can succeed; one that cannot is not weakened in silence.

    https://developers.cloudflare.com/hyperdrive/configuration/connect-to-private-database-vpc/, read 2026-11-21.
    """
    if host is None or mode is not CertificateVerification.VERIFY_FULL:
        return mode.value
    if is_address(host):
        raise ValidationError(
            subject,
            "is verify_full for an address; certificates name hosts",
            "Give the database's host name, which the connector's network resolves. Or " + _lowered(_OTHER_WAYS),
        )
    vendor = vendor_of(host)
    if vendor is not None and vendor.certificate is Certificate.PRIVATE:
        raise ValidationError(
            subject,
            f"is verify_full; {vendor.name} signs with an authority of its own, and a Workers VPC service trusts "
            "public authorities and Cloudflare's Origin CA only",
            _OTHER_WAYS,
        )
    return mode.value


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def service_place(host: str, resolver_ips: Sequence[str] | None, *, subject: str) -> dict[str, Any]:
    """The part of a service's host that says where: ``ipv4``, ``ipv6`` or ``hostname``, and who resolves a name."""
    if is_address(host):
        if resolver_ips is not None:
            raise ValidationError(
                f"{subject}.resolver_ips", "stands beside an address", "Leave it out: nothing is resolved."
            )
        return {f"ipv{ipaddress.ip_address(host).version}": host}
    if resolver_ips is None:
        return {"hostname": host}
    return {"hostname": host, "resolver_ips": validate_resolvers(resolver_ips, subject=f"{subject}.resolver_ips")}


def validate_resolvers(resolver_ips: Sequence[str], *, subject: str) -> list[str]:
    """Addresses of DNS servers in the database's network; at least one."""
    if not resolver_ips:
        raise ValidationError(
            subject, "has no address", "Leave it out: then the connector asks its own system's resolver."
        )
    for address in resolver_ips:
        if not is_address(address):
            raise ValidationError(subject, f"has {address}, which is no IP address", "State addresses of DNS servers.")
    return list(resolver_ips)


def service_host(place: Mapping[str, Any], tunnel_id: str) -> dict[str, Any]:
    """The ``host`` of a service, as the API wants it."""
    if "hostname" not in place:
        return {**place, "network": {"tunnel_id": tunnel_id}}
    resolvers = {"resolver_ips": place["resolver_ips"]} if "resolver_ips" in place else {}
    return {"hostname": place["hostname"], "resolver_network": {"tunnel_id": tunnel_id, **resolvers}}


def ingress_service(host: str, port: int) -> str:
    """What an ingress rule of a tunnel leads to; an IPv6 address stands in brackets."""
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def validate_hostname(hostname: str, *, subject: str) -> str:
    """A full host name below a zone: ``db.example.com``."""
    if not re.fullmatch(rf"({_LABEL}\.){{2,}}[a-z]([a-z0-9-]*[a-z0-9])?", hostname) or len(hostname) > 253:
        raise ValidationError(
            subject,
            f"is {hostname}" if re.fullmatch(r"[\w.*-]{0,253}", hostname) else "is no host name",
            "Use a full name in lower case below one of the account's zones, `db.example.com`, without scheme and "
            "port; no database or website answers there yet.",
        )
    return hostname


def reject_own_host(hostname: str, host: str, *, subject: str) -> None:
    """Raises ``ValidationError`` where the tunnel's host name is the database's."""
    if hostname == host.lower():
        raise ValidationError(
            subject,
            "is the database's own host; the connector would dial the tunnel that it serves",
            "Use a name that nothing has yet.",
        )


def validate_tunnel_tls(sslmode: str | None, host: str | None, *, subject: str) -> None:
    """A TLS mode that can succeed behind a tunnel, where Hyperdrive knows the database by the tunnel's host name."""
    vendor = vendor_of(host) if host else None
    if sslmode == "verify-full" and vendor is not None:
        raise ValidationError(
            subject,
            f"is verify-full; Hyperdrive knows the database by the tunnel's host name, and a certificate of "
            f"{vendor.name} names hosts of {vendor.name}",
            "Say `verify-ca`.",
        )
