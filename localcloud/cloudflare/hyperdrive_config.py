"""What a Hyperdrive configuration may hold: rules, and the ways a request changes one. Nothing here is stored.

Source: the API's OpenAPI description, github.com/cloudflare/api-schemas, and
https://developers.cloudflare.com/hyperdrive/platform/limits/ (both October 2026).
"""

from collections.abc import Collection
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.settings import HyperdriveLimits

INVALID = 2007

SCHEMES = ("postgres", "postgresql", "mysql")
SSL_MODES = ("require", "verify-ca", "verify-full")
# The limits page says 63 of both; the users that Prisma makes have 64, and Cloudflare documents Prisma's databases.
LONGEST_NAME_BYTES = {"database": 63, "user": 64}
LEAST_CONNECTIONS = 5
LARGEST_MAX_AGE_SECONDS = 3600

CREDENTIALS = ("database", "user", "password", "scheme")
ROUTES = {
    "public": ("host", "port"),
    "access": ("host", "access_client_id", "access_client_secret"),
    "vpc": ("service_id",),
}
ROUTE_FIELDS = ("host", "port", "access_client_id", "access_client_secret", "service_id")
SECRETS = ("password", "access_client_secret")

CACHING_DEFAULT: Json = {"disabled": False}


class Invalid(ApiError):
    def __init__(self, message: str) -> None:
        super().__init__(400, INVALID, message)


def created(body: Json, limits: HyperdriveLimits) -> Json:
    """The content of a new configuration."""
    return _checked(
        body.get("name"),
        body.get("origin"),
        body.get("caching") or CACHING_DEFAULT,
        body.get("mtls") or {},
        _or(body.get("origin_connection_limit"), limits.default_connections),
        limits,
    )


def replaced(before: Json, body: Json, limits: HyperdriveLimits) -> Json:
    """After a PUT: name and whole origin are mandatory; omitted caching is reset, omitted mtls and limit stay.

    That an explicit null clears mtls and the limit is an assumption: only the omission is documented.
    """
    return created({**_kept(before, ("mtls", "origin_connection_limit")), **body}, limits)


def patched(before: Json, body: Json, limits: HyperdriveLimits) -> Json:
    """After a PATCH: what is omitted stays. A part of a route replaces the route."""
    changes = {key: value for key, value in body.items() if value is not None}
    origin = changes.get("origin", {})
    if not isinstance(origin, dict):
        raise Invalid("`origin` is an object.")
    stays = CREDENTIALS if set(origin) & set(ROUTE_FIELDS) else (*CREDENTIALS, *ROUTE_FIELDS)
    merged = {**before, **changes, "origin": {**_kept(before["origin"], stays), **origin}}
    for part in ("caching", "mtls"):
        if isinstance(changes.get(part), dict):
            merged[part] = {**before[part], **changes[part]}
    return created(merged, limits)


def shown(content: Json) -> Json:
    """The content without what is secret in it."""
    origin = {key: value for key, value in content["origin"].items() if key not in SECRETS}
    return {**content, "origin": origin}


def _checked(name: Any, origin: Any, caching: Any, mtls: Any, limit: Any, limits: HyperdriveLimits) -> Json:
    if not isinstance(name, str) or not name:
        raise Invalid("`name` is mandatory.")
    checked = _origin(origin)
    return {
        "name": name,
        "origin": checked,
        "caching": _caching(caching),
        "mtls": _mtls(mtls, behind_service="service_id" in checked),
        "origin_connection_limit": _limit(limit, limits),
    }


def _origin(stated: Any) -> Json:
    if not isinstance(stated, dict):
        raise Invalid("`origin` is mandatory.")
    origin = {key: value for key, value in stated.items() if value is not None}
    for field in CREDENTIALS:
        if not isinstance(origin.get(field), str) or not origin[field]:
            raise Invalid(f"`origin.{field}` is mandatory.")
    if origin["scheme"].lower() not in SCHEMES:
        raise Invalid(f"`origin.scheme` is '{origin['scheme']}'; use one of {', '.join(SCHEMES)}.")
    for field, most in LONGEST_NAME_BYTES.items():
        if len(origin[field].encode()) > most:
            raise Invalid(f"`origin.{field}` is longer than {most} bytes.")
    given = tuple(field for field in ROUTE_FIELDS if field in origin)
    if not any(set(given) == set(fields) for fields in ROUTES.values()):
        ways = "; ".join(" and ".join(fields) for fields in ROUTES.values())
        raise Invalid(f"`origin` has {_listed(given)}. Give one of: {ways}.")
    for field in set(given) - {"port"}:
        if not isinstance(origin[field], str) or not origin[field]:
            raise Invalid(f"`origin.{field}` is a text.")
    if "port" in origin and not _is_between(origin["port"], 1, 65535):
        raise Invalid(f"`origin.port` is {origin['port']!r}; it is a whole number from 1 to 65535.")
    return origin


def _caching(stated: Any) -> Json:
    """With caching disabled the two ages are dropped."""
    if not isinstance(stated, dict):
        raise Invalid("`caching` is an object.")
    disabled = stated.get("disabled") or False
    if not isinstance(disabled, bool):
        raise Invalid("`caching.disabled` is true or false.")
    if disabled:
        return {"disabled": True}
    ages = {key: stated[key] for key in ("max_age", "stale_while_revalidate") if stated.get(key) is not None}
    if "max_age" in ages and not _is_between(ages["max_age"], 0, LARGEST_MAX_AGE_SECONDS):
        raise Invalid(f"`caching.max_age` is {ages['max_age']!r}; it is at most {LARGEST_MAX_AGE_SECONDS} seconds.")
    if "stale_while_revalidate" in ages and not _is_between(ages["stale_while_revalidate"], 0, None):
        raise Invalid(
            f"`caching.stale_while_revalidate` is {ages['stale_while_revalidate']!r}; it is a number of seconds."
        )
    return {"disabled": False, **ages}


def _mtls(stated: Any, *, behind_service: bool) -> Json:
    if not isinstance(stated, dict):
        raise Invalid("`mtls` is an object.")
    mtls = {key: value for key, value in stated.items() if value is not None}
    if mtls and behind_service:
        raise Invalid("mtls cannot be used with service_id.")
    mode = mtls.get("sslmode", "require")
    if mode not in SSL_MODES:
        raise Invalid(f"`mtls.sslmode` is '{mode}'; use one of {', '.join(SSL_MODES)}.")
    if mode != "require" and "ca_certificate_id" not in mtls:
        raise Invalid(f"`mtls.sslmode` is '{mode}', which needs `mtls.ca_certificate_id`.")
    if mode == "require" and "ca_certificate_id" in mtls:
        raise Invalid("`mtls.ca_certificate_id` needs `mtls.sslmode` verify-ca or verify-full.")
    return mtls


def _limit(stated: Any, limits: HyperdriveLimits) -> int:
    if not _is_between(stated, LEAST_CONNECTIONS, limits.connection_ceiling):
        raise Invalid(
            f"`origin_connection_limit` is {stated!r}; on this plan it is a whole number from {LEAST_CONNECTIONS} to "
            f"{limits.connection_ceiling}."
        )
    return int(stated)


def _kept(before: Json, fields: Collection[str]) -> Json:
    return {field: before[field] for field in fields if field in before}


def _is_between(value: Any, least: int, most: int | None) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return value >= least and (most is None or value <= most)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _listed(fields: Collection[str]) -> str:
    return ", ".join(fields) if fields else "no address"
