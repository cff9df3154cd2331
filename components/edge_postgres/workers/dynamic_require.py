"""Built scripts that fail to start, because they call `require` for a module of Node.js.

An ES module has no `require`. esbuild writes a function that throws instead: `Dynamic require of "events" is not
supported`. Cloudflare starts a script during the upload, so the upload fails with the error 10021.
"""

import re

from edge_postgres.core.errors import ValidationError

_THROWS = ("Dynamic require of", "Calling `require` for")
_FUNCTION = re.compile(r"([\w$]+)\s*=\s*(?:/\*.*?\*/\s*)?\(\(?[\w$]+\)?\s*=>\s*typeof require\s*(?:!==|<)")
# Classes are derived from those of these modules, so that a package needs them while it loads. Packages call `require`
# for other modules also later, in functions that do not run in a Worker.
_NEEDED_WHILE_LOADING = r"[\"'`]((?:node:)?(?:events|stream))[\"'`]"
_CREATES_REQUIRE = re.compile(r"\bcreateRequire\b")

ESBUILD_BANNER = """import { createRequire } from "node:module"; const require = createRequire("/");"""


def reject_dynamic_require(module: str | None, *, subject: str) -> None:
    """Raises ``ValidationError`` if a script requires a module of Node.js while it loads."""
    if module is not None:
        raise ValidationError(
            subject,
            f'calls `require("{module}")`, which an ES module does not have, so the upload would fail with `Dynamic '
            f'require of "{module}" is not supported`',
            "Build it with `wrangler deploy --dry-run --outdir dist`, or add to esbuild: --platform=node "
            f"--external:node:* --external:cloudflare:* --banner:js='{ESBUILD_BANNER}'.",
        )


def find_dynamic_require(text: str) -> str | None:
    """Returns the Node.js module that a script requires while it loads, or None."""
    # The search for plain strings is much faster than the expressions, and most scripts do not contain the strings.
    if not any(message in text for message in _THROWS) or _CREATES_REQUIRE.search(text):
        return None
    for function in {match[1] for match in _FUNCTION.finditer(text)}:
        if call := re.search(rf"(?<![\w$.]){re.escape(function)}\({_NEEDED_WHILE_LOADING}\)", text):
            return call[1]
    return None
