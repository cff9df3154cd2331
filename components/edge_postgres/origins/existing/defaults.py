"""The port and the connection numbers of an existing database, by default those of the vendor of its host."""

from typing import Any, cast

import pulumi

from edge_postgres.core.inputs import apply_input, apply_inputs, or_default, unsecret
from edge_postgres.origin.address import default_port, validate_endpoint, validate_port
from edge_postgres.origin.rules import known_connections
from edge_postgres.origin.warnings import warn_of_unknown_connections


def render_port(
    port: pulumi.Input[float | None] | None, host: pulumi.Input[str], *, subject: str
) -> pulumi.Input[float]:
    """Returns the port, or the port that the vendor of the host uses if the port is None."""

    def validate(known: float | None) -> pulumi.Input[float]:
        if known is None:
            return apply_input(host, lambda host: default_port(host, subject=subject))
        return validate_port(known, subject=subject)

    return cast("pulumi.Input[float]", apply_input(port, validate))


def render_passed_on(
    given: dict[str, object], host: pulumi.Input[str | None] | None, *, subject: str
) -> dict[str, object]:
    """Returns the arguments ``given``, which the origin contains unchanged, and the default connection numbers.

    The default connection numbers are those of the host's vendor.
    """
    endpoint = given.get("endpoint")
    if endpoint is not None:
        given["endpoint"] = apply_input(
            cast("pulumi.Input[str | None]", endpoint),
            lambda known: validate_endpoint(known, subject=f"{subject}.endpoint"),
        )
    numbers = {
        key: or_default(cast("pulumi.Input[float | None] | None", given.get(key)), number)
        for key, number in _default_connections(host).items()
    }
    found = {**given, **numbers}
    apply_inputs(
        (cast("pulumi.Input[float | None] | None", found.get("max_connections")), unsecret(host)),
        lambda most, known: warn_of_unknown_connections(most, known, subject=subject),
    )
    return found


def _default_connections(host: pulumi.Input[str | None] | None) -> dict[str, Any]:
    """Returns the connection numbers of the host's vendor, see `known_connections`.

    The numbers are public, even if the host is a secret.
    """
    known = apply_input(host, lambda known: known_connections(known or ""))
    if not isinstance(known, pulumi.Output):
        return dict(known)
    numbers = pulumi.Output.unsecret(known)
    return {
        "max_connections": numbers.apply(lambda known: known.get("max_connections")),
        "reserved_connections": numbers.apply(lambda known: known.get("reserved_connections")),
    }
