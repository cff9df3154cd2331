"""Hyperdrive configurations: `accounts/{account}/hyperdrive/configs`.

A configuration is stored only if the emulator can connect to its database. Passwords are never shown.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare import hyperdrive_config, private_routes
from localcloud.cloudflare.account_limits import reject_above_limit
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.database_check import Address, ClientCertificate, DatabaseCheck, Tls
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.cloudflare.hyperdrive_config import Invalid
from localcloud.cloudflare.mtls_certificates import KIND as CERTIFICATES
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.generated_values import new_id, now
from localcloud.emulation.store import Record, Records

KIND = "hyperdrive"
NOT_FOUND = 2006
NAME_TAKEN = 2017


async def create(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    content = hyperdrive_config.create_config(await json_object(request), cloud.settings)
    created_on = now()
    config = {"id": new_id(), **content, "created_on": created_on, "modified_on": created_on}
    await _store(cloud, account, config, before=None)
    return ok(view(config))


async def show(request: Request) -> Response:
    return ok(view(_get_or_404(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    return page([view(config) for config in Cloud.of(request).store.owned(KIND, account_of(request))], request)


async def replace(request: Request) -> Response:
    return await _change(request, hyperdrive_config.replace_config)


async def patch(request: Request) -> Response:
    return await _change(request, hyperdrive_config.patch_config)


async def remove(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    async with cloud.change() as draft:
        draft.delete(KIND, account, _get_or_404(draft, request)["id"])
    return ok(None)


async def restart(request: Request) -> Response:
    """Replaces the pool of a configuration by a new one, whose target differs in `restarted_on`."""
    async with Cloud.of(request).change() as draft:
        config = {**_get_or_404(draft, request), "restarted_on": now()}
        draft.put(KIND, account_of(request), config["id"], config)
    return ok(view(config))


def view(config: Record) -> Json:
    return hyperdrive_config.redact_config(config)


async def _change(request: Request, changed: Callable[[Json, Json, Settings], Json]) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    before = _get_or_404(cloud.store, request)
    content = changed(before, await json_object(request), cloud.settings)
    config = {**before, **content, "modified_on": now()}
    await _store(cloud, account, config, before)
    return ok(view(config))


async def _store(cloud: Cloud, account: str, config: Record, before: Record | None) -> None:
    """Tests the database, if the change can affect the connection, and stores the configuration."""
    _reject_conflict(cloud.store, cloud.settings, account, config)
    if before is None or any(before[part] != config[part] for part in ("origin", "mtls")):
        await _check_database(cloud, account, config)
    async with cloud.change() as draft:
        # another request may have created a conflict during the connection test
        _reject_conflict(draft, cloud.settings, account, config)
        if before is not None and draft.get(KIND, account, config["id"]) is None:
            raise _not_found(config["id"])
        draft.put(KIND, account, config["id"], config)


def _reject_conflict(records: Records, settings: Settings, account: str, config: Record) -> None:
    others = [each for each in records.owned(KIND, account) if each["id"] != config["id"]]
    if any(each["name"] == config["name"] for each in others):
        raise ApiError(400, NAME_TAKEN, "A Hyperdrive config with the given name already exists")
    reject_above_limit(settings, AccountResource.HYPERDRIVE_CONFIGURATIONS, len(others) + 1, hyperdrive_config.INVALID)


async def _check_database(cloud: Cloud, account: str, config: Record) -> None:
    settings, origin = cloud.settings, config["origin"]
    tls = _tls(cloud.store, account, config["mtls"])
    check = DatabaseCheck(settings.connect_timeout_seconds, settings.allow_loopback_origins, settings.store.parent)
    if not private_routes.is_private(origin):
        await check.run(origin, tls)
    elif not settings.trust_private_origins:
        target = private_routes.target(cloud.store, account, origin)
        # A VPC service has its own mode, and does not support certificates.
        tls = tls if target.sslmode is None else Tls(target.sslmode)
        await check.run(origin, tls, tunnel_target=Address(target.host, target.port))


def _tls(records: Records, account: str, mtls: Json) -> Tls:
    ca_certificate = _certificate(records, account, mtls, "ca_certificate_id", is_ca=True)
    client = _certificate(records, account, mtls, "mtls_certificate_id", is_ca=False)
    return Tls(
        mtls.get("sslmode", "require"),
        ca_certificate["certificates"] if ca_certificate else None,
        ClientCertificate(client["certificates"], client["private_key"]) if client else None,
    )


def _certificate(records: Records, account: str, mtls: Json, field: str, *, is_ca: bool) -> Record | None:
    if field not in mtls:
        return None
    certificate = records.get(CERTIFICATES, account, mtls[field])
    if certificate is None:
        raise Invalid(f"`mtls.{field}` '{mtls[field]}' was not found.")
    if certificate["ca"] != is_ca:
        raise Invalid(f"`mtls.{field}` '{mtls[field]}' was uploaded with `ca` {str(certificate['ca']).lower()}.")
    return certificate


def _get_or_404(records: Records, request: Request) -> Record:
    config_id = request.path_params["config_id"]
    config = records.get(KIND, account_of(request), config_id)
    if config is None:
        raise _not_found(config_id)
    return config


def _not_found(config_id: str) -> ApiError:
    return ApiError(404, NOT_FOUND, f"Hyperdrive config '{config_id}' was not found.")


CONFIGS = "/accounts/{account_id}/hyperdrive/configs"
ENDPOINTS = [
    Route(CONFIGS, index, methods=["GET"]),
    Route(CONFIGS, create, methods=["POST"]),
    Route(CONFIGS + "/{config_id}", show, methods=["GET"]),
    Route(CONFIGS + "/{config_id}", replace, methods=["PUT"]),
    Route(CONFIGS + "/{config_id}", patch, methods=["PATCH"]),
    Route(CONFIGS + "/{config_id}", remove, methods=["DELETE"]),
    Route(CONFIGS + "/{config_id}/restart", restart, methods=["POST"]),
]
