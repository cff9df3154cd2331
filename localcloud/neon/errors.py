"""The format of every error: `code`, `message`, `request_id`."""

import uuid
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from localcloud.emulation.faults import Fault

LOCKED = 423
# Neon's message, which clients match.
LOCKED_MESSAGE = "project already has running conflicting operations, scheduling of new ones is prohibited"


class ApiError(Exception):
    """An error response, with status 400 or above. ``message`` never contains a secret.

    ``code`` is any string. The API's document has no list of codes.
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
    """Returns an error. Its id is from the header `X-Request-ID` of the request's ``scope``, if the client sent one."""
    sent = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1") if scope else ""
    body = {"request_id": sent or str(uuid.uuid4()), "code": code, "message": message}
    return JSONResponse(body, status, headers)


async def handle_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error.status, error.message, error.code, scope=request.scope)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Returns 404 and 405 of the routing table."""
    assert isinstance(error, HTTPException)
    message = f"the local cloud has no {request.method} {request.url.path}"
    return error_response(error.status_code, message, scope=request.scope)


async def handle_crash(request: Request, error: Exception) -> Response:
    message = f"internal server error: {type(error).__name__}; see the log of the emulator"
    return error_response(500, message, scope=request.scope)


def fault_response(fault: Fault) -> Response:
    assert fault.status is not None
    return error_response(fault.status, fault.message, str(fault.code or ""), headers=fault.headers)
