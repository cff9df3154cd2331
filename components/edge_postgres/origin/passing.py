"""Reads an origin that a program passes on: a dictionary of fields, or one Output of all fields."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs, is_output
from edge_postgres.origin.contract import PostgresOrigin

T = TypeVar("T")

_ROUTES = (
    frozenset({"host", "port"}),
    frozenset({"host", "access_client_id", "access_client_secret"}),
    frozenset({"service_id"}),
)
"""The fields of each network route."""
_READABLE = frozenset(
    {
        "sslmode",
        "ca_certificate_id",
        "mtls_certificate_id",
        "max_connections",
        "reserved_connections",
        "endpoint",
        "reach",
        "password_rotates",
    }
)
"""Fields that contain no part of a connection string. They stay readable if the whole origin is a secret."""


def read_origin(origin: pulumi.Input[PostgresOrigin], *, subject: str) -> PostgresOrigin:
    """Returns the fields of an origin.

    If the origin is an Output, such as the output of another stack, the result has every field. A field that the origin
    lacks is then an Output of None. The keys of an Output can also be in camel case, as other languages write them.

    Raises:
        ValidationError: The origin has an unknown field, or lacks a required field. For an Output, the error is raised
            during the deployment.
    """
    if not is_output(origin):
        return validated_args(cast("PostgresOrigin", origin), PostgresOrigin, subject=subject)

    def validate(known: Mapping[str, object]) -> PostgresOrigin:
        if isinstance(known, Mapping):
            known = {_snake_case(key): value for key, value in known.items()}
        return validated_args(cast("PostgresOrigin", known), PostgresOrigin, subject=subject)

    whole = pulumi.Output.from_input(apply_input(origin, validate))
    fields: dict[str, object] = {}
    for field in PostgresOrigin.__annotations__:
        value = whole.apply(_getter(field))
        fields[field] = pulumi.Output.unsecret(value) if field in _READABLE else value
    return cast("PostgresOrigin", fields)


def apply_origin(origin: PostgresOrigin, function: Callable[[PostgresOrigin], pulumi.Input[T]]) -> T | pulumi.Output[T]:
    """Returns the result of ``function`` for an origin.

    The fields of an origin determine its network route. If the fields of several routes are present and some of them
    are Outputs, the route is known only during the deployment, because an Output can contain None. The function then
    gets an origin of plain values without None, and the result is an Output.
    """
    present = frozenset(origin) & frozenset.union(*_ROUTES)
    if any(present <= route for route in _ROUTES) or not any(is_output(origin.get(field)) for field in present):
        return cast("T", function(origin))

    def call(known: Mapping[str, object]) -> pulumi.Output[T]:
        plain = {field: value for field, value in known.items() if value is not None}
        return pulumi.Output.from_input(function(cast("PostgresOrigin", plain)))

    return cast("pulumi.Output[T]", apply_inputs(dict(origin), call))


def _getter(field: str) -> Callable[[Mapping[str, object]], object]:
    return lambda known: known.get(field)


def _snake_case(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda letter: f"_{letter[0].lower()}", key)
