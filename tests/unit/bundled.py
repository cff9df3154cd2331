"""Scripts with the strings by which the code of a package is recognised."""

import json

from edge_postgres.workers.bundled_packages import NEON, PACKAGES

EXACT = {
    "@prisma/client": '{{clientVersion:"{0}"}}',
    "drizzle-orm": 'const v="{0}";trace.getTracer("drizzle-orm",v)',
    NEON: '"pkg:npm/%40neondatabase/serverless@{0}"',
}
"""Code with the release, of packages that carry it."""


def contains(*packages: str) -> str:
    """Returns a script with the strings of packages, each such as `pg@8.23.1`.

    `tests/localcloud/test_real_bundles.py` looks for these strings in bundles of the packages themselves.
    """
    return "\n".join([*map(code, packages), "export default {};"])


def code(package: str) -> str:
    name, _, version = package.rpartition("@")
    release = tuple(map(int, version.split(".")))
    if (traces := PACKAGES.get(name)) is None:
        return json.dumps(name)
    later = {string for string, first in traces.introduced.items() if release < first}
    strings = [
        *next(group for group in traces.signatures if not later & set(group)),
        *(string for string, first in traces.introduced.items() if first <= release),
        *(string for string, first in traces.removed.items() if release < first),
    ]
    return ";".join([*(json.dumps(string) for string in strings), EXACT.get(name, "").format(version)])
