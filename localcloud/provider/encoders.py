"""How the official plugin writes the body of an update.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/apijson/encoder.go` at v5.22.0 (2026-07-10).
"""

import json
from typing import Any

from localcloud.provider.tree import Tree


def serialized(body: Any) -> bytes:
    """Keys in alphabetical order, no spaces, as the official plugin sends it."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def with_nulls(new: Tree, old: Tree) -> Tree:
    """All that is set, and an explicit null for what was set before and is not any more."""
    body = {
        key: with_nulls(value, old[key]) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
        for key, value in new.items()
    }
    return body | {key: None for key in old if key not in new}


def merge_patch(new: Tree, old: Tree) -> Tree:
    """What changed (RFC 7386): null for what is gone, lists whole."""
    body: Tree = {key: None for key in old if key not in new}
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            changed = merge_patch(value, old[key])
            if changed:
                body[key] = changed
        elif key not in old or value != old[key]:
            body[key] = value
    return body
