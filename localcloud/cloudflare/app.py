"""The application of the emulator, with its table of resources."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from localcloud.cloudflare import (
    access_apps,
    access_policies,
    access_service_tokens,
    account,
    analytics,
    assets,
    connectivity,
    control,
    d1_databases,
    dns_records,
    domains,
    durable_object_namespaces,
    hyperdrive,
    kv,
    kv_bulk,
    mtls_certificates,
    pages_assets,
    pages_deployments,
    pages_domains,
    pages_projects,
    queue_consumers,
    queues,
    r2_buckets,
    routes,
    schedules,
    script_content,
    script_deployments,
    script_secrets,
    script_settings,
    script_versions,
    scripts,
    secrets_store,
    subdomains,
    tunnel_configurations,
    tunnels,
    worker_objects,
    worker_versions,
    workflows,
    zones,
)
from localcloud.cloudflare.authorization import OPEN_PATHS, ApiBearerMiddleware, unauthorized
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import (
    ApiError,
    error_response,
    fault_response,
    handle_api_error,
    handle_crash,
    handle_http_exception,
)
from localcloud.cloudflare.undeclared import UndeclaredMiddleware
from localcloud.emulation.app import VendorApi, create
from localcloud.emulation.request_body import MAX_BODY_BYTES

RESOURCES: list[BaseRoute] = [
    *account.ENDPOINTS,
    *zones.ENDPOINTS,
    *hyperdrive.ENDPOINTS,
    *scripts.ENDPOINTS,
    *script_content.ENDPOINTS,
    *script_settings.ENDPOINTS,
    *script_secrets.ENDPOINTS,
    *script_versions.ENDPOINTS,
    *script_deployments.ENDPOINTS,
    *worker_objects.ENDPOINTS,
    *worker_versions.ENDPOINTS,
    *durable_object_namespaces.ENDPOINTS,
    *assets.ENDPOINTS,
    *subdomains.ENDPOINTS,
    *schedules.ENDPOINTS,
    *routes.ENDPOINTS,
    *domains.ENDPOINTS,
    *kv.ENDPOINTS,
    *kv_bulk.ENDPOINTS,
    *r2_buckets.ENDPOINTS,
    *d1_databases.ENDPOINTS,
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
    *queues.ENDPOINTS,
    *queue_consumers.ENDPOINTS,
    *workflows.ENDPOINTS,
    *analytics.ENDPOINTS,
]


def create_app(cloud: Cloud) -> Starlette:
    return create(
        cloud,
        VendorApi(
            base_path="/client/v4",
            routes=RESOURCES,
            control_routes=control.ENDPOINTS,
            authorization=Middleware(
                ApiBearerMiddleware,
                key=cloud.settings.api_token,
                unauthorized_response=unauthorized,
                open_paths=OPEN_PATHS,
            ),
            errors={ApiError: handle_api_error, HTTPException: handle_http_exception, Exception: handle_crash},
            too_large=error_response(413, 10027, f"The body must have at most {MAX_BODY_BYTES} bytes"),
            fault_response=fault_response,
            extra_middleware=[Middleware(UndeclaredMiddleware, undeclared=cloud.undeclared)],
        ),
    )
