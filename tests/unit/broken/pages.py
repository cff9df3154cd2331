"""Stack files with an error of a Pages project."""

from typing import Any

from tests.unit.broken import Case, with_pages
from tests.unit.test_settings import stack_file

PRODUCTION = "pages.site.production"


def with_project(**changes: Any) -> dict[str, Any]:
    site = {
        "productionBranch": "main", "compatibilityDate": "2026-11-01", "production": {}, "preview": {}, **changes,
    }  # fmt: skip
    return stack_file(pages={"site": site})


def with_other(**binding: Any) -> dict[str, Any]:
    return with_pages(otherBindings={"X": binding})


CASES: list[Case] = [
    (with_project(projectName="Shop"), "pages.site.projectName", "1 to 58 lower-case letters"),
    (with_project(zones={"example.com": "0" * 32}), "pages.site.zones", "must be one of `domains`"),
    (with_pages(r2={"ASSETS": "files"}), f"{PRODUCTION}.r2", "has the reserved name ASSETS"),
    (with_pages(secrets=["STRIPE"]), f"{PRODUCTION}.secrets[0]", "STRIPE has no value"),
    (with_other(type="vectorize"), f"{PRODUCTION}.otherBindings.X.type", "must be one of"),
    (with_other(type="browser", text="x"), f"{PRODUCTION}.otherBindings.X.text", "is unknown for the type"),
    (with_other(type="r2_bucket", jurisdiction="eu"), f"{PRODUCTION}.otherBindings.X.bucket_name", "is required"),
    (with_other(type="service", service="a"), f"{PRODUCTION}.otherBindings.X.type", "has its own argument"),
]
"""The settings of a project and of its two environments."""
