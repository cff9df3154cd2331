"""Rules for the values of bindings, by kind. The rules check an Output as soon as its value is known."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import pulumi

from edge_postgres.core.args import required_keys, validated_args
from edge_postgres.core.cloudflare_inputs import find_binding_problems
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, apply_optional
from edge_postgres.core.numbers import to_int
from edge_postgres.workers.bindings.kinds import BY_TYPE, SECRET_FIELDS, BindingKind
from edge_postgres.workers.limits import RATE_LIMIT_LONG_PERIOD, RATE_LIMIT_SHORT_PERIOD, WORKER_VARIABLE_BYTES
from edge_postgres.workers.queue_rules import validate_workflow_name

_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(PRIVATE|SECRET|ACCESS|API)_?KEY|(^|_)(PASS|PWD))$", re.IGNORECASE
)
# Three forms: a URL with a password; a Postgres URL whose password is not percent-encoded, which URL parsers miss; and
# a parameter such as `password=x`.
_PASSWORD = re.compile(
    r"://[^\s/?#@:]*:[^\s/?#@]+@|postgres(ql)?(\+\w+)?://[^\s@:]*:[^\s@]*@|(^|[\s?&;])(ssl)?password\s*=\s*\S",
    re.IGNORECASE,
)

_TO_SECRETS = "Move it to `secrets`."


def render_value(value: object, name: str, kind: BindingKind, *, subject: str) -> dict[str, object]:
    """Returns the API's fields of a binding, without its name and its type."""
    if kind.shape is not None:
        return _render_fields(value, kind, kind.shape, subject=subject)
    if not kind.field:
        return {}
    given = cast("pulumi.Input[str]", value)
    if kind.argument == "vars":
        return {kind.field: validate_variable(given, name, subject=subject)}
    if kind.argument == "secrets":
        return {kind.field: validate_secret(given, subject=subject)}
    if kind.argument == "json":
        return {kind.field: validate_json(given, name, subject=subject)}
    return {kind.field: apply_input(given, lambda known: validate_reference(known, subject=subject))}


def render_other(given: object, *, subject: str) -> tuple[str, dict[str, object]]:
    """Returns the type and the fields of a binding for which the Worker has no argument. Secrets are marked as secrets.

    Raises:
        ValidationError: The type is missing, the fields contain `name`, or the Worker has an argument for the kind,
            whose rules would not apply. Or Cloudflare's provider rejects or drops a field.
    """
    fields = given if isinstance(given, Mapping) else {}
    api_type = fields.get("type")
    if not isinstance(api_type, str) or not api_type:
        raise ValidationError(f"{subject}.type", "is required", "Set the API's type, for example `vectorize`.")
    if "name" in fields:
        raise ValidationError(
            f"{subject}.name", "cannot be combined with the key of the map, which is the name", "Remove `name`."
        )
    if api_type == "assets":
        raise ValidationError(f"{subject}.type", "must not be assets", "Set `binding` of `assets` instead.")
    kind = BY_TYPE.get(api_type)
    if kind is not None and not kind.extra_fields & set(fields):
        raise ValidationError(
            f"{subject}.type", f"must not be {kind.api_type}, which has its own argument", f"Use `{kind.argument}`."
        )
    for invalid in find_binding_problems(fields):
        raise ValidationError(f"{subject}.{invalid.path}", invalid.problem, invalid.fix)
    rendered = {key: pulumi.Output.secret(value) if key in SECRET_FIELDS else value for key, value in fields.items()}
    return api_type, {key: value for key, value in rendered.items() if key != "type"}


def validate_variable(value: pulumi.Input[str], name: str, *, subject: str) -> pulumi.Input[str]:
    """Returns the value of a plain variable unchanged.

    Raises:
        ValidationError: The name or the value is that of a secret, or the value is not a string or too large. Everybody
            with access to the account can read plain variables.
    """
    if _SECRET_NAME.search(name):
        raise ValidationError(subject, "must not have the name of a secret", _TO_SECRETS)

    def validate(text: str, secret: bool) -> str:
        if secret:
            raise ValidationError(subject, "must not be a secret, because plain variables are readable", _TO_SECRETS)
        text = validate_variable_size(text, subject=subject)
        if _PASSWORD.search(text):
            raise ValidationError(subject, "must not contain a password", _TO_SECRETS)
        return text

    return apply_inputs((value, is_secret(value)), validate)


def is_probably_secret(name: str, text: str) -> bool:
    """Returns whether a variable has the name of a secret, or its value contains a password."""
    return bool(_SECRET_NAME.search(name) or _PASSWORD.search(text))


