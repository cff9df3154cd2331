"""The application: its table of resources, and what is Cloudflare's own."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from localcloud.cloudflare import (
    access_apps,
    access_policies,
    access_service_tokens,
    account,
    assets,
    connectivity,
    control,
    dns_records,
    domains,
    hyperdrive,
    kv,
    mtls_certificates,
    pages_assets,
    pages_deployments,
    pages_domains,
    pages_projects,
    routes,
    schedules,
    script_deployments,
    scripts,
    secrets_store,
    subdomains,
    tunnel_configurations,
    tunnels,
    worker_objects,
    worker_versions,
    zones,
)
from localcloud.cloudflare.authorization import OPEN_PATHS, ApiBearerMiddleware, unauthorized
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import (
    Refused,
    answer_crash,
    answer_fault,
    answer_http_exception,
    answer_refused,
    refusal,
)
from localcloud.emulation.app import Vendor, create
from localcloud.emulation.request_log import LARGEST_BODY_BYTES

RESOURCES: list[BaseRoute] = [
    *account.ENDPOINTS,
    *zones.ENDPOINTS,
    *hyperdrive.ENDPOINTS,
    *scripts.ENDPOINTS,
    *script_deployments.ENDPOINTS,
    *worker_objects.ENDPOINTS,
    *worker_versions.ENDPOINTS,
    *assets.ENDPOINTS,
    *subdomains.ENDPOINTS,
    *schedules.ENDPOINTS,
    *routes.ENDPOINTS,
    *domains.ENDPOINTS,
    *kv.ENDPOINTS,
    *mtls_certificates.ENDPOINTS,
    *pages_projects.ENDPOINTS,
    *pages_domains.ENDPOINTS,
    *pages_assets.ENDPOINTS,
    *pages_deployments.ENDPOINTS,
    *secrets_store.ENDPOINTS,
    *tunnels.ENDPOINTS,
    *tunnel_configurations.ENDPOINTS,
    *dns_records.ENDPOINTS,
    *access_service_tokens.ENDPOINTS,
    *access_policies.ENDPOINTS,
    *access_apps.ENDPOINTS,
    *connectivity.ENDPOINTS,
]


def create_app(cloud: Cloud) -> Starlette:
    return create(
        cloud,
        Vendor(
            base_path="/client/v4",
            resources=RESOURCES,
            own=control.ENDPOINTS,
            authorization=Middleware(
                ApiBearerMiddleware, key=cloud.settings.api_token, refusal=unauthorized, open_paths=OPEN_PATHS
            ),
            errors={Refused: answer_refused, HTTPException: answer_http_exception, Exception: answer_crash},
            too_large=refusal(413, 10027, f"The body is longer than {LARGEST_BODY_BYTES} bytes"),
            fault=answer_fault,
        ),
    )
