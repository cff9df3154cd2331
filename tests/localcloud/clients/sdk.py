"""Cloudflare's Python SDK, which reports each difference between an answer and its models."""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

import httpx
import pydantic
from cloudflare import APIResponseValidationError, BaseModel, Cloudflare
from cloudflare._base_client import BasePage

from tests.localcloud.cloudflare.api import TOKEN

Parsed = TypeVar("Parsed")


class Sdk(Cloudflare):
    """The SDK with strict validation. It also reports fields of an answer that its models do not have."""

    def __init__(self, address: str) -> None:
        self.requests: list[httpx.Request] = []
        """All requests, oldest first."""
        self.differences: list[str] = []
        """Differences between answers and models, such as `GET /zones: result.0.owner is missing`."""
        super().__init__(
            api_token=TOKEN,
            base_url=address,
            max_retries=0,
            http_client=httpx.Client(trust_env=False, event_hooks={"request": [self.requests.append]}),
            _strict_response_validation=True,
        )

    def _process_response_data(self, *, data: object, cast_to: type[Parsed], response: httpx.Response) -> Parsed:
        request = f"{response.request.method} {response.request.url.path}"
        try:
            parsed = super()._process_response_data(data=data, cast_to=cast_to, response=response)
        except APIResponseValidationError as error:
            cause = cast(pydantic.ValidationError, error.__cause__)
            self.differences += [f"{request}: {_place(each)}: {each['msg']}" for each in cause.errors()]
            self._strict_response_validation = False
            try:
                return super()._process_response_data(data=data, cast_to=cast_to, response=response)
            finally:
                self._strict_response_validation = True
        result = getattr(parsed, "result", None)
        self.differences += [f"{request}: result{each}: unknown field" for each in unknown_fields(result)]
        if isinstance(parsed, BasePage):
            self.differences += _page_differences(request, parsed)
        return parsed


def unknown_fields(value: object, place: str = "") -> Iterator[str]:
    """Yields the places of all fields that the models of a parsed answer do not have."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{place}.{name}"
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from unknown_fields(each, f"{place}.{number}")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from unknown_fields(each, f"{place}.{name}")


def _page_differences(request: str, page: Any) -> Iterator[str]:
    if page.result is None:
        yield f"{request}: the result of a list is missing"


def _place(error: Any) -> str:
    return ".".join(str(each) for each in error["loc"])
