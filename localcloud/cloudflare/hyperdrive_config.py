"""Validation of Hyperdrive configurations, and the changes by POST, PUT and PATCH.

Source: the API's OpenAPI description, github.com/cloudflare/api-schemas, and
https://developers.cloudflare.com/hyperdrive/platform/limits/ (both October 2026).
"""

from collections.abc import Collection
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.settings import DEFAULT_CONNECTIONS, Settings

INVALID = 2007

SCHEMES = ("postgres", "postgresql", "mysql")
SSL_MODES = ("require", "verify-ca", "verify-full")
# The limits page has 63 for both, but Prisma creates user names of 64 bytes, and Cloudflare documents its databases.
LONGEST_NAME_BYTES = {"database": 63, "user": 64}
MIN_CONNECTIONS = 5
MAX_MAX_AGE_SECONDS = 3600

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
    """The configuration is invalid."""

    def __init__(self, message: str) -> None:
        super().__init__(400, INVALID, message)


def create_config(body: Json, settings: Settings) -> Json:
    """Returns the content of a new configuration. Raises ``Invalid``."""
    return _validate(
        body.get("name"),
        body.get("origin"),
        body.get("caching") or CACHING_DEFAULT,
        body.get("mtls") or {},
        _or(body.get("origin_connection_limit"), DEFAULT_CONNECTIONS[settings.plan]),
        settings,
    )


def replace_config(before: Json, body: Json, settings: Settings) -> Json:
    """Returns the content after a PUT.

    Name and the complete origin are required. Omitted caching is reset. Omitted mtls and limit are kept. An explicit
    null resets them, which is an assumption, because only the omission is documented.
    """
    return create_config({**_keep_fields(before, ("mtls", "origin_connection_limit")), **body}, settings)


def patch_config(before: Json, body: Json, settings: Settings) -> Json:
    """Returns the content after a PATCH, which keeps omitted fields.

    One field of a network route replaces the route.
    """
    changes = {key: value for key, value in body.items() if value is not None}
    origin = changes.get("origin", {})
    if not isinstance(origin, dict):
        raise Invalid("`origin` must be an object.")
    stays = CREDENTIALS if set(origin) & set(ROUTE_FIELDS) else (*CREDENTIALS, *ROUTE_FIELDS)
    merged = {**before, **changes, "origin": {**_keep_fields(before["origin"], stays), **origin}}
    for part in ("caching", "mtls"):
        if isinstance(changes.get(part), dict):
            merged[part] = {**before[part], **changes[part]}
    return create_config(merged, settings)


def redact_config(content: Json) -> Json:
    """Returns the content without its secrets."""
    origin = {key: value for key, value in content["origin"].items() if key not in SECRETS}
    return {**content, "origin": origin}


def _validate(name: Any, origin: Any, caching: Any, mtls: Any, limit: Any, settings: Settings) -> Json:
    if not isinstance(name, str) or not name:
        raise Invalid("`name` is mandatory.")
    checked = _origin(origin)
    return {
        "name": name,
        "origin": checked,
        "caching": _caching(caching),
        "mtls": _mtls(mtls, has_service_id="service_id" in checked),
        "origin_connection_limit": _limit(limit, settings),
    }


def _origin(value: Any) -> Json:
    if not isinstance(value, dict):
        raise Invalid("`origin` is mandatory.")
    origin = {key: each for key, each in value.items() if each is not None}
    for field in CREDENTIALS:
        if not isinstance(origin.get(field), str) or not origin[field]:
            raise Invalid(f"`origin.{field}` is mandatory.")
    if origin["scheme"].lower() not in SCHEMES:
        raise Invalid(f"`origin.scheme` must be one of {', '.join(SCHEMES)}, got '{origin['scheme']}'.")
    for field, most in LONGEST_NAME_BYTES.items():
        if len(origin[field].encode()) > most:
            raise Invalid(f"`origin.{field}` must have at most {most} bytes.")
    route_fields = tuple(field for field in ROUTE_FIELDS if field in origin)
    if not any(set(route_fields) == set(fields) for fields in ROUTES.values()):
        alternatives = "; ".join(" and ".join(fields) for fields in ROUTES.values())
        raise Invalid(f"`origin` has {_join(route_fields)}. Give one of: {alternatives}.")
    for field in set(route_fields) - {"port"}:
        if not isinstance(origin[field], str) or not origin[field]:
            raise Invalid(f"`origin.{field}` must be a string.")
    if "port" in origin and not _is_between(origin["port"], 1, 65535):
        raise Invalid(f"`origin.port` must be an integer from 1 to 65535, got {origin['port']!r}.")
    return origin


def _caching(value: Any) -> Json:
    """Validates caching. If it is disabled, the two ages are removed."""
    if not isinstance(value, dict):
        raise Invalid("`caching` must be an object.")
    disabled = value.get("disabled") or False
    if not isinstance(disabled, bool):
        raise Invalid("`caching.disabled` must be true or false.")
    if disabled:
        return {"disabled": True}
    ages = {key: value[key] for key in ("max_age", "stale_while_revalidate") if value.get(key) is not None}
    if "max_age" in ages and not _is_between(ages["max_age"], 0, MAX_MAX_AGE_SECONDS):
        raise Invalid(f"`caching.max_age` must be at most {MAX_MAX_AGE_SECONDS} seconds, got {ages['max_age']!r}.")
    if "stale_while_revalidate" in ages and not _is_between(ages["stale_while_revalidate"], 0, None):
        raise Invalid(
            f"`caching.stale_while_revalidate` must be a number of seconds, got {ages['stale_while_revalidate']!r}."
        )
    return {"disabled": False, **ages}


def _mtls(value: Any, *, has_service_id: bool) -> Json:
    if not isinstance(value, dict):
        raise Invalid("`mtls` must be an object.")
    mtls = {key: each for key, each in value.items() if each is not None}
    if mtls and has_service_id:
        raise Invalid("mtls cannot be used with service_id.")
    mode = mtls.get("sslmode", "require")
    if mode not in SSL_MODES:
        raise Invalid(f"`mtls.sslmode` must be one of {', '.join(SSL_MODES)}, got '{mode}'.")
    if mode != "require" and "ca_certificate_id" not in mtls:
        raise Invalid(f"`mtls.sslmode` is '{mode}', which needs `mtls.ca_certificate_id`.")
    if mode == "require" and "ca_certificate_id" in mtls:
        raise Invalid("`mtls.ca_certificate_id` needs `mtls.sslmode` verify-ca or verify-full.")
    return mtls


def _limit(value: Any, settings: Settings) -> int:
    if not _is_between(value, MIN_CONNECTIONS, settings.connection_ceiling):
        raise Invalid(
            f"`origin_connection_limit` must be an integer from {MIN_CONNECTIONS} to {settings.connection_ceiling} on "
            f"this plan, got {value!r}."
        )
    return int(value)


def _keep_fields(before: Json, fields: Collection[str]) -> Json:
    return {field: before[field] for field in fields if field in before}


def _is_between(value: Any, least: int, most: int | None) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return value >= least and (most is None or value <= most)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _join(fields: Collection[str]) -> str:
    return ", ".join(fields) if fields else "no address"
