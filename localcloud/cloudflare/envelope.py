"""The format of every JSON response: `success`, `errors`, `messages`, `result`."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localcloud.emulation.faults import Fault
from localcloud.emulation.strict_json import parse_json

Json = dict[str, Any]
PAGE_SIZE = 20
MAX_PAGE_SIZE = 1000
MAX_DIGITS = 9


class ApiError(Exception):
    """An error response, with status 400 or above. ``message`` never contains a secret."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def ok(result: Any, *, messages: Sequence[Json] = ()) -> JSONResponse:
    return JSONResponse({"success": True, "errors": [], "messages": list(messages), "result": result})


def page(results: Sequence[Any], request: Request) -> JSONResponse:
    """Returns the page of a list that `page` and `per_page` select."""
    shown, information = slice_of(results, request)
    envelope = {"success": True, "errors": [], "messages": [], "result": shown, "result_info": information}
    return JSONResponse(envelope)


def slice_of(results: Sequence[Any], request: Request) -> tuple[list[Any], Json]:
    """Returns the part of a list that `page` and `per_page` select, and its `result_info`."""
    number, size = _number(request, "page", 1), min(_number(request, "per_page", PAGE_SIZE), MAX_PAGE_SIZE)
    shown = results[(number - 1) * size : number * size]
    information = {
        "page": number,
        "per_page": size,
        "count": len(shown),
        "total_count": len(results),
        "total_pages": -(-len(results) // size),
    }
    return list(shown), information


def error_response(
    status: int, code: int, message: str, *, retry: bool = False, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Returns an error. Cloudflare's clients retry 408, 409, 429 and 5xx up to ten times unless a header forbids it."""
    no_retry = {} if retry else {"x-should-retry": "false"}
    errors = [{"code": code, "message": message}]
    envelope = {"success": False, "errors": errors, "messages": [], "result": None}
    return JSONResponse(envelope, status, headers={**no_retry, **(headers or {})})


async def handle_api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error.status, error.code, error.message)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Returns 404 and 405 of the routing table, with the messages of the real API."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return error_response(405, 10405, f"Method {request.method} not allowed for this path")
    if error.status_code == 404:
        return error_response(
            404, 7000, f"No route for that URI: the local cloud has no {request.method} {request.url.path}"
        )
    return error_response(error.status_code, 10000, str(error.detail))


async def handle_crash(_: Request, error: Exception) -> Response:
    return error_response(
        500, 10002, f"An unknown error has occurred: {type(error).__name__}. See the log of the emulator."
    )


def fault_response(fault: Fault) -> Response:
    assert fault.status is not None
    code = fault.code if isinstance(fault.code, int) else 10013
    retry = fault.retry_after is not None if fault.retry is None else fault.retry
    return error_response(fault.status, code, fault.message, retry=retry, headers=fault.headers)


async def json_body(request: Request) -> Any:
    try:
        return parse_json(await request.body())
    except ValueError:
        raise ApiError(400, 6007, "Malformed JSON in request body") from None


async def json_object(request: Request) -> Json:
    body = await json_body(request)
    if not isinstance(body, dict):
        raise ApiError(400, 6007, "Malformed JSON in request body: it must be an object")
    return body


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > MAX_DIGITS or int(text) < 1:
        raise ApiError(
            400, 7003, f"`{name}` must be an integer of at least 1 and at most {MAX_DIGITS} digits, got `{text[:20]}`"
        )
    return int(text)
