"""The form of every answer: `data`, lists with `pagination`, or `error`; and of what is sent."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localcloud.emulation.faults import Fault

Json = dict[str, Any]
Text = Annotated[str, Field(min_length=1)]
"""Of a body. One that may be left out is empty then."""

MAX_BODY_BYTES = 64 * 1024
"""Prisma has a cap and does not tell it."""
PAGE_SIZE = 25
LARGEST_PAGE_SIZE = 100
"""Neither does it tell these."""


class ApiError(Exception):
    """An answer of 400 and above. Words of it never hold a secret.

    Of the codes only `planLimitReached` and `rateLimitReached` are known from Prisma's own clients.
    """

    def __init__(self, status: int, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint


class Body(BaseModel):
    """What is sent. Keys may be left out and are never null; unknown ones are passed over."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True, validate_by_name=True)


B = TypeVar("B", bound=Body)


def data(value: Json, status: int = 200) -> JSONResponse:
    return JSONResponse({"data": value}, status)


def page(items: Sequence[Json], request: Request) -> JSONResponse:
    """The part of a list that follows `cursor`, an id, and is as long as `limit`."""
    size, after = _limit(request), request.query_params.get("cursor")
    if after:
        ids = [item["id"] for item in items]
        if after not in ids:
            raise ApiError(400, "invalidCursor", "`cursor` is none that a list gave.")
        items = items[ids.index(after) + 1 :]
    has_more = len(items) > size
    pagination = {"nextCursor": items[size - 1]["id"] if has_more else None, "hasMore": has_more}
    return JSONResponse({"data": list(items[:size]), "pagination": pagination})


def nothing() -> Response:
    return Response(status_code=204)


async def sent(request: Request, form: type[B], *, status: int = 400) -> B:
    """The body of a request. One that is invalid is refused with ``status``."""
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(413, "payloadTooLarge", f"The body is longer than {MAX_BODY_BYTES} bytes.")
    try:
        return form.model_validate_json(body or b"{}", by_name=False, by_alias=True)
    except ValidationError as error:
        # Without the input: who knows what it holds.
        faults = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()]
        raise ApiError(status, "validationFailed", "; ".join(faults)) from None


def error_response(
    status: int, code: str, message: str, hint: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    hinted = {} if hint is None else {"hint": hint}
    return JSONResponse({"error": {"code": code, "message": message, **hinted}}, status, headers)


async def handle_api_error(_: Request, refused: Exception) -> Response:
    assert isinstance(refused, ApiError)
    return error_response(refused.status, refused.code, refused.message, refused.hint)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """404 and 405 of the table of endpoints."""
    assert isinstance(error, HTTPException)
    message = f"The local cloud has no {request.method} {request.url.path}."
    return error_response(error.status_code, "routeNotFound", message)


async def handle_crash(_: Request, error: Exception) -> Response:
    return error_response(500, "internalServerError", f"{type(error).__name__}. The emulator's log tells more.")


def fault_response(fault: Fault) -> Response:
    assert fault.status is not None
    usual = "rateLimitReached" if fault.status == 429 else "internalServerError"
    return error_response(fault.status, str(fault.code or usual), fault.message, headers=fault.headers)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE_SIZE))
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE_SIZE:
        raise ApiError(400, "validationFailed", f"`limit` is a whole number from 1 to {LARGEST_PAGE_SIZE}.")
    return int(text)
