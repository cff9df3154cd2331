"""The cache settings of a Hyperdrive configuration."""

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_inputs
from edge_postgres.hyperdrive.rules import validate_caching

if TYPE_CHECKING:
    from pulumi_cloudflare import HyperdriveConfigCachingArgsDict


class CachingArgs(TypedDict):
    """Cache settings of a Hyperdrive configuration: `disabled`, or both `max_age` and `stale_while_revalidate`.

    The cache does not know the session: with row-level security or `search_path` alone, one tenant can get the rows of
    another (docs/caching.md).
    """

    disabled: NotRequired[bool]
    """True sends each query to the database. Cannot be combined with `max_age` and `stale_while_revalidate`."""
    max_age: NotRequired[pulumi.Input[float | None]]
    """Seconds during which a cached answer is fresh, 1 to 3600. Required unless `disabled` is true."""
    stale_while_revalidate: NotRequired[pulumi.Input[float | None]]
    """Seconds after `max_age` during which Hyperdrive returns the old answer while it fetches a new answer, 0 or more.
    Required unless `disabled` is true."""


if TYPE_CHECKING:

    class DisabledCachingArgs(TypedDict):
        """Cache settings without a cache: `disabled` alone."""

        disabled: Literal[True]

    class EnabledCachingArgs(TypedDict):
        """Cache settings with a cache: both ages."""

        disabled: NotRequired[Literal[False]]
        max_age: pulumi.Input[float]
        stale_while_revalidate: pulumi.Input[float]

    CachingInput = DisabledCachingArgs | EnabledCachingArgs
else:
    CachingInput = CachingArgs  # The inference of the schema does not support a union.


def render_caching(caching: CachingInput, *, subject: str) -> "pulumi.Input[HyperdriveConfigCachingArgsDict]":
    """Returns the `caching` input of a Hyperdrive configuration.

    Raises:
        ValidationError: The settings are neither `disabled` alone nor two valid ages in seconds.
    """
    found = validated_args(cast("CachingArgs", caching), CachingArgs, subject=subject)
    return apply_inputs(
        (found.get("disabled"), found.get("max_age"), found.get("stale_while_revalidate")),
        lambda disabled, age, stale: validate_caching(disabled, age, stale, subject=subject),
    )
