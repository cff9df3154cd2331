"""The format of all responses (`data`, lists with `pagination`, or `error`) and of request bodies."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localcloud.emulation.faults import Fault

Json = dict[str, Any]
NonEmptyString = Annotated[str, Field(min_length=1)]
"""A string in a body. The default of an optional one is empty."""

MAX_BODY_BYTES = 64 * 1024
"""Prisma's limit is not documented."""
PAGE_SIZE = 100
"""The default of `limit` in Prisma's OpenAPI document, which has no maximum (2026-09-17)."""


class ApiError(Exception):
    """An error response, with status 400 or above. Its strings never contain a secret.

    Only the codes `planLimitReached` and `rateLimitReached` are known from Prisma's clients.
    """

    def __init__(self, status: int, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint


class Body(BaseModel):
    """A request body. Keys may be omitted and must not be null. Unknown keys are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True, validate_by_name=True)


B = TypeVar("B", bound=Body)


def data(value: Json, status: int = 200) -> JSONResponse:
    return JSONResponse({"data": value}, status)


def page(items: Sequence[Json], request: Request) -> JSONResponse:
    """Returns at most `limit` elements of a list after `cursor`, which is an id."""
    size, after = limit_of(request), request.query_params.get("cursor")
    if after:
        ids = [item["id"] for item in items]
        if after not in ids:
            raise ApiError(400, "invalidCursor", "`cursor` must be a cursor of this list.")
        items = items[ids.index(after) + 1 :]
    has_more = len(items) > size
    pagination = {"nextCursor": items[size - 1]["id"] if has_more else None, "hasMore": has_more}
    return JSONResponse({"data": list(items[:size]), "pagination": pagination})


def no_content() -> Response:
    return Response(status_code=204)


async def sent(request: Request, form: type[B], *, status: int = 400) -> B:
    """Parses the body of a request. An invalid body is rejected with ``status``."""
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(413, "payloadTooLarge", f"The body must have at most {MAX_BODY_BYTES} bytes.")
    try:
        return form.model_validate_json(body or b"{}", by_name=False, by_alias=True)
    except ValidationError as error:
        # Without the input, which may contain secrets.
        faults = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()]
        raise ApiError(status, "validationFailed", "; ".join(faults)) from None


def error_response(
    status: int, code: str, message: str, hint: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    hinted = {} if hint is None else {"hint": hint}
    return JSONResponse({"error": {"code": code, "message": message, **hinted}}, status, headers)


async def handle_api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error.status, error.code, error.message, error.hint)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Returns 404 and 405 of the routing table."""
    assert isinstance(error, HTTPException)
    message = f"The local cloud has no {request.method} {request.url.path}."
    return error_response(error.status_code, "routeNotFound", message)


async def handle_crash(_: Request, error: Exception) -> Response:
    return error_response(500, "internalServerError", f"{type(error).__name__}. See the log of the emulator.")


def fault_response(fault: Fault) -> Response:
    assert fault.status is not None
    usual = "rateLimitReached" if fault.status == 429 else "internalServerError"
    return error_response(fault.status, str(fault.code or usual), fault.message, headers=fault.headers)


def limit_of(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE_SIZE))
    if not text.isdecimal() or int(text) < 1:
        raise ApiError(400, "validationFailed", "`limit` must be an integer of at least 1.")
    return int(text)
