"""The sizes of bundles on the pages are those of the built files."""

import gzip
import re

import pytest

from localcloud.state_directory import CHECKOUT
from tests.localcloud.asking import DIST

DOCS = CHECKOUT / "docs"
SIZE = re.compile(r"(\d+)(?: KB)? \((\d+)(?: KB with gzip)?\)")
SERVICES = {
    "pg": ["pg.js"],
    "postgres.js": ["postgres.js"],
    "drizzle": ["drizzle.js"],
    "kysely": ["kysely.js"],
    "prisma": ["prisma.js", "prisma-serverless.js", "prisma.wasm"],
    "prisma-ppg": ["ppg.js"],
}
COPIES = {
    name: [f"copy/{name}.js", *(["copy/prisma.wasm"] if name == "prisma" else [])]
    for name in ("pg", "direct", "postgres", "drizzle", "kysely", "prisma", "ppg")
}
# Releases of zlib compress slightly differently.
TOLERANCE_KB = 1


def compare(text: str, files: list[str]) -> None:
    found = [(int(plain), int(compressed)) for plain, compressed in SIZE.findall(text)]
    contents = [(DIST / file).read_bytes() for file in files]
    sizes = [(round(len(each) / 1024), round(len(gzip.compress(each)) / 1024)) for each in contents]
    assert [plain for plain, _ in found] == [plain for plain, _ in sizes], f"expected {sizes}"
    differences = [abs(one - other) for (_, one), (_, other) in zip(found, sizes, strict=True)]
    assert max(differences) <= TOLERANCE_KB, f"expected {sizes}"


@pytest.mark.parametrize("driver", SERVICES)
def test_the_size_of_a_service_is_in_the_table_of_drivers(driver: str) -> None:
    # The first table of the page.
    row = next(line for line in (DOCS / "drivers.md").read_text().splitlines() if line.startswith(f"| `{driver}` | "))
    compare(row.split(" | ")[5], SERVICES[driver])


@pytest.mark.parametrize("name", COPIES)
def test_the_size_of_a_file_to_copy_is_in_the_table_and_on_its_page(name: str) -> None:
    (in_table,) = re.findall(rf"^\| \[[^\]]+\]\(drivers/{name}\.md\) \|(.*)", (DOCS / "drivers.md").read_text(), re.M)
    compare(in_table, COPIES[name])
    text = (DOCS / "drivers" / f"{name}.md").read_text()
    compare(text[text.index("## Bundle size") :], COPIES[name])
