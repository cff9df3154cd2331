"""What the value of a binding has to be, kind by kind. Outputs are checked as soon as they are known."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.numbers import to_int
from edge_postgres.workers.bindings.kinds import BY_TYPE, SECRET_FIELDS, BindingKind
from edge_postgres.workers.limits import RATE_LIMIT_LONG_PERIOD, RATE_LIMIT_SHORT_PERIOD, WORKER_VARIABLE_BYTES

_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(PRIVATE|SECRET|ACCESS|API)_?KEY|(^|_)(PASS|PWD))$", re.IGNORECASE
)
# A URL with a password; a Postgres URL whose password is not percent-encoded, which no parser finds; a parameter.
_PASSWORD = re.compile(
    r"://[^\s/?#@:]*:[^\s/?#@]+@|postgres(ql)?(\+\w+)?://[^\s@:]*:[^\s@]*@|(^|[\s?&;])(ssl)?password\s*=\s*\S",
    re.IGNORECASE,
)


def render_value(value: Any, name: str, kind: BindingKind, *, subject: str) -> dict[str, Any]:
    """The API's fields of a binding, but for its name and its type."""
    if kind.shape is not None:
        return _shaped(kind, value, subject=subject)
    if kind.argument == "vars":
        return {kind.field: validate_variable(value, name, subject=subject)}
    if kind.argument == "secrets":
        return {kind.field: validate_secret(value, subject=subject)}
    if kind.argument == "json":
        return {kind.field: validate_json(value, name, subject=subject)}
    return (
        {kind.field: apply_input(value, lambda known: validate_reference(known, subject=subject))} if kind.field else {}
    )


def render_other(fields: Any, *, subject: str) -> dict[str, Any]:
    """The API's fields of a binding that has no argument of its own, secrets wrapped.

    Raises ``ValidationError`` where the type is missing, or the kind has an argument whose rules this would go around.
    """
    if not isinstance(fields, Mapping) or not isinstance(fields.get("type"), str) or not fields["type"]:
        raise ValidationError(
            f"{subject}.type", "is not given", "State the type as the API calls it, such as `vectorize`."
        )
    if "name" in fields:
        raise ValidationError(f"{subject}.name", "is given twice; the key of the map is the name", "Leave it out.")
    if fields["type"] == "assets":
        raise ValidationError(f"{subject}.type", "is assets", "Name it in `assets`, as its `binding`.")
    kind = BY_TYPE.get(fields["type"])
    if kind is not None and not kind.more & set(fields):
        raise ValidationError(
            f"{subject}.type", f"is {kind.api_type}, which has an argument of its own", f"Use `{kind.argument}`."
        )
    return {key: pulumi.Output.secret(value) if key in SECRET_FIELDS else value for key, value in fields.items()}


def validate_variable(value: pulumi.Input[str], name: str, *, subject: str) -> Any:
    """A plain variable: anybody with access to the account can read it, so it holds no password and no secret."""
    if _SECRET_NAME.search(name):
        raise ValidationError(
            subject, "has the name of a secret and is a plain variable", "Make it one of the `secrets`."
        )

    def rule(known: dict[str, Any]) -> str:
        if known["secret"]:
            raise ValidationError(subject, "is a secret and a plain variable", "Make it one of the `secrets`.")
        text = validate_variable_size(known["text"], subject=subject)
        if _PASSWORD.search(text):
            raise ValidationError(subject, "holds a password and is a plain variable", "Make it one of the `secrets`.")
        return text

    return apply_inputs({"text": value, "secret": isinstance(value, pulumi.Output) and value.is_secret()}, rule)


def validate_json(value: pulumi.Input[str], name: str, *, subject: str) -> Any:
    """A plain variable whose text is JSON; the Worker finds the value, not the text."""

    def rule(text: str) -> str:
        try:
            json.loads(text)
        except ValueError:
            raise ValidationError(subject, "is no JSON", "Give a text such as `json.dumps` makes it.") from None
        return text

    return apply_input(validate_variable(value, name, subject=subject), rule)


def validate_secret(value: pulumi.Input[str], *, subject: str) -> Any:
    """A secret variable, wrapped."""
    return apply_input(pulumi.Output.secret(value), lambda text: validate_variable_size(text, subject=subject))


def validate_variable_size(text: str, *, subject: str) -> str:
    """A text that fits into a variable."""
    if not isinstance(text, str):
        raise ValidationError(subject, "is no text", "Write it in quotes; the Worker turns it into a number itself.")
    if (size := len(text.encode())) > WORKER_VARIABLE_BYTES:
        raise ValidationError(
            subject,
            f"has {size} bytes; a variable holds {WORKER_VARIABLE_BYTES}",
            "Keep it in KV, or split it.",
        )
    return text


def validate_reference(text: Any, *, subject: str) -> str:
    """An id or a name."""
    if not isinstance(text, str) or not text:
        raise ValidationError(
            subject, "is no text" if text else "is empty", "Give the id or the name of what is bound."
        )
    return text


def validate_rate_limit_id(number: Any, *, subject: str) -> str:
    """The number of a counter, a text."""
    if not isinstance(number, str) or not re.fullmatch(r"[1-9][0-9]*", number):
        raise ValidationError(subject, "is no positive whole number", 'Choose one for the account, in quotes: "1001".')
    return number


def validate_request_limit(number: Any, *, subject: str) -> int:
    """How many requests pass."""
    if (requests := to_int(number, subject=subject)) < 1:
        raise ValidationError(subject, f"is {requests}", "Use 1 or more.")
    return requests


def validate_period_seconds(number: Any, *, subject: str) -> int:
    """The length of a period, in seconds."""
    if (seconds := to_int(number, subject=subject)) not in (RATE_LIMIT_SHORT_PERIOD, RATE_LIMIT_LONG_PERIOD):
        raise ValidationError(
            subject, f"is {seconds}", f"Use {RATE_LIMIT_SHORT_PERIOD} or {RATE_LIMIT_LONG_PERIOD}; there is no other."
        )
    return seconds


_RULES: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("rate_limits", "namespace_id"): validate_rate_limit_id,
    ("rate_limits", "limit"): validate_request_limit,
    ("rate_limits", "period_seconds"): validate_period_seconds,
}


def _shaped(kind: BindingKind, value: Any, *, subject: str) -> dict[str, Any]:
    assert kind.shape is not None
    given: Mapping[str, Any] = validated_args(value, kind.shape, subject=subject)
    rendered: dict[str, Any] = {}
    for key, field in kind.fields:
        if key not in given:
            continue
        leaf, rule = given[key], _RULES.get((kind.argument, key), validate_reference)
        outer, _, inner = field.partition(".")
        found = apply_input(leaf, partial(rule, subject=f"{subject}.{key}"))
        rendered[outer] = {**rendered.get(outer, {}), inner: found} if inner else found
    return rendered
