"""The network routes of Hyperdrive origins without a public address.

A route is a VPC service, or a host name that a tunnel serves behind an Access application. All parts of the route must
exist before the database is tested. An origin with an incomplete route is rejected, with code 2010 ("unreachable") if
https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ has no special code (November 2026).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from localcloud.cloudflare import access, ingress
from localcloud.cloudflare.database_check import BAD_HOSTNAME, UNREACHABLE, DatabaseCheckError
from localcloud.cloudflare.hyperdrive_config import Invalid
from localcloud.cloudflare.settings import TunnelStatus
from localcloud.emulation.store import Record, Records

TUNNEL_DOMAIN = ".cfargotunnel.com"
DEFAULT_PORT = 5432
SSL_MODES = {"verify_full": "verify-full", "verify_ca": "verify-ca", "disabled": "require"}
"""SSL modes by verification mode of a VPC service. The default of a service is `verify_full`."""


@dataclass(frozen=True)
class Target:
    """The address to which the connector of a tunnel connects."""

    host: str
    port: int
    sslmode: str | None = None
    """SSL mode of a VPC service. None: the Hyperdrive configuration determines it."""


def is_private(origin: Record) -> bool:
    return "port" not in origin


def target(records: Records, account: str, origin: Record) -> Target:
    """Returns the target of an origin. Raises ``ApiError`` about the first missing part of the route."""
    if "service_id" in origin:
        return _of_service(records, account, origin["service_id"])
    return _of_host(records, account, origin)


def tunnel_id_of(service: Record) -> str:
    """Returns the id of the tunnel of a VPC service."""
    host = service["host"]
    network: Record = host["resolver_network"] if "hostname" in host else host["network"]
    return str(network["tunnel_id"])


def _of_service(records: Records, account: str, service_id: str) -> Target:
    service = records.get("connectivity_services", account, service_id)
    if service is None:
        raise Invalid(f"`origin.service_id` '{service_id}' was not found.")
    if service["type"] != "tcp" or service.get("app_protocol") == "mysql":
        raise _incomplete(f"VPC service '{service['name']}' must have type tcp and protocol postgresql.")
    _get_connected_tunnel(records, account, tunnel_id_of(service))
    host = service["host"]
    target_host = host.get("hostname") or host.get("ipv4") or host["ipv6"]
    mode = service.get("tls_settings", {}).get("cert_verification_mode", "verify_full")
    return Target(target_host, service.get("tcp_port", DEFAULT_PORT), SSL_MODES[mode])


def _of_host(records: Records, account: str, origin: Record) -> Target:
    host = origin["host"].lower()
    tunnel = _get_connected_tunnel(records, account, _tunnel_of_host(records, host))
    url = urlsplit(_service_of(records, account, tunnel, host) or "")
    if url.scheme != "tcp" or not url.hostname:
        raise _incomplete(f"tunnel '{tunnel['name']}' has no ingress rule from '{host}' to a service tcp://host:port.")
    _validate_access(records, host, origin)
    return Target(url.hostname, url.port or DEFAULT_PORT)


def _service_of(records: Records, account: str, tunnel: Record, host: str) -> str | None:
    configuration = records.get("tunnel_configurations", account, tunnel["id"])
    # A locally managed tunnel has its rules in a file of its connector, so that the API does not know them.
    if configuration is None or tunnel["config_src"] != "cloudflare":
        return None
    return ingress.service_for(configuration["config"], host)


def _tunnel_of_host(records: Records, host: str) -> str:
    for _, record in records.every("dns_records"):
        leads_to_tunnel = record["type"] == "CNAME" and record["content"].endswith(TUNNEL_DOMAIN)
        if record["name"] == host and leads_to_tunnel and record["proxied"]:
            return str(record["content"]).removesuffix(TUNNEL_DOMAIN)
    raise DatabaseCheckError(
        BAD_HOSTNAME,
        f"Bad hostname. '{host}' could not be resolved: it has no proxied CNAME record to a tunnel.",
    )


def _get_connected_tunnel(records: Records, account: str, tunnel_id: str) -> Record:
    tunnel = records.get("tunnels", account, tunnel_id)
    if tunnel is None:
        raise _incomplete(f"tunnel '{tunnel_id}' does not exist.")
    if not TunnelStatus(tunnel["status"]).is_connected:
        raise _incomplete(f"tunnel '{tunnel['name']}' is {tunnel['status']}: it has no running connector.")
    return tunnel


def _validate_access(records: Records, host: str, origin: Record) -> None:
    """Rejects an origin that Access does not admit.

    A host without an application would be public, and is rejected too.
    """
    applications = [
        application
        for _, application in records.every(access.APPLICATIONS)
        if any(ingress.matches(pattern, host) for pattern in access.hosts_of(application))
    ]
    if not applications:
        raise _incomplete(f"no Access application protects '{host}'.")
    token = next(
        (each for _, each in records.every(access.TOKENS) if each["client_id"] == origin["access_client_id"]), None
    )
    if token is None or not access.is_valid_secret(token, origin["access_client_secret"]):
        raise _incomplete("the Access service token is unknown, has another secret, is disabled or has expired.")
    # The most specific host name decides, as for Access.
    application = max(applications, key=lambda each: host in access.hosts_of(each))
    if not any(_admits(policy, token) for policy in access.policies_of(records, application)):
        raise _incomplete(
            f"no policy of the Access application '{application['name']}' admits the service token. Add a policy with "
            "the decision non_identity that includes the token."
        )


def _admits(policy: Record, token: Record) -> bool:
    """Whether a policy admits a token. Other rules than those for service tokens never match a token."""

    def matches(rule: Record) -> bool:
        is_everyone = "everyone" in rule or "any_valid_service_token" in rule
        return is_everyone or (rule.get("service_token") or {}).get("token_id") == token["id"]

    if policy["decision"] not in ("non_identity", "bypass") or token["id"] in access.token_ids(policy, "exclude"):
        return False
    return any(map(matches, policy["include"])) and all(map(matches, policy["require"]))


def _incomplete(reason: str) -> DatabaseCheckError:
    return DatabaseCheckError(UNREACHABLE, f"Cannot connect: {reason}")
