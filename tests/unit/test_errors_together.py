"""Errors of one setting or of one model that are reported together, not one after the other."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.broken import API, MAIN, with_cloud_sql, with_database, with_rds, with_tls, with_worker
from tests.unit.broken.bindings import with_store
from tests.unit.broken.databases import ADMIN, ROLES
from tests.unit.broken.pages import with_project
from tests.unit.test_settings import faults, parts, root

__all__ = ["root"]

STORED, NETWORK = "secretsStore.secrets.a", f"{MAIN}.network"

TOGETHER: list[tuple[str, dict[str, Any], list[str]]] = [
    ("plain variables", with_worker(vars={"A_SECRET": "x", "B_SECRET": "y"}), [f"{API}.vars.A_SECRET", "B_SECRET"]),
    ("JSON", with_worker(json={"A": "x", "B": "y"}), [f"{API}.json.A", f"{API}.json.B"]),
    (
        "other bindings",
        with_worker(otherBindings={"A": {"type": "assets"}, "B": {"type": "assets"}}),
        [f"{API}.otherBindings.A.type", f"{API}.otherBindings.B.type"],
    ),
    (
        "limits",
        with_worker(limits={"cpuMs": 0, "subrequests": 0}),
        [f"{API}.limits.cpuMs", f"{API}.limits.subrequests"],
    ),
    (
        "observability",
        with_worker(observability={"enabled": False, "headSamplingRate": 2, "traces": {"enabled": True}}),
        [f"{API}.observability.headSamplingRate", f"{API}.observability.traces.enabled"],
    ),
    ("cron expressions", with_worker(crons=["x", "y"]), ["got x", "got y"]),
    ("kept bindings", with_worker(keepBindings=["A b", "C d"]), ["got A b", "got C d"]),
    (
        "modules",
        with_worker(files={"worker.js": "a", "_headers": "b", "c": "d"}),
        [f"{API}.files.worker.js", f"{API}.files._headers", f"{API}.files.c"],
    ),
    (
        "host names of routes",
        with_worker(routeRecords=["a.example.com", "b.example.com"]),
        ["got a.example.com", "got b.example.com"],
    ),
    ("address ranges", with_cloud_sql(authorizedNetworks=["a", "b"]), ["got a", "got b"]),
    (
        "backups",
        with_cloud_sql(transactionLogDays=9, finalBackup=False, finalBackupDays=5),
        [f"{MAIN}.transactionLogDays", f"{MAIN}.finalBackupDays"],
    ),
    (
        "a network",
        with_rds(
            network={
                "vpcId": "a",
                "subnetIds": ["a", "b"],
                "openToTheInternet": True,
                "additionalRanges": ["192.0.2.0/24"],
            },
        ),
        [f"{NETWORK}.openToTheInternet", f"{NETWORK}.additionalRanges"],
    ),
    (
        "a restored server of two kinds",
        with_rds(capacity={"min": 0.5, "max": 2}, storage={"allocated": 20}),
        [f"{MAIN}.instanceClass", f"{MAIN}.storage"],
    ),
    (
        "certificates",
        with_tls(mode="verify-ca", clientKeySecret="databases.main.url"),
        [f"{MAIN}.hyperdrive.tls.caFile", f"{MAIN}.hyperdrive.tls.clientKeySecret"],
    ),
    (
        "roles",
        with_database(**parts(credentials={**ROLES, **ADMIN, "ownerRole": "app"})),
        [f"{MAIN}.credentials.adminUser", f"{MAIN}.credentials.ownerRole"],
    ),
    (
        "stored secrets",
        with_store({"a": {"version": 2}}, {}, storeId="0" * 32, storeName="x"),
        [STORED, "for version 1", "for version 2", "secretsStore.storeId"],
    ),
    (
        "the two environments of a Pages project",
        with_project(
            driver="pg",
            production={"compatibilityDate": "2021-01-01"},
            preview={"compatibilityDate": "2021-01-02"},
        ),
        ["pages.site.production.compatibilityDate", "pages.site.preview.compatibilityDate"],
    ),
    (
        "an environment with an invalid type",
        with_project(driver="pg", production={"vars": 5}, preview={"compatibilityDate": "2021-01-02"}),
        ["pages.site.production.vars", "pages.site.preview.compatibilityDate"],
    ),
]


@pytest.mark.parametrize(("file", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_all_errors_are_reported_together(root: Path, file: dict[str, Any], expected: list[str]) -> None:
    text = "\n".join(f"{path} {words}" for path, words in faults(root, {**file, "accountId": "abc"}).items())
    assert [words for words in ["accountId", *expected] if words not in text] == []


def test_an_error_of_both_environments_is_reported_once(root: Path) -> None:
    found = faults(root, with_project(driver="pg", compatibilityDate="2021-01-01"))
    assert list(found) == ["pages.site.compatibilityDate"]
    assert found["pages.site.compatibilityDate"].count("or later with a database driver") == 1
