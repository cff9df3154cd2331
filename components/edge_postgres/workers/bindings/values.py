"""What the value of a binding has to be, kind by kind. Outputs are checked as soon as they are known."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pulumi

from edge_postgres.core.args import stated
from edge_postgres.core.errors import Refusal, checked
from edge_postgres.core.numbers import to_int
from edge_postgres.workers.bindings.kinds import BY_TYPE, SECRET_FIELDS, Kind
from edge_postgres.workers.limits import RATE_LIMIT_LONG_PERIOD, RATE_LIMIT_SHORT_PERIOD, WORKER_VARIABLE_BYTES

_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(PRIVATE|SECRET|ACCESS|API)_?KEY|(^|_)(PASS|PWD))$", re.IGNORECASE
)
# A URL with a password; a Postgres URL whose password is not percent-encoded, which no parser finds; a parameter.
_PASSWORD = re.compile(
    r"://[^\s/?#@:]*:[^\s/?#@]+@|postgres(ql)?(\+\w+)?://[^\s@:]*:[^\s@]*@|(^|[\s?&;])(ssl)?password\s*=\s*\S",
    re.IGNORECASE,
)


def rendered_value(subject: str, name: str, kind: Kind, value: Any) -> dict[str, Any]:
    """The API's fields of a binding, but for its name and its type."""
    if kind.shape is not None:
        return _shaped(subject, kind, value)
    if kind.argument == "vars":
        return {kind.field: checked_variable(subject, name, value)}
    if kind.argument == "secrets":
        return {kind.field: checked_secret(subject, value)}
    if kind.argument == "json":
        return {kind.field: checked_json(subject, name, value)}
    return {kind.field: checked(value, lambda known: checked_text(subject, known))} if kind.field else {}


def rendered_other(subject: str, fields: Any) -> dict[str, Any]:
    """The API's fields of a binding that has no argument of its own, secrets wrapped.

    Raises ``Refusal`` where the type is missing, or the kind has an argument whose rules this would go around.
    """
    if not isinstance(fields, Mapping) or not isinstance(fields.get("type"), str) or not fields["type"]:
        raise Refusal(f"{subject}.type", "is not given", "State the type as the API calls it, such as `vectorize`.")
    if "name" in fields:
        raise Refusal(f"{subject}.name", "is given twice; the key of the map is the name", "Leave it out.")
    if fields["type"] == "assets":
        raise Refusal(f"{subject}.type", "is assets", "Name it in `assets`, as its `binding`.")
    kind = BY_TYPE.get(fields["type"])
    if kind is not None and not kind.more & set(fields):
        raise Refusal(
            f"{subject}.type", f"is {kind.api_type}, which has an argument of its own", f"Use `{kind.argument}`."
        )
    return {key: pulumi.Output.secret(value) if key in SECRET_FIELDS else value for key, value in fields.items()}


def checked_variable(subject: str, name: str, value: pulumi.Input[str]) -> Any:
    """A plain variable: anybody with access to the account can read it, so it holds no password and no secret."""
    if _SECRET_NAME.search(name):
        raise Refusal(subject, "has the name of a secret and is a plain variable", "Make it one of the `secrets`.")

    def rule(known: dict[str, Any]) -> str:
        if known["secret"]:
            raise Refusal(subject, "is a secret and a plain variable", "Make it one of the `secrets`.")
        text = checked_size(subject, known["text"])
        if _PASSWORD.search(text):
            raise Refusal(subject, "holds a password and is a plain variable", "Make it one of the `secrets`.")
        return text

    return checked({"text": value, "secret": isinstance(value, pulumi.Output) and value.is_secret()}, rule)


def checked_json(subject: str, name: str, value: pulumi.Input[str]) -> Any:
    """A plain variable whose text is JSON; the Worker finds the value, not the text."""

    def rule(text: str) -> str:
        try:
            json.loads(text)
        except ValueError:
            raise Refusal(subject, "is no JSON", "Give a text such as `json.dumps` makes it.") from None
        return text

    return checked(checked_variable(subject, name, value), rule)


def checked_secret(subject: str, value: pulumi.Input[str]) -> Any:
    """A secret variable, wrapped."""
    return checked(pulumi.Output.secret(value), lambda text: checked_size(subject, text))


def checked_size(subject: str, text: str) -> str:
    """A text that fits into a variable."""
    if not isinstance(text, str):
        raise Refusal(subject, "is no text", "Write it in quotes; the Worker turns it into a number itself.")
    if (size := len(text.encode())) > WORKER_VARIABLE_BYTES:
        raise Refusal(
            subject,
            f"has {size} bytes; a variable holds {WORKER_VARIABLE_BYTES}",
            "Keep it in KV, or split it.",
        )
    return text


def checked_text(subject: str, text: Any) -> str:
    """An id or a name."""
    if not isinstance(text, str) or not text:
        raise Refusal(subject, "is no text" if text else "is empty", "Give the id or the name of what is bound.")
    return text


def checked_namespace(subject: str, number: Any) -> str:
    """The number of a counter, a text."""
    if not isinstance(number, str) or not re.fullmatch(r"[1-9][0-9]*", number):
        raise Refusal(subject, "is no positive whole number", 'Choose one for the account, in quotes: "1001".')
    return number


def checked_requests(subject: str, number: Any) -> int:
    """How many requests pass."""
    if (requests := to_int(subject, number)) < 1:
        raise Refusal(subject, f"is {requests}", "Use 1 or more.")
    return requests


def checked_period(subject: str, number: Any) -> int:
    """The length of a period, in seconds."""
    if (seconds := to_int(subject, number)) not in (RATE_LIMIT_SHORT_PERIOD, RATE_LIMIT_LONG_PERIOD):
        raise Refusal(
            subject, f"is {seconds}", f"Use {RATE_LIMIT_SHORT_PERIOD} or {RATE_LIMIT_LONG_PERIOD}; there is no other."
        )
    return seconds


_RULES: Mapping[tuple[str, str], Callable[[str, Any], Any]] = {
    ("rate_limits", "namespace_id"): checked_namespace,
    ("rate_limits", "limit"): checked_requests,
    ("rate_limits", "period_seconds"): checked_period,
}


def _shaped(subject: str, kind: Kind, value: Any) -> dict[str, Any]:
    assert kind.shape is not None
    given: Mapping[str, Any] = stated(subject, value, kind.shape)
    rendered: dict[str, Any] = {}
    for key, field in kind.fields:
        if key not in given:
            continue
        leaf, rule = given[key], _RULES.get((kind.argument, key), checked_text)
        outer, _, inner = field.partition(".")
        found = checked(leaf, partial(rule, f"{subject}.{key}"))
        rendered[outer] = {**rendered.get(outer, {}), inner: found} if inner else found
    return rendered
