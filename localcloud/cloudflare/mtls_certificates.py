"""Uploaded certificates for Hyperdrive and Workers: `accounts/{account}/mtls_certificates`.

There is no update. A private key is never shown, and a certificate that a Hyperdrive configuration uses cannot be
deleted. Source of 1471, 1472 and the message for a certificate in use: alchemy-run/distilled (October 2026). The code
of the latter is not known.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare import certificate_upload
from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok, page
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record, Records

KIND = "mtls_certificates"
USES = ("ca_certificate_id", "mtls_certificate_id")
"""Fields of a Hyperdrive configuration's `mtls` that refer to certificates."""

ALREADY_EXISTS = 1471
NOT_FOUND = 1472
IN_USE = 1473


async def upload(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    content = certificate_upload.parse_upload(await json_object(request))
    _reject_duplicate(cloud.store, account, content)
    uploaded_on = now()
    certificate = {"id": new_uuid(), **content, "uploaded_on": uploaded_on}
    cloud.store.put(KIND, account, certificate["id"], certificate)
    return ok({**view(certificate), "updated_at": uploaded_on})


async def show(request: Request) -> Response:
    return ok(view(_get_or_404(Cloud.of(request).store, request)))


async def index(request: Request) -> Response:
    return page([view(each) for each in Cloud.of(request).store.owned(KIND, account_of(request))], request)


async def remove(request: Request) -> Response:
    cloud, account = Cloud.of(request), account_of(request)
    certificate = _get_or_404(cloud.store, request)
    for config in cloud.store.owned("hyperdrive", account):
        if certificate["id"] in (config["mtls"].get(field) for field in USES):
            raise ApiError(
                400,
                IN_USE,
                f"Certificate cannot be deleted while in use. The Hyperdrive configuration '{config['name']}' uses it.",
            )
    cloud.store.delete(KIND, account, certificate["id"])
    return ok(view(certificate))


def view(certificate: Record) -> Json:
    return {key: value for key, value in certificate.items() if key != "private_key"}


def _reject_duplicate(records: Records, account: str, content: Json) -> None:
    """Rejects duplicate names and certificates. The API only reports "already exists", so this is an assumption."""
    for each in records.owned(KIND, account):
        if content.get("name") and each.get("name") == content["name"]:
            raise ApiError(400, ALREADY_EXISTS, f"A certificate named '{content['name']}' already exists.")
        if each["certificates"].strip() == content["certificates"].strip():
            raise ApiError(400, ALREADY_EXISTS, f"The certificate already exists: '{each['id']}'.")


def _get_or_404(records: Records, request: Request) -> Record:
    certificate = records.get(KIND, account_of(request), request.path_params["certificate_id"])
    if certificate is None:
        raise ApiError(404, NOT_FOUND, "Certificate not found.")
    return certificate


CERTIFICATES = "/accounts/{account_id}/mtls_certificates"
ENDPOINTS = [
    Route(CERTIFICATES, index, methods=["GET"]),
    Route(CERTIFICATES, upload, methods=["POST"]),
    Route(CERTIFICATES + "/{certificate_id}", show, methods=["GET"]),
    Route(CERTIFICATES + "/{certificate_id}", remove, methods=["DELETE"]),
]
