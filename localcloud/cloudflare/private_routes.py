"""Where a Hyperdrive origin without a public address leads, and whether the way there is open.

Two ways: a VPC service, or a host name that a tunnel serves behind an Access application. Each has parts that have to
be there before the database is dialled, and an origin whose way lacks one is refused, with 2010 ("unreachable") where
https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ has no code of its own (November 2026).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from localcloud.cloudflare import access, ingress
from localcloud.cloudflare.dialing import BAD_HOSTNAME, UNREACHABLE, DialError
from localcloud.cloudflare.hyperdrive_config import Invalid
from localcloud.cloudflare.settings import TunnelStatus
from localcloud.emulation.store import Record, Records

TUNNEL_DOMAIN = ".cfargotunnel.com"
DEFAULT_PORT = 5432
SSL_MODES = {"verify_full": "verify-full", "verify_ca": "verify-ca", "disabled": "require"}
"""Of a VPC service's verification modes. That of a service without one is `verify_full`."""


@dataclass(frozen=True)
class Target:
    """What the connector of a tunnel dials."""

    host: str
    port: int
    sslmode: str | None = None
    """What a VPC service asks for; None where the Hyperdrive configuration does."""


def is_private(origin: Record) -> bool:
    return "port" not in origin


def target(records: Records, account: str, origin: Record) -> Target:
    """Raises ``ApiError`` with the first part of the way that is not there."""
    if "service_id" in origin:
        return _of_service(records, account, origin["service_id"])
    return _of_host(records, account, origin)


def tunnel_id_of(service: Record) -> str:
    """The tunnel that a VPC service goes through."""
    host = service["host"]
    network: Record = host["resolver_network"] if "hostname" in host else host["network"]
    return str(network["tunnel_id"])


def _of_service(records: Records, account: str, service_id: str) -> Target:
    service = records.get("connectivity_services", account, service_id)
    if service is None:
        raise Invalid(f"`origin.service_id` '{service_id}' was not found.")
    if service["type"] != "tcp" or service.get("app_protocol") == "mysql":
        raise _closed(f"VPC service '{service['name']}' is not one of type tcp for postgresql.")
    _refuse_unconnected(records, account, tunnel_id_of(service))
    host = service["host"]
    place = host.get("hostname") or host.get("ipv4") or host["ipv6"]
    mode = service.get("tls_settings", {}).get("cert_verification_mode", "verify_full")
    return Target(place, service.get("tcp_port", DEFAULT_PORT), SSL_MODES[mode])


def _of_host(records: Records, account: str, origin: Record) -> Target:
    host = origin["host"].lower()
    tunnel = _refuse_unconnected(records, account, _tunnel_behind(records, host))
    url = urlsplit(_service_of(records, account, tunnel, host) or "")
    if url.scheme != "tcp" or not url.hostname:
        raise _closed(
            f"tunnel '{tunnel['name']}' has no ingress rule that leads '{host}' to a service tcp://host:port."
        )
    _refuse_locked_out(records, host, origin)
    return Target(url.hostname, url.port or DEFAULT_PORT)


def _service_of(records: Records, account: str, tunnel: Record, host: str) -> str | None:
    configuration = records.get("tunnel_configurations", account, tunnel["id"])
    # A locally managed tunnel takes its rules from a file beside its connector: nothing is known of them.
    if configuration is None or tunnel["config_src"] != "cloudflare":
        return None
    return ingress.service_for(configuration["config"], host)


def _tunnel_behind(records: Records, host: str) -> str:
    for _, record in records.every("dns_records"):
        leads_to_tunnel = record["type"] == "CNAME" and record["content"].endswith(TUNNEL_DOMAIN)
        if record["name"] == host and leads_to_tunnel and record["proxied"]:
            return str(record["content"]).removesuffix(TUNNEL_DOMAIN)
    raise DialError(
        BAD_HOSTNAME,
        f"Bad hostname. '{host}' could not be resolved: there is no proxied CNAME record of it to a tunnel.",
    )


def _refuse_unconnected(records: Records, account: str, tunnel_id: str) -> Record:
    tunnel = records.get("tunnels", account, tunnel_id)
    if tunnel is None:
        raise _closed(f"tunnel '{tunnel_id}' does not exist.")
    if not TunnelStatus(tunnel["status"]).is_connected:
        raise _closed(f"tunnel '{tunnel['name']}' is {tunnel['status']}: no connector runs.")
    return tunnel


def _refuse_locked_out(records: Records, host: str, origin: Record) -> None:
    """A host without an application is refused too: its token would open nothing, and everybody could dial it."""
    applications = [
        application
        for _, application in records.every(access.APPLICATIONS)
        if any(ingress.meets(pattern, host) for pattern in access.hosts_of(application))
    ]
    if not applications:
        raise _closed(f"no Access application stands in front of '{host}'.")
    token = next(
        (each for _, each in records.every(access.TOKENS) if each["client_id"] == origin["access_client_id"]), None
    )
    if token is None or not access.is_good(token, origin["access_client_secret"]):
        raise _closed("the Access service token is unknown, has another secret, is disabled or has expired.")
    # The most exact name decides, as it does for Access itself.
    application = max(applications, key=lambda each: host in access.hosts_of(each))
    if not any(_admits(policy, token) for policy in access.policies_of(records, application)):
        raise _closed(
            f"no policy of the Access application '{application['name']}' lets the service token in. Give it one of "
            "the decision non_identity that includes the token."
        )


def _admits(policy: Record, token: Record) -> bool:
    """The rules that service tokens can meet. What another rule asks for, a token does not have."""

    def meets(rule: Record) -> bool:
        is_everyone = "everyone" in rule or "any_valid_service_token" in rule
        return is_everyone or (rule.get("service_token") or {}).get("token_id") == token["id"]

    if policy["decision"] not in ("non_identity", "bypass") or token["id"] in access.token_ids(policy, "exclude"):
        return False
    return any(map(meets, policy["include"])) and all(map(meets, policy["require"]))


def _closed(reason: str) -> DialError:
    return DialError(UNREACHABLE, f"Cannot connect: {reason}")
