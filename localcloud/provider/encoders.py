"""The encoding of bodies as in the official plugin. Unknown values are omitted.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/apijson/encoder.go` at v5.22.0 (2026-07-10).
"""

import json
from typing import Any

from localcloud.provider.property_map import UNKNOWN, PropertyMap


def serialize(body: Any) -> bytes:
    """Returns JSON with sorted keys and without spaces, as the official plugin sends it."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def known(value: Any) -> Any:
    """Returns the value without unknown values below it."""
    if isinstance(value, dict):
        return {key: known(each) for key, each in value.items() if each is not UNKNOWN}
    return [known(each) for each in value if each is not UNKNOWN] if isinstance(value, list) else value


def with_nulls(new: PropertyMap, old: PropertyMap) -> PropertyMap:
    """Returns all new values, and an explicit null for values that are no longer set."""
    body = {
        key: with_nulls(value, old[key]) if isinstance(value, dict) and isinstance(old.get(key), dict) else known(value)
        for key, value in new.items()
        if value is not UNKNOWN
    }
    return body | {key: None for key in old if key not in new}


def merge_patch(new: PropertyMap, old: PropertyMap) -> PropertyMap:
    """Returns a merge patch (RFC 7386) from the old to the new values."""
    body: PropertyMap = {key: None for key in old if key not in new}
    for key, value in new.items():
        if value is UNKNOWN:
            continue
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            changed = merge_patch(value, old[key])
            if changed:
                body[key] = changed
        elif key not in old or value != old[key]:
            body[key] = known(value)
    return body
