"""Each place that rejects a value is reached by a stack file with another error, or has a reason.

The stack files are those of `test_every_rule.py`. A new rule needs a case there, or a reason in
`unreachable_rules.py`.
"""

from pathlib import Path

import pytest

from tests.unit.rule_sites import Site, recorded, sites
from tests.unit.test_every_rule import BROKEN, report_of
from tests.unit.test_settings import CA, root
from tests.unit.unreachable_rules import REASONS, reasons_of

__all__ = ["root"]


@pytest.fixture(scope="module")
def unreached(tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    reached: set[Site] = set()
    for _, file, _, _ in BROKEN:
        folder = tmp_path_factory.mktemp("stack")
        (folder / "worker.js").write_text("export default {}")
        (folder / "authority.pem").write_text(CA)
        with recorded() as found:
            report = report_of(folder, file)
        reached |= found.reported_in(" ".join(report.values()))
    return [site for site in sites() if site not in reached]


def test_each_rule_is_reached_by_a_stack_file_with_another_error_or_has_a_reason(unreached: list[Site]) -> None:
    missing = [f"{site} {site.function}: {site.words}" for site in unreached if not reasons_of(site)]
    assert missing == [], "add a case to tests/unit/broken, or a reason to tests/unit/unreachable_rules.py"


def test_a_rule_with_a_reason_is_not_reached(unreached: list[Site]) -> None:
    assert [str(site) for site in sites() if reasons_of(site) and site not in unreached] == []


def test_each_reason_belongs_to_a_rule() -> None:
    used = {reason for site in sites() for reason in reasons_of(site)}
    assert [reason for reason in REASONS if reason not in used] == []


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
