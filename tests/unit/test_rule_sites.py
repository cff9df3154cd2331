"""Each place that rejects a value is reached by a stack file with another error, or is in a table here.

The stack files are those of `test_every_rule.py`. A new rule needs a case there.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.unit.rule_sites import Site, recorded, sites
from tests.unit.test_every_rule import BROKEN, report_of
from tests.unit.test_settings import root

__all__ = ["root"]

UNREACHABLE = {
    "core/children.py": "Options of a resource. A stack file has no such options.",
    "core/errors.py": "An Output without a value, which is known during the deployment only.",
    "core/lazy_sdk.py": "A program that imports an SDK too early.",
    "core/plain_values.py": "An Output where a plain value is needed. A stack file has no Outputs.",
    "testing.py": "The project file of a test of a user's program.",
    "wrangler/toml.py": "Data that the generator of wrangler's files has created.",
}
"""Modules without a rule about a stack file, with the values that they reject."""

OPEN = {
    "core/args.py": 6,
    "core/numbers.py": 2,
    "core/transforms.py": 4,
    "http/credentials.py": 1,
    "http/rules.py": 3,
    "hyperdrive/budget.py": 1,
    "hyperdrive/budget_rules.py": 3,
    "hyperdrive/certificates.py": 6,
    "hyperdrive/origin.py": 4,
    "hyperdrive/pair.py": 1,
    "hyperdrive/rules.py": 12,
    "hyperdrive/slots.py": 1,
    "origin/address.py": 4,
    "origin/certificates.py": 8,
    "origin/connection_string.py": 2,
    "origin/pasted_forms.py": 8,
    "origin/rules.py": 1,
    "origins/cloud_sql/backups.py": 7,
    "origins/cloud_sql/rules.py": 6,
    "origins/cloud_sql/tiers.py": 5,
    "origins/cloudflare_ranges.py": 1,
    "origins/existing/rules.py": 6,
    "origins/neon/compute_rules.py": 9,
    "origins/neon/rules.py": 11,
    "origins/prisma/rules.py": 6,
    "origins/rds/authorities.py": 1,
    "origins/rds/capacity.py": 4,
    "origins/rds/contradictions.py": 10,
    "origins/rds/network_rules.py": 4,
    "origins/rds/performance.py": 3,
    "origins/rds/proxy.py": 2,
    "origins/rds/restore.py": 3,
    "origins/rds/rules.py": 12,
    "origins/rds/windows.py": 4,
    "origins/supabase/component.py": 2,
    "pages/other_bindings.py": 4,
    "pages/rules.py": 3,
    "postgres/preview_database_rules.py": 3,
    "postgres/role_rules.py": 1,
    "postgres/roles.py": 6,
    "routes/connectors.py": 5,
    "routes/rules.py": 5,
    "routes/token_rotation.py": 5,
    "stack/__init__.py": 1,
    "stack/create_workers.py": 1,
    "stack/credentials.py": 2,
    "stack/model.py": 1,
    "stack/origins/cloud_sql.py": 2,
    "stack/origins/cloud_sql_fields.py": 2,
    "stack/origins/database.py": 2,
    "stack/origins/existing.py": 3,
    "stack/origins/existing_address.py": 1,
    "stack/origins/neon.py": 1,
    "stack/origins/prisma.py": 1,
    "stack/origins/rds.py": 2,
    "stack/origins/rds_parts.py": 1,
    "stack/origins/role_rules.py": 3,
    "stack/origins/rotating_password.py": 1,
    "stack/pages/environment.py": 1,
    "stack/routes.py": 3,
    "stack/tls.py": 3,
    "stack/workers/bindings.py": 1,
    "stack/workers/kv.py": 1,
    "stack/workers/probes.py": 1,
    "stack/workers/queues.py": 2,
    "stack/workers/secrets_store.py": 1,
    "stack/workers/serverless.py": 2,
    "workers/assets.py": 6,
    "workers/bindings/render.py": 2,
    "workers/bindings/values.py": 14,
    "workers/bundle.py": 1,
    "workers/compatibility.py": 1,
    "workers/connection_methods.py": 2,
    "workers/cpu_limits.py": 3,
    "workers/direct_tcp.py": 1,
    "workers/direct_tcp_rules.py": 6,
    "workers/drivers.py": 4,
    "workers/files.py": 5,
    "workers/kv_cache_rules.py": 1,
    "workers/migrations.py": 4,
    "workers/observability.py": 2,
    "workers/placement.py": 2,
    "workers/queue_consumers.py": 1,
    "workers/queue_rules.py": 4,
    "workers/rollout.py": 1,
    "workers/rollout_rules.py": 6,
    "workers/route_records.py": 1,
    "workers/rules.py": 3,
    "workers/schedule.py": 1,
    "workers/secrets_store.py": 1,
    "workers/secrets_store_rules.py": 10,
    "workers/serverless_driver.py": 1,
}
"""The number of places in a module that no case reaches yet. It can only become smaller."""


@pytest.fixture(scope="module")
def unreached(tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    folder = tmp_path_factory.mktemp("stack")
    (folder / "worker.js").write_text("export default {}")
    reached: set[Site] = set()
    for _, file, _, _ in BROKEN:
        with recorded() as found:
            report = report_of(folder, file)
        reached |= found.reported_in(" ".join(report.values()))
    return [site for site in sites() if site not in reached]


def test_a_new_rule_is_reached_by_a_stack_file_with_another_error(unreached: list[Site]) -> None:
    counts = Counter(site.module for site in unreached if site.module not in UNREACHABLE)
    more = [str(site) for site in unreached if counts[site.module] > OPEN.get(site.module, 0)]
    assert more == [], "add a case to test_every_rule.py for the new rule among these"


def test_the_table_of_open_modules_becomes_smaller_with_each_case(unreached: list[Site]) -> None:
    counts = Counter(site.module for site in unreached)
    fewer = {module: counts[module] for module, number in OPEN.items() if counts[module] < number}
    assert fewer == {}, "write these numbers into OPEN, and remove a module with 0"


def test_a_module_that_a_stack_file_cannot_reach_is_not_reached(unreached: list[Site]) -> None:
    reached = {site.module for site in sites()} - {site.module for site in unreached}
    assert reached & set(UNREACHABLE) == set()
    assert set(UNREACHABLE) <= {site.module for site in sites()}


def test_a_rule_in_a_subclass_or_a_module_would_be_found() -> None:
    modules = {site.module for site in sites()}
    assert {"hyperdrive/rules.py", "stack/model.py", "workers/bindings/values.py"} <= modules


def test_an_error_that_is_not_reported_does_not_count(root: Path) -> None:
    _, file, _, words = BROKEN[0]
    with recorded() as found:
        report = report_of(root, file)
    assert words in " ".join(report.values())
    assert found.reported_in(" ".join(report.values())) != set()
    assert found.reported_in("accountId must be 32 hexadecimal digits") == set()