def is_secret(value: pulumi.Input[str]) -> pulumi.Input[bool]:
    """Returns whether a value is a secret. For an Output, the result is an Output that is not a secret."""
    return value.is_secret() if isinstance(value, pulumi.Output) else False


def validate_json(value: pulumi.Input[str], name: str, *, subject: str) -> pulumi.Input[str]:
    """Returns the JSON string unchanged. Raises `ValidationError` for invalid JSON or an invalid plain variable."""

    def validate(text: str) -> str:
        try:
            json.loads(text)
        except ValueError:
            raise ValidationError(
                subject, "must be JSON", "Write valid JSON. In Python, use the output of `json.dumps`."
            ) from None
        return text

    return apply_input(validate_variable(value, name, subject=subject), validate)


def validate_secret(value: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the value as a secret.

    Raises:
        ValidationError: The value is not a string, or it is too large.
    """
    return apply_input(pulumi.Output.secret(value), lambda known: validate_variable_size(known, subject=subject))


def validate_variable_size(value: str, *, subject: str) -> str:
    """Returns the value unchanged.

    Raises:
        ValidationError: The value is not a string, or it is too large.
    """
    if not isinstance(value, str):
        raise ValidationError(
            subject,
            "must be a string",
            "Set a string, and parse it in the Worker.",
            stack_file_fix="Write the value in quotes, and parse it in the Worker.",
        )
    if (size := len(value.encode())) > WORKER_VARIABLE_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {WORKER_VARIABLE_BYTES} bytes, got {size}",
            "Move the value to KV, or split it.",
        )
    return value


def validate_reference(value: object, *, subject: str) -> str:
    """Returns the ID or the name of a resource unchanged.

    Raises:
        ValidationError: The value is empty, or it is not a string.
    """
    if not isinstance(value, str) or not value:
        problem = "must be a string" if value else "must not be empty"
        raise ValidationError(subject, problem, "Set the ID or the name of the resource.")
    return value


def validate_rate_limit_id(number: object, *, subject: str) -> str:
    """Returns the ID of a rate limit unchanged.

    Raises:
        ValidationError: The ID is not a positive integer as a string.
    """
    if not isinstance(number, str) or not re.fullmatch(r"[1-9][0-9]*", number):
        raise ValidationError(
            subject,
            "must be a positive integer as a string",
            'Set a number that is unique in the account, such as "1001".',
        )
    return number


def validate_request_limit(number: object, *, subject: str) -> int:
    """Returns the number of requests. Raises `ValidationError` unless the number is an integer of at least 1."""
    if (requests := to_int(number, subject=subject)) < 1:
        raise ValidationError(subject, f"must be at least 1, got {requests}", "Set 1 or more.")
    return requests


def validate_period_seconds(number: object, *, subject: str) -> int:
    """Returns the period in seconds as an integer. Raises `ValidationError` for periods other than 10 and 60."""
    if (seconds := to_int(number, subject=subject)) not in (RATE_LIMIT_SHORT_PERIOD, RATE_LIMIT_LONG_PERIOD):
        raise ValidationError(
            subject,
            f"must be one of {RATE_LIMIT_SHORT_PERIOD}, {RATE_LIMIT_LONG_PERIOD}, got {seconds}",
            "Set one of them.",
        )
    return seconds


_RULES: Mapping[tuple[str, str], Callable[..., object]] = {
    ("rate_limits", "namespace_id"): validate_rate_limit_id,
    ("rate_limits", "limit"): validate_request_limit,
    ("rate_limits", "period_seconds"): validate_period_seconds,
    ("workflows", "workflow_name"): validate_workflow_name,
}
"""Validation functions by argument and key of the value. For every other key it is `validate_reference`."""


def _render_fields(value: object, kind: BindingKind, shape: type, *, subject: str) -> dict[str, object]:
    given = cast("Mapping[str, object]", validated_args(value, shape, subject=subject))
    rendered: dict[str, object] = {}
    nested: dict[str, dict[str, object]] = {}
    for key, field in kind.fields:
        if key not in given:
            continue
        rule = partial(_RULES.get((kind.argument, key), validate_reference), subject=f"{subject}.{key}")
        is_required = key in required_keys(shape)
        found = apply_input(given[key], rule) if is_required else apply_optional(given[key], rule)
        outer, _, inner = field.partition(".")
        if inner:
            nested.setdefault(outer, {})[inner] = found
        else:
            rendered[outer] = found
    return {**rendered, **nested}
