"""Stack files with an error of a Worker: its bundle and files, its version, its limits and its schedule."""

from tests.unit.broken import API, PRISMA, Case, with_bundle, with_serverless, with_worker
from tests.unit.bundled import contains
from tests.unit.test_settings import parts, stack_file

VERSION = "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f"
HALF = {"percentage": 50, "previousVersionId": VERSION}
ZONE = "0" * 32
CRONS = [f"{minute} 3 * * *" for minute in range(6)]


def with_files(names: dict[str, str], **changes: object) -> dict[str, object]:
    return with_worker(**changes) | {"(files)": names}


def with_assets(*names: str, **assets: object) -> dict[str, object]:
    files = {f"public/{name}": "text" for name in names}
    return with_files(files, assets={"directory": "public", **assets})


def free(file: dict[str, object]) -> dict[str, object]:
    return {**file, "plan": "free"}


BUNDLE_CASES: list[Case] = [
    (with_bundle(""), f"{API}.bundle", "must have 1 to"),
    (with_bundle(contains("postgres@3.4.9")), f"{API}.bundle", "does not belong to the driver pg"),
    (
        with_bundle(contains("@prisma/client@7.10.0", "@prisma/extension-accelerate@3.0.1"), driver="prisma"),
        f"{API}.bundle",
        "pools and caches instead of Hyperdrive",
    ),
    (
        with_bundle(contains("@prisma/client@7.10.0", "@prisma/adapter-ppg@7.10.0"), driver="prisma"),
        f"{API}.bundle",
        "sends HTTP to Prisma",
    ),
    (
        with_serverless(PRISMA, bundle="driver.js", driver="prisma")
        | {"(files)": {"driver.js": contains("@prisma/client@7.10.0", "@prisma/adapter-pg@7.10.0")}},
        f"{API}.bundle",
        "but `serverless` needs",
    ),
    (with_worker(driver="prisma-ppg"), f"{API}.hyperdrive", "queries Prisma Postgres over HTTP"),
    (with_worker(files={"worker.js": "worker.js"}), f"{API}.files.worker.js", "name of the main module"),
    (with_worker(files={"_headers": "worker.js"}), f"{API}.files._headers", "Cloudflare reserves"),
    (with_worker(files={"data": "worker.js"}), f"{API}.files.data", "has an unknown kind"),
    (with_worker(files={"data.txt": "gone.txt"}), f"{API}.files.data.txt", "cannot be read"),
    (
        with_files({"large.txt": "x" * (64 * 1024 * 1024 + 1)}, files={"data.txt": "large.txt"}),
        f"{API}.files",
        "together with the main module",
    ),
    (with_assets("index.html", runWorkerFirst="yes"), f"{API}.assets.runWorkerFirst", "must be true, false or a list"),
    (with_assets("index.html", runWorkerFirst=["api"]), f"{API}.assets.runWorkerFirst", "that start with `/`"),
    (with_assets("index.html", runWorkerFirst=["!/a"]), f"{API}.assets.runWorkerFirst", "is no exception"),
    (with_files({"empty/": ""}, assets={"directory": "empty"}), f"{API}.assets.directory", "contain 1 to"),
    (with_assets(".env"), f"{API}.assets.directory", "every file becomes public"),
    (
        with_files({"big/index.html": "x" * (25 * 1024 * 1024 + 1)}, assets={"directory": "big"}),
        f"{API}.assets.directory",
        "files of at most",
    ),
]

