"""The argument `api` of a component, and the resources that the component passes it on to."""

from collections.abc import Mapping
from typing import TypeVar, cast

import pulumi
from pulumi.dynamic import Resource, ResourceProvider

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input
from edge_postgres.core.json_types import Json
from edge_postgres.http.credentials import API, BASE_URL, ApiSettings, validate_given_key, validate_given_url

A = TypeVar("A")

ApiInput = pulumi.Output[Json] | None
"""The API key and the address of a component, a secret. None if the component was given neither of the two."""


class ApiResource(Resource):
    """A resource whose provider uses a vendor's management API.

    Args:
        provider: The provider.
        resource_name: Name of the resource in Pulumi.
        props: The inputs, and the names of the outputs.
        api: The API key and the address of the component. None adds no input, so that the state contains no API key.
        opts: The options of the resource.
    """

    def __init__(
        self,
        provider: ResourceProvider,
        resource_name: str,
        props: Mapping[str, object],
        api: ApiInput,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if api is None:
            super().__init__(provider, resource_name, {**props}, opts)
            return
        # The state keeps an output of a dynamic provider in plain text unless this option names it.
        secret = pulumi.ResourceOptions(additional_secret_outputs=[API])
        super().__init__(provider, resource_name, {**props, API: api}, pulumi.ResourceOptions.merge(opts, secret))


def render_api(args: A | None, shape: type[A], settings: ApiSettings, *, subject: str) -> ApiInput:
    """Returns the input `api` of all resources of a component.

    Args:
        args: The argument `api` of the component.
        shape: The `TypedDict` that declares the argument.
        settings: The names of the vendor's settings.
        subject: Path of the argument.

    Raises:
        ValidationError: The argument has an unknown key, or a plain value is malformed.
    """
    if args is None:
        return None
    given = cast("Mapping[str, pulumi.Input[str]]", validated_args(args, shape, subject=subject))
    rendered: dict[str, pulumi.Input[str]] = {}
    if (key := settings.api_key_argument) in given:
        rendered[key] = apply_input(
            given[key], lambda known: validate_given_key(known, settings, subject=f"{subject}.{key}")
        )
    if BASE_URL in given:
        rendered[BASE_URL] = apply_input(
            given[BASE_URL], lambda known: validate_given_url(known, settings, subject=f"{subject}.{BASE_URL}")
        )
    return cast("pulumi.Output[Json]", pulumi.Output.secret(rendered)) if rendered else None
