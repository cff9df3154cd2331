"""Generates the page "Effects of a change" from the table of changes."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import yaml

from localcloud.state_directory import CHECKOUT
from tools.changes.settings import setting_paths
from tools.changes.table import PROTECTED, Result, Row, read_rows

PAGE = CHECKOUT / "docs" / "changes.md"
_HEAD = "| Setting | From | To | Result | Loss |\n|---|---|---|---|---|\n"
_LONGEST_VALUE = 48
"""Characters of the longest value in the table."""
_TEXT = """# Effects of a change

This page shows for each setting of the [stack file](stack-file.md) one change and its result. Another change of the
same setting can have another result. Run `pulumi preview` before each update. A change has one of these results:

- **in place**: resources are updated or added. No resource is replaced or deleted.
- **redeployed**: a Worker gets a new version. The script, its addresses, its secrets and its Durable Objects stay.
- **replaced**: a resource is deleted. In most cases Pulumi first creates another resource in its place.
- **rejected**: `pulumi preview` fails with a message that contains the fix, and nothing changes.
- **rejected by `protect`**: Pulumi would delete a resource that holds data. `protect` is `true` by default, except in
  `local` and preview stacks. The last column shows what is lost with `protect: false`.
- **nothing**: no resource changes. The setting affects only the checks of `pulumi preview`, or a later change.

A value that contains a file shows only its name. `–` means that the setting is omitted. For all other signs, see
[how to read the tables](stack-file.md#how-to-read-the-tables). The settings of `preview` of a Pages project have the
same results as those of `production`. `make changes` plays the changes. For AWS, Google and Supabase, they are played
only on mocks, because the local cloud has no emulator of these vendors.

To change the `provider` of a database, add the new database with another key and copy the data first. `pulumi preview`
rejects a change that would connect Hyperdrive to a new and empty database.

The table has the results of a stack that is neither `local` nor a preview stack. In `local` and preview stacks,
`deleteAtOnce` is `true` by default. An update then replaces a Hyperdrive configuration with another name, also if an
older version of a Worker is bound to the former configuration.
"""


def page() -> str:
    """Returns the text of the page."""
    return "\n".join([_TEXT, *_sections()])


def _sections() -> Iterator[str]:
    order = {path: index for index, path in enumerate(setting_paths())}
    sections: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(read_rows(), key=lambda row: order[row.path]):
        sections[section_of(row.path)].append(row)
    for heading, rows in sections.items():
        yield f"## {heading}\n\n{_HEAD}{''.join(map(_line, rows))}"


def section_of(path: str) -> str:
    """Returns the heading of the section that contains a setting."""
    if vendor := re.match(r"databases\.NAME\[(.+?)\]", path):
        return f"`databases.NAME` with `provider: {vendor[1]}`"
    if part := re.match(r"databases\.NAME\.(hyperdrive|route|credentials)\b", path):
        return f"`databases.NAME.{part[1]}`"
    if path.startswith("pages.NAME.production."):
        return "`pages.NAME.production`"
    section, _, below = path.partition(".")
    if not below:
        return "Top-level settings"
    return f"`{section}.NAME`" if below.startswith("NAME") else f"`{section}`"


def _line(row: Row) -> str:
    result = f"{row.result}"
    if row.result is Result.REJECTED and row.error == PROTECTED:
        result += " by `protect`"
    return f"| `{_name(row.path)}` | {_value(row.value)} | {_value(row.to)} | {result} | {row.lost or '–'} |\n"


def _name(path: str) -> str:
    """Returns a path without its vendor, which is in the heading, and with the kind of a route as a suffix."""
    path = re.sub(r"^(databases\.NAME)\[[^]]*\]", r"\1", path)
    found = re.search(r"\[(.+?)\]", path)
    return re.sub(r"\[.+?\]", "", path) + (f"` with `kind: {found[1]}" if found else "")


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        text = value.replace("${files}/", "")
    else:
        written = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
        text = written.strip().removesuffix("...").strip().replace("${files}/", "")
    if len(text) > _LONGEST_VALUE:
        return "another list" if isinstance(value, list) else "a map"
    return f"`{text}`".replace("|", "\\|")
