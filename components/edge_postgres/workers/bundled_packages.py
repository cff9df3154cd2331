"""The npm packages in a built script, found by strings of their code.

Minifying renames variables. It keeps strings and the names of properties, so these show a package in the output of each
bundler. The strings were read on 2026-12-01 in bundles of esbuild 0.28.2 with these packages:

- pg 8.11.0 to 8.23.1, Postgres.js 3.3.5 to 3.4.9, Kysely 0.26.1 to 0.29.9, Drizzle 0.45.4
- Prisma Client 6.19.3 and 7.10.0, `@prisma/adapter-pg` 6.16.1 to 7.10.0, `@prisma/adapter-ppg` 7.0.1 and 7.10.0
- `@prisma/ppg` 0.5.2 and 1.0.1, Accelerate's extension 1.2.2 and 3.0.1
- Neon's driver 0.9.5 to 1.2.0

Few packages carry their release. For the others, a string that a release introduced or removed narrows the release to a
range. Only the presence of a string proves something: its absence can also be the work of a bundler.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Release = tuple[int, int, int]

_CREATED_CLIENT = re.compile(r"""["']?\bclientVersion["']?:\s*["'`](\d+)\.(\d+)\.(\d+)""")
_NEON_PACKAGE_URL = re.compile(r"pkg:npm/%40neondatabase/serverless@(\d+)\.(\d+)\.(\d+)")
_DRIZZLE_TRACER = re.compile(r"""getTracer\(["'`]drizzle-orm["'`],\s*(?:["'`](\d+\.\d+\.\d+)["'`]|([\w$]+))\)""")


@dataclass(frozen=True)
class Releases:
    """The releases of a package that a script can contain: from `first` to the last one before `before`."""

    first: Release = (0, 0, 0)
    before: Release | None = None
    """None if later releases are possible too."""

    @classmethod
    def exactly(cls, release: Release) -> "Releases":
        major, minor, patch = release
        return cls(release, (major, minor, patch + 1))

    @property
    def is_exact(self) -> bool:
        return self.before is not None and self == Releases.exactly(self.first)

    def __contains__(self, release: Release) -> bool:
        return self.first <= release and (self.before is None or release < self.before)

    def __str__(self) -> str:
        first = ".".join(map(str, self.first))
        if self.is_exact:
            return first
        if self.before is None:
            return f"release {first} or later" if any(self.first) else "an unknown release"
        last = f"before {'.'.join(map(str, self.before))}"
        return f"a release from {first} to {last}" if any(self.first) else f"a release {last}"


@dataclass(frozen=True)
class Traces:
    """The strings by which the code of a package and its release are recognised."""

    signatures: tuple[tuple[str, ...], ...]
    """A script contains the package if it contains all strings of one of these groups."""
    introduced: Mapping[str, Release]
    """Strings that older releases lack, and the first release with each."""
    removed: Mapping[str, Release]
    """Strings that newer releases lack, and the first release without each."""
    find_release: Callable[[str], Release | None] = lambda text: None  # noqa: ARG005
    """Returns the release that the code itself contains."""
    copied_by: str | None = None
    """Package that contains an old copy of this package's code, which would look like an old release."""

    @property
    def shows_release(self) -> bool:
        """Whether a script can show the release."""
        return bool(self.introduced or self.removed) or self.find_release is not Traces.find_release


def _find_client_release(text: str) -> Release | None:
    return _release(_CREATED_CLIENT.search(text))


def _find_neon_release(text: str) -> Release | None:
    return _release(_NEON_PACKAGE_URL.search(text))


def _find_drizzle_release(text: str) -> Release | None:
    # The name of the variable that has the release is different in each bundle.
    if not (call := _DRIZZLE_TRACER.search(text)):
        return None
    inline, variable = call.groups()
    number = r"(\d+)\.(\d+)\.(\d+)"
    if inline is not None:
        return _release(re.fullmatch(number, inline))
    return _release(re.search(rf"(?<![\w$]){re.escape(variable)}\s*=\s*[\"'`]{number}", text))


