"""The form of every refusal: `code`, `message`, `request_id`."""

import uuid
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from localcloud.emulation.faults import Fault

LOCKED = 423
# What Neon says: clients match it.
LOCKED_MESSAGE = "project already has running conflicting operations, scheduling of new ones is prohibited"


class ApiError(Exception):
    """An answer of 400 and above. ``message`` never holds a secret.

    ``code`` is free text; the API's document gives no list of them.
    """

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


def not_found(noun: str) -> ApiError:
    return ApiError(404, f"{noun} not found")


def error_response(
    status: int,
    message: str,
    code: str = "",
    *,
    scope: Scope | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """``scope`` is the request's: a client may name its request by the header `X-Request-ID`."""
    sent = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1") if scope else ""
    body = {"request_id": sent or str(uuid.uuid4()), "code": code, "message": message}
    return JSONResponse(body, status, headers)


async def handle_api_error(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, ApiError)
    return error_response(refused.status, refused.message, refused.code, scope=request.scope)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """404 and 405 of the table of endpoints."""
    assert isinstance(error, HTTPException)
    message = f"the local cloud has no {request.method} {request.url.path}"
    return error_response(error.status_code, message, scope=request.scope)


async def handle_crash(request: Request, error: Exception) -> Response:
    message = f"internal server error: {type(error).__name__}; the emulator's log tells more"
    return error_response(500, message, scope=request.scope)


def fault_response(fault: Fault) -> Response:
    assert fault.status is not None
    return error_response(fault.status, fault.message, str(fault.code or ""), headers=fault.headers)