VERSION_CASES: list[Case] = [
    (with_worker(rollout=HALF, keepBindings=["secret_text"]), f"{API}.keepBindings", "declares all its bindings"),
    (
        with_files({"public/index.html": "x"}, rollout=HALF, assets={"directory": "public"}),
        f"{API}.assets",
        "`percentage: 50`",
    ),
    (with_worker(rollout={"percentage": 50}), f"{API}.rollout.previousVersionId", "is required with"),
    (
        with_worker(rollout={"percentage": 50, "previousVersionId": "v1"}),
        f"{API}.rollout.previousVersionId",
        "must be the ID of a version",
    ),
    (
        with_worker(rollout=HALF, migrations={"newTag": "v1", "newSqliteClasses": ["A"]}),
        f"{API}.migrations",
        "applies a migration to all",
    ),
    (
        with_worker(rollout=HALF, migrations={"new_tag": "v1", "new_sqlite_classes": ["A"]}),
        f"{API}.migrations",
        "applies a migration to all",
    ),
    (
        with_worker(
            rollout={"percentage": 100},
            migrations={"new_tag": "v1", "new_sqlite_classes": ["A"]},
            durableObjects={"ROOM": {"className": "A"}},
        ),
        f"{API}.durableObjects.ROOM",
        "must not bind A",
    ),
    (with_worker(migrations={"new_tagg": "v1"}), f"{API}.migrations.new_tagg", "drops it without"),
    (with_worker(placement={}), f"{API}.placement", "must have one of"),
    (with_worker(placement={"mode": "smart", "region": "aws:us-east-1"}), f"{API}.placement", "must have one of"),
    (
        stack_file(
            databases__main=parts(route={"kind": "vpc-service", "connector": "none"}),
            workers__api__placement={"host": "db.example.com:5432"},
        ),
        f"{API}.placement.host",
        "must not be the host of the database",
    ),
]

LIMIT_CASES: list[Case] = [
    (
        with_worker(scriptName="x" * 63, workflows={"A_B": {"className": "A"}}),
        f"{API}.workflows.A_B.workflowName",
        "1 to 64 letters",
    ),
    (with_worker(routes={"example.com./*": ZONE}), f"{API}.routes.example.com./*", "a host name and a path"),
    (with_worker(routes={"203.0.113.7/*": ZONE}), f"{API}.routes.203.0.113.7/*", "not an IP address"),
    (with_worker(routes={"*.workers.dev/*": ZONE}), f"{API}.routes.*.workers.dev/*", "in one of your zones"),
    (with_worker(domains=["api.workers.dev"]), f"{API}.domains[0]", "set `workersDev`"),
    (with_worker(domains=["bücher.example.com"]), f"{API}.domains[0]", "in ASCII"),
    (with_worker(limits={}), f"{API}.limits", "must not be empty"),
    (with_worker(limits={"subrequests": 99999999}), f"{API}.limits.subrequests", "on the paid plan"),
    (with_worker(limits={"cpuMs": 0}), f"{API}.limits.cpuMs", "must be at least 1"),
    (
        with_worker(observability={"enabled": False, "logs": {"enabled": True}}),
        f"{API}.observability.logs.enabled",
        "`enabled: false`",
    ),
    (
        with_worker(observability={"enabled": True, "headSamplingRate": 2}),
        f"{API}.observability.headSamplingRate",
        "must be from 0 to 1",
    ),
    (with_worker(compatibilityFlags=["a_flag", "a_flag"]), f"{API}.compatibilityFlags", "got a_flag twice"),
    (free(with_worker(crons=CRONS)), f"{API}.crons", "expressions in an account on the free plan"),
    (
        with_worker(routes={"https://example.com/*": ZONE}),
        f"{API}.routes.https://example.com/*",
        "a host name and a path",
    ),
    (
        with_worker(routes={"www.example.com/*": ZONE}, routeRecords=["www.example.com", "www.example.com"]),
        f"{API}.routeRecords",
        "got www.example.com twice",
    ),
    (with_worker(tailConsumers=["api"]), f"{API}.tailConsumers", "must not contain the script itself"),
    (
        stack_file(
            workers__api__services={"B": "b"},
            workers__b={"bundle": "worker.js", "compatibilityDate": "2026-11-01", "services": {"A": "api"}},
        ),
        f"{API}.services",
        "must not contain a cycle",
    ),
]

CASES = [*BUNDLE_CASES, *VERSION_CASES, *LIMIT_CASES]
"""The settings of a Worker, except its bindings."""