def _release(match: re.Match[str] | None) -> Release | None:
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


NEON = "@neondatabase/serverless"
ACCELERATE = "@prisma/extension-accelerate"

PACKAGES: Mapping[str, Traces] = {
    "pg": Traces(
        # `CloudflareSocket` is the name of its socket in Workers since 8.11.0. Neon's copy of pg is older.
        (("Client has already been connected. You cannot reuse a client.", "CloudflareSocket"),),
        introduced={"SCRAM-SHA-256-PLUS requires a certificate": (8, 14, 0), "_getActiveQuery": (8, 17, 0)},
        removed={"SASL: Only mechanism SCRAM-SHA-256 is currently supported": (8, 14, 1), "_checkPgPass": (8, 17, 0)},
        copied_by=NEON,
    ),
    "postgres": Traces(
        (("BCcDdEFfHPpQSX", "target_session_attrs", "UNSAFE_TRANSACTION"),),
        introduced={"sql.begin, sql.reserved or max": (3, 4, 0), "You cannot execute queries during copy": (3, 4, 6)},
        removed={"Only use sql.begin or max: 1": (3, 4, 0)},
    ),
    "drizzle-orm": Traces(
        (("drizzle:entityKind", "drizzle:Name"),), introduced={}, removed={}, find_release=_find_drizzle_release
    ),
    "kysely": Traces(
        (("SelectQueryNode", "SelectModifierNode"),),
        introduced={"MergeQueryNode": (0, 27, 0)},
        removed={"invalid binary operator ": (0, 26, 2)},
    ),
    # The generated client contains the release. Its runtime contains the name of the class.
    "@prisma/client": Traces(
        (("PrismaClientKnownRequestError", "PrismaClientInitializationError"),),
        introduced={},
        removed={},
        find_release=_find_client_release,
    ),
    # The runtime of Prisma Client contains the name of this package too.
    "@prisma/adapter-pg": Traces((("prisma:driver-adapter:pg",),), introduced={}, removed={}),
    "@prisma/adapter-ppg": Traces((("@prisma/ppg-adapter",),), introduced={}, removed={}),
    "@prisma/ppg": Traces(
        (("urn:prisma:query:descriptor",), ("migrations.prisma-data.net/db/exec",)),
        introduced={"urn:prisma:query:descriptor": (1, 0, 1)},
        removed={"migrations.prisma-data.net/db/exec": (1, 0, 1)},
    ),
    # `@prisma/adapter-neon` contains this package.
    NEON: Traces(
        (("Neon-Connection-String", "Neon-Raw-Text-Output"), ("forceDisablePgSSL", "wsProxyAddrForHost")),
        introduced={},
        removed={},
        find_release=_find_neon_release,
    ),
    # The error messages of Prisma Client contain the name of this package, so the name is no sign of it.
    ACCELERATE: Traces((("accelerate-query-engine-jwt", "accelerate-cache-status"),), introduced={}, removed={}),
}
"""The packages that a script can show."""


def find_packages(text: str) -> dict[str, Releases]:
    """Returns the packages whose code a script contains, with their possible releases."""
    names = [
        name
        for name, traces in PACKAGES.items()
        if any(all(string in text for string in group) for group in traces.signatures)
    ]
    return {name: _find_releases(PACKAGES[name], text, names) for name in names}


def _find_releases(traces: Traces, text: str, names: list[str]) -> Releases:
    if exact := traces.find_release(text):
        return Releases.exactly(exact)
    first = max((release for string, release in traces.introduced.items() if string in text), default=(0, 0, 0))
    removed = [release for string, release in traces.removed.items() if string in text]
    before = min(removed, default=None) if traces.copied_by not in names else None
    # Two copies of a package, or a string of the Worker's own code: the script does not show one release.
    return Releases(first, before) if before is None or first < before else Releases()
