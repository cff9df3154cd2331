"""What a route to a private database takes, and what it refuses. Pure."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from edge_postgres.core.errors import Refusal
from edge_postgres.origin.address import checked_direct
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


def refuse_other_route(subject: str, leaves: Iterable[str]) -> None:
    """Raises ``Refusal`` where an origin has a route already."""
    for leaf in ("service_id", "access_client_id", "access_client_secret"):
        if leaf in leaves:
            raise Refusal(
                f"{subject}.{leaf}",
                "is a route already; two in a row lead nowhere",
                "Leave one of the routes out.",
            )


def refuse_no_host(subject: str, leaves: Iterable[str]) -> None:
    """Raises ``Refusal`` where an origin does not say what the connector dials."""
    if "host" not in leaves:
        raise Refusal(f"{subject}.host", "is not given", "State the host that the connector dials in its network.")


def refuse_certificates(subject: str, leaves: Iterable[str]) -> None:
    """Raises ``Refusal`` where an origin has certificates that a Workers VPC service cannot take."""
    faults = {
        "ca_certificate_id": "a Workers VPC service trusts public authorities and Cloudflare's Origin CA only",
        "mtls_certificate_id": "a Workers VPC service shows no client certificate",
    }
    for leaf, fault in faults.items():
        if leaf in leaves:
            raise Refusal(f"{subject}.{leaf}", f"cannot be used; {fault}", "Leave it out, or take the access tunnel.")


def checked_private(
    subject: str, *, host: str, port: float | None, endpoint: str | None, reach: str | None
) -> dict[str, Any]:
    """The address that a connector dials: the database itself, of which nobody said that it is public.

    A name that looks public is taken: many lead to private addresses within their network, those of RDS for one.
    """
    if reach == "public":
        raise Refusal(
            f"{subject}.reach",
            "is public; Hyperdrive dials it by itself, and a route would leave that door open",
            "Leave the route out, or make the database private.",
        )
    address = checked_direct(subject, host=host, port=5432 if port is None else port, endpoint=endpoint)
    if not 1 <= address["port"] <= 65535:
        raise Refusal(f"{subject}.port", f"is {address['port']}", "Use a whole number from 1 to 65535.")
    return address


def checked_verification(subject: str, mode: CertificateVerification, host: str | None) -> str:
    """A mode that can succeed; one that cannot is not weakened in silence.

    https://developers.cloudflare.com/hyperdrive/configuration/connect-to-private-database-vpc/, read 2026-11-21.
    """
    if host is None or mode is not CertificateVerification.VERIFY_FULL:
        return mode.value
    if is_address(host):
        raise Refusal(
            subject,
            "is verify_full for an address; certificates name hosts",
            "Give the database's host name, which the connector's network resolves. Or " + _lowered(_OTHER_WAYS),
        )
    vendor = vendor_of(host)
    if vendor is not None and vendor.certificate is Certificate.PRIVATE:
        raise Refusal(
            subject,
            f"is verify_full; {vendor.name} signs with an authority of its own, and a Workers VPC service trusts "
            "public authorities and Cloudflare's Origin CA only",
            _OTHER_WAYS,
        )
    return mode.value


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def service_place(subject: str, host: str, resolver_ips: Sequence[str] | None) -> dict[str, Any]:
    """The part of a service's host that says where: ``ipv4``, ``ipv6`` or ``hostname``, and who resolves a name."""
    if is_address(host):
        if resolver_ips is not None:
            raise Refusal(f"{subject}.resolver_ips", "stands beside an address", "Leave it out: nothing is resolved.")
        return {f"ipv{ipaddress.ip_address(host).version}": host}
    if resolver_ips is None:
        return {"hostname": host}
    return {"hostname": host, "resolver_ips": checked_resolvers(f"{subject}.resolver_ips", resolver_ips)}


def checked_resolvers(subject: str, resolver_ips: Sequence[str]) -> list[str]:
    """Addresses of DNS servers in the database's network; at least one."""
    if not resolver_ips:
        raise Refusal(subject, "has no address", "Leave it out: then the connector asks its own system's resolver.")
    for address in resolver_ips:
        if not is_address(address):
            raise Refusal(subject, f"has {address}, which is no IP address", "State addresses of DNS servers.")
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


def checked_hostname(subject: str, hostname: str) -> str:
    """A full host name below a zone: ``db.example.com``."""
    if not re.fullmatch(rf"({_LABEL}\.){{2,}}[a-z]([a-z0-9-]*[a-z0-9])?", hostname) or len(hostname) > 253:
        raise Refusal(
            subject,
            f"is {hostname}" if re.fullmatch(r"[\w.*-]{0,253}", hostname) else "is no host name",
            "Use a full name in lower case below one of the account's zones, `db.example.com`, without scheme and "
            "port; no database or website answers there yet.",
        )
    return hostname


def refuse_own_host(subject: str, hostname: str, host: str) -> None:
    """Raises ``Refusal`` where the tunnel's host name is the database's."""
    if hostname == host.lower():
        raise Refusal(
            subject,
            "is the database's own host; the connector would dial the tunnel that it serves",
            "Use a name that nothing has yet.",
        )


def checked_zone_id(subject: str, zone_id: str) -> str:
    """The id of a zone."""
    if not re.fullmatch(r"[0-9a-f]{32}", zone_id):
        raise Refusal(
            subject, f"is {zone_id}; a zone id has 32 hexadecimal digits", "The zone's overview page shows it."
        )
    return zone_id


def checked_tunnel_tls(subject: str, sslmode: str | None, host: str | None) -> None:
    """A TLS mode that can succeed behind a tunnel, where Hyperdrive knows the database by the tunnel's host name."""
    vendor = vendor_of(host) if host else None
    if sslmode == "verify-full" and vendor is not None:
        raise Refusal(
            subject,
            f"is verify-full; Hyperdrive knows the database by the tunnel's host name, and a certificate of "
            f"{vendor.name} names hosts of {vendor.name}",
            "Say `verify-ca`.",
        )
