"""The JSON that an emulator accepts."""

import json
from typing import Any

MAX_DEPTH = 100


def parse_json(text: bytes | str) -> Any:
    """Returns parsed JSON.

    Raises ``ValueError`` for text that an emulator could store but not return: more than 100 levels of nesting, half a
    surrogate pair, and numbers that are not finite.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    _check_depth(value)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for each in level for child in _children(each)]
        if not level:
            return
    raise ValueError("The JSON is nested too deeply.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
