"""The tables of types on the pages of the drivers, as a Worker in the real runtime shows them."""

import base64
import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

from localcloud import node
from localcloud.state_directory import CHECKOUT
from tests.unit.generated import as_committed

LITERALS = {
    "smallint": "42",
    "integer": "42",
    "bigint": "'9007199254740993'",
    "numeric": "'12345678901234567.89'",
    "double precision": "1.5",
    "boolean": "true",
    "text": "'one'",
    "uuid": "'0199f0f0-0000-7000-8000-000000000000'",
    "date": "'2026-01-31'",
    "time": "'12:34:56.123456'",
    "timestamp": "'2026-01-31 12:34:56.123456'",
    "timestamptz": "'2026-01-31 12:34:56.123456+00'",
    "interval": "'1 day 02:03:04'",
    "json": """'{"a":1}'""",
    "jsonb": """'{"a": 1}'""",
    "jsonb (an array)": "'[1, 2]'",
    "bytea": r"'\x00ff'",
    "inet": "'192.0.2.1'",
    "integer[]": "'{1,2}'",
    "bigint[]": "'{1,2}'",
    "text[]": "'{one,two}'",
    "uuid[]": "'{0199f0f0-0000-7000-8000-000000000000}'",
    "timestamptz[]": "'{2026-01-31 12:34:56+00}'",
    "jsonb[]": r"""'{"{\"a\": 1}"}'""",
}
HEADER = "| Postgres type | SQL value | JavaScript value | Sent back as a parameter |\n|---|---|---|---|\n"
BUNDLE = """
import { bundle } from "./bundle.ts";
const { text, files } = await bundle("test/types");
const encoded = (bytes) => Buffer.from(bytes).toString("base64");
const others = Object.entries(files).map(([name, bytes]) => [name, "application/wasm", encoded(bytes)]);
console.log(JSON.stringify([["worker.js", "application/javascript+module", encoded(text)], ...others]));
"""


@cache
def modules() -> tuple[tuple[str, str, bytes], ...]:
    """Builds the Worker. Returns the names, content types and bytes of its modules."""
    command: list[str] = [str(node.program()), "--input-type=module", "--eval", BUNDLE]
    built = subprocess.run(command, cwd=CHECKOUT / "workers", check=True, capture_output=True, text=True)
    return tuple((name, kind, base64.b64decode(content)) for name, kind, content in json.loads(built.stdout))


def table(ask: Callable[[dict[str, str]], dict[str, Any]]) -> str:
    """Returns the table of a driver. ``ask`` sends a value to the Worker."""
    rows = []
    for type_, literal in LITERALS.items():
        found = ask({"type": type_.split(" (")[0], "literal": literal})
        rows.append(f"| `{type_}` | `{literal}` | {found['value']} | {found['again']} |\n")
    return HEADER + "".join(rows)


def compare_with_page(driver: str, found: str) -> None:
    """Checks the table on the page of a driver. `UPDATE_GOLDEN=1` writes it."""
    page = CHECKOUT / "docs" / "drivers" / f"{driver}.md"
    text = page.read_text()
    (before,) = re.findall(re.escape(HEADER) + r"(?:\|.*\n)*", text)
    as_committed(page, text.replace(before, found))
