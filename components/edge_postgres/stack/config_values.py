"""The values of the configuration: the engine passes a map or a list as JSON, and everything else as a string."""

import json
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json, JsonValue

_FIX = "Write the value as YAML below the key, without quotes around the whole value."


def parse_value(text: str, *, subject: str) -> JsonValue:
    """Returns the map or the list that a configuration value contains, else the text.

    Raises:
        ValidationError: The text begins like JSON and is no JSON, has one key twice, or is nested too deeply. The
            engine passes such a string if the user has put JSON in quotes.
    """
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except _RepeatedKey as error:
        # `from None` hides the decoder's message and its document, which can contain a secret.
        raise ValidationError(subject, f"has the key `{error}` twice", "Remove one of them.") from None
    except RecursionError:
        raise ValidationError(subject, "is nested too deeply", _FIX) from None
    except ValueError:
        raise ValidationError(subject, "begins like JSON, but is not valid JSON", _FIX) from None


class _RepeatedKey(Exception):
    """A map has this key twice."""


def _unique(pairs: Sequence[tuple[str, JsonValue]]) -> Json:
    found: Json = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKey(key)
        found[key] = value
    return found
