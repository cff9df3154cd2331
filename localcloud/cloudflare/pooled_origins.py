"""The origins of all Hyperdrive configurations that get a connection pool."""

from localcloud.cloudflare import private_routes
from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record, Records
from localcloud.gateway.origin import Caching, PooledOrigin, PoolTarget, Tls


def pooled_origins(records: Records) -> dict[str, PooledOrigin]:
    """Returns the origins by id of configuration."""
    found = {config["id"]: _origin(records, account, config) for account, config in records.every("hyperdrive")}
    return {config_id: origin for config_id, origin in found.items() if origin}


def _origin(records: Records, account: str, config: Record) -> PooledOrigin | None:
    """Returns the origin, or None if its network route is incomplete."""
    origin = config["origin"]
    try:
        target = _target(records, account, origin)
    except ApiError:
        return None
    tls = _tls(records, account, config["mtls"]) if target.sslmode is None else Tls(target.sslmode)
    pool_target = PoolTarget(
        target.host, target.port, origin["database"], origin["user"], tls, config.get("restarted_on")
    )
    limit, caching = config["origin_connection_limit"], _caching(config["caching"])
    return PooledOrigin(pool_target, origin["password"], limit, config["name"], caching)


def _target(records: Records, account: str, origin: Record) -> private_routes.Target:
    if private_routes.is_private(origin):
        return private_routes.target(records, account, origin)
    return private_routes.Target(origin["host"], origin["port"])


def _caching(caching: Record) -> Caching | None:
    if caching["disabled"]:
        return None
    ages = {key: caching[key] for key in ("max_age", "stale_while_revalidate") if key in caching}
    return Caching(**ages)


def _tls(records: Records, account: str, mtls: Record) -> Tls:
    ca_certificate, client = (
        records.get("mtls_certificates", account, mtls.get(field, "")) or {}
        for field in ("ca_certificate_id", "mtls_certificate_id")
    )
    return Tls(
        mtls.get("sslmode", "require"),
        ca_certificate.get("certificates"),
        client.get("certificates"),
        client.get("private_key"),
    )
