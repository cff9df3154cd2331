"""Secrets in the inputs that a program sends to the engine. Each secret value is in an envelope, a JSON object."""

from collections.abc import Callable

from pulumi.runtime import rpc

from edge_postgres.core.json_types import JsonValue

SIGNATURE, SECRET = rpc._special_sig_key, rpc._special_secret_sig


def is_secret(value: JsonValue) -> bool:
    """Returns whether a value is the envelope of a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _replace_envelopes(value: JsonValue, replace: Callable[[JsonValue], JsonValue]) -> JsonValue:
    """Returns the value with ``replace(secret)`` in place of the envelope of each secret."""
    if is_secret(value):
        return replace(value["value"])
    if isinstance(value, dict):
        return {key: _replace_envelopes(item, replace) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace_envelopes(item, replace) for item in value]
    return value


def reveal(value: JsonValue) -> JsonValue:
    """Returns the value with each secret in plain text, without its envelope."""
    return _replace_envelopes(value, reveal)


def conceal(value: JsonValue) -> JsonValue:
    """Returns the value with the string ``[secret]`` in place of each secret."""
    return _replace_envelopes(value, lambda _: "[secret]")


def secret_paths(value: JsonValue, at: str = "") -> set[str]:
    """Returns the paths of all secrets in the value, such as ``origin.password`` and ``bindings[1].text``.

    Each path begins with ``at``, the path of the value itself.
    """
    if is_secret(value):
        return {at}
    children: list[tuple[str, JsonValue]] = []
    if isinstance(value, dict):
        children = [(f"{at}.{key}" if at else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        children = [(f"{at}[{index}]", item) for index, item in enumerate(value)]
    return {path for child_at, item in children for path in secret_paths(item, child_at)}
