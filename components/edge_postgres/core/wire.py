"""Secrets in the form in which a program sends its inputs to the engine: an envelope around each secret value."""

from collections.abc import Callable

from pulumi.runtime import rpc

from edge_postgres.core.json_types import JsonValue

SIGNATURE, SECRET = rpc._special_sig_key, rpc._special_secret_sig


def is_secret(value: JsonValue) -> bool:
    """Whether a value is the envelope of a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _unwrapped(value: JsonValue, secret: Callable[[JsonValue], JsonValue]) -> JsonValue:
    """Returns the value with ``secret(inner)`` in place of every secret envelope."""
    if is_secret(value):
        return secret(value["value"])
    if isinstance(value, dict):
        return {key: _unwrapped(item, secret) for key, item in value.items()}
    if isinstance(value, list):
        return [_unwrapped(item, secret) for item in value]
    return value


def reveal(value: JsonValue) -> JsonValue:
    """Returns the value without secret envelopes."""
    return _unwrapped(value, reveal)


def conceal(value: JsonValue) -> JsonValue:
    """Returns the value with ``[secret]`` in place of every secret envelope."""
    return _unwrapped(value, lambda _: "[secret]")


def secret_paths(value: JsonValue, at: str = "") -> set[str]:
    """Returns the paths of the secret envelopes, such as ``origin.password`` and ``bindings[1].text``."""
    if is_secret(value):
        return {at}
    children: list[tuple[str, JsonValue]] = []
    if isinstance(value, dict):
        children = [(f"{at}.{key}" if at else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        children = [(f"{at}[{index}]", item) for index, item in enumerate(value)]
    return {path for child_at, item in children for path in secret_paths(item, child_at)}
