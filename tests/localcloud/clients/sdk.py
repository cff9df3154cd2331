"""Cloudflare's Python SDK, which reports each difference between an answer and its models."""

# mypy does not read the SDK, which has 6,200 modules. Its classes therefore have no types here.
# mypy: disallow-subclassing-any=False, warn-return-any=False

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import httpx
import pydantic
from cloudflare import APIResponseValidationError, BaseModel, Cloudflare
from cloudflare.types.workers.scripts import version_create_response, version_get_response

from tests.localcloud.cloudflare.api import TOKEN

Parsed = TypeVar("Parsed")

KNOWN: Mapping[str, str] = {
    r"GET .*/deployments: result\.deployments: unknown field": "wrangler 4.164.0 reads this field.",
    r".*/versions.*: result\.resources\.bindings: .*": "The model of the bindings is a class without fields.",
    r".*/versions.*: .*\.annotations: unknown field": "wrangler 4.164.0 prints the annotations of a version.",
    r".*/versions.*\.main_script_base64: unknown field": "pulumi-cloudflare 6.23.1 has this output of a WorkerVersion.",
    r".*/pages/.*/deployments.*: result(\.\d+)?\.source: Input should be .*": "An upload has no repository.",
    r"POST .*/access/service_tokens(/[^/]+/rotate)?: result\.expires_at: unknown field": "pulumi-cloudflare 6.23.1 has "
    "this output of a ZeroTrustAccessServiceToken, which is read when the token is created.",
    r".*/queues.*: .*\.script: unknown field": "Terraform's provider reads this field of a consumer: "
    "internal/services/queue_consumer/custom.go (read 2026-11-30).",
}
"""Differences for which another client of Cloudflare shows that the SDK's model is incomplete, with the reason."""


# pydantic cannot build these models, because one of their fields is a class that is no model.
for model in (version_create_response.Resources, version_get_response.Resources):
    model.model_config["arbitrary_types_allowed"] = True


class Sdk(Cloudflare):
    """The SDK with strict validation. It also reports fields of an answer that its models do not have."""

    def __init__(self, address: str) -> None:
        self.requests: list[httpx.Request] = []
        """All requests, oldest first."""
        self.differences: list[str] = []
        """All differences that are not known, such as `GET /zones: result.0.owner: Field required`."""
        self.known: set[str] = set()
        """The patterns of known differences that were found."""
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
            self._report(request, _validation_errors(error))
            parsed = self._parse_leniently(data, cast_to, response)
        result = getattr(parsed, "result", None)
        self._report(request, (f"result{place}: unknown field" for place in unknown_fields(result)))
        return parsed

    def _parse_leniently(self, data: object, cast_to: type[Parsed], response: httpx.Response) -> Parsed:
        self._strict_response_validation = False
        try:
            return super()._process_response_data(data=data, cast_to=cast_to, response=response)
        finally:
            self._strict_response_validation = True

    def _report(self, request: str, found: Iterator[str]) -> None:
        for each in found:
            difference = f"{request}: {each}"
            known = {pattern for pattern in KNOWN if re.fullmatch(pattern, difference)}
            self.known |= known
            if not known:
                self.differences.append(difference)


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


def _validation_errors(error: Exception) -> Iterator[str]:
    """Yields the errors of a validation."""
    if isinstance(error.__cause__, pydantic.ValidationError):
        for each in cast(list[Any], error.__cause__.errors()):
            yield f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
