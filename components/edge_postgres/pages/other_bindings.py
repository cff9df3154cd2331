"""The bindings of a Pages environment for which it has no argument. Their fields have the names of a Worker's API."""

from collections.abc import Mapping
from typing import cast

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.workers.bindings.values import validate_reference

# For each type that has its argument: the argument, the map of the project, and the map's field for each field of
# the binding. The first field is required. The other fields are the reason for which a binding belongs here and not to
# the argument.
_TYPES_WITH_ARGUMENT: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "r2_bucket": ("r2", "r2_buckets", {"bucket_name": "name", "jurisdiction": "jurisdiction"}),
    "service": (
        "services",
        "services",
        {"service": "service", "entrypoint": "entrypoint", "environment": "environment"},
    ),
}
_MAPS_WITHOUT_FIELDS: Mapping[str, str] = {"browser": "browsers"}
"""For each type whose bindings have a name alone: the map of the project."""
_TYPES = (*_TYPES_WITH_ARGUMENT, *_MAPS_WITHOUT_FIELDS)
_DEFAULTS: Mapping[str, Mapping[str, object]] = {"service": {"environment": "production"}}


def render_other_binding(given: object, *, subject: str) -> tuple[str, dict[str, object]]:
    """Returns the map of the project to which a binding belongs, and the fields of the binding.

    Args:
        given: The type and the fields, such as `{"type": "r2_bucket", "bucket_name": "a", "jurisdiction": "eu"}`.
        subject: Path of the binding.

    Raises:
        ValidationError: The type or a field is unknown, a required field is missing, or the environment has an argument
            for the binding.
    """
    fields = dict(given) if isinstance(given, Mapping) else {}
    api_type = fields.pop("type", None)
    if not isinstance(api_type, str) or api_type not in _TYPES:
        known = ", ".join(f"`{name}`" for name in _TYPES)
        raise ValidationError(f"{subject}.type", f"must be one of {known}", "Set the type that the API of Workers has.")
    argument, api_map, names = _TYPES_WITH_ARGUMENT.get(api_type, ("", "", {}))
    for field in fields:
        if field not in names:
            raise ValidationError(f"{subject}.{field}", f"is unknown for the type {api_type}", "Remove the field.")
    if api_type in _MAPS_WITHOUT_FIELDS:
        return _MAPS_WITHOUT_FIELDS[api_type], {}
    required, *extra = names
    if required not in fields:
        raise ValidationError(f"{subject}.{required}", "is required", "Set the name of the resource.")
    if not set(extra) & set(fields):
        raise ValidationError(
            f"{subject}.type", f"must not be {api_type}, which has its own argument", f"Use `{argument}`."
        )
    rendered = {
        names[field]: _render(cast("pulumi.Input[str]", value), subject=f"{subject}.{field}")
        for field, value in fields.items()
    }
    return api_map, {**_DEFAULTS.get(api_type, {}), **rendered}


def _render(value: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    return apply_input(value, lambda known: validate_reference(known, subject=subject))
