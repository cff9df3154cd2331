"""The test suites of drivers: how their results are read, and which results fail the comparison."""

import tomllib
from pathlib import Path

import pytest

from tools.drivers.comparison import FAILURES, SUITES, Known, differences
from tools.drivers.suites import GoSuite, PythonSuite
from tools.matrix import CellFailure

DIRECT = {"reads": True, "listens": True, "needs_ipv6": False}


def test_a_failure_through_the_gateway_needs_a_reason() -> None:
    pooled = {"reads": False, "listens": False, "needs_ipv6": False}
    assert list(differences(DIRECT, pooled, {"listens"})) == ["failures without a reason: reads"]


def test_a_test_that_does_not_run_through_the_gateway_needs_a_reason() -> None:
    assert list(differences(DIRECT, {"listens": False}, {"listens"})) == ["failures without a reason: reads"]


def test_a_reason_for_a_test_that_passes_is_rejected() -> None:
    assert list(differences(DIRECT, DIRECT, {"listens"})) == ["reasons without a failure: listens"]


def test_a_suite_that_fails_on_the_database_is_rejected() -> None:
    assert "no test passes on the database directly" in list(differences({"reads": False}, {"reads": False}, set()))


def test_every_entry_has_a_known_suite_and_a_reason_and_names_each_test_once() -> None:
    entries = tomllib.loads(FAILURES.read_text())["failures"]
    assert {entry["suite"] for entry in entries} <= set(SUITES)
    assert all(entry["reason"].endswith(".") for entry in entries)
    for suite in SUITES:
        named = [test for entry in entries if entry["suite"] == suite for test in entry["tests"]]
        known = Known.of(suite)
        assert len(named) == len(known.failing) + len(known.endless)


PANIC = """#!/bin/sh
case "$*" in
  *-test.skip=*TestPanics*) echo "--- PASS: TestReads (0.00s)" ;;
  *)
    printf '=== RUN   TestReads\\n=== RUN   TestPanics\\n'
    printf -- '--- FAIL: TestPanics (0.00s)\\npanic: nil\\n\\nmain.TestPanics(0xc0)\\n' ;;
esac
"""


def go_suite(folder: Path, script: str) -> GoSuite:
    (folder / "source").mkdir()
    (folder / "tests").write_text(script)
    (folder / "tests").chmod(0o700)
    return GoSuite("example.com/driver", "v1.0.0")


def test_a_test_of_go_that_panics_fails_and_the_others_run_without_it(tmp_path: Path) -> None:
    assert go_suite(tmp_path, PANIC).run(tmp_path, {}, (), ()) == {"TestPanics": False, "TestReads": True}


def test_a_test_of_go_that_does_not_end_fails_the_suite(tmp_path: Path) -> None:
    suite = go_suite(tmp_path, "#!/bin/sh\necho '=== RUN   TestReads'\n")
    with pytest.raises(CellFailure, match="TestReads did not end"):
        suite.run(tmp_path, {}, (), ())


PARTS = """
import unittest


class Tests(unittest.TestCase):
    def test_parts(self):
        for number in (1, 2, 3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 2)

    def test_reads(self):
        pass

    @unittest.skip("no server")
    def test_skipped(self):
        pass
"""


def test_a_test_of_python_passes_if_all_its_parts_pass(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_driver.py").write_text(PARTS)
    results = PythonSuite("driver", "1.0.0", "", ("test_driver",)).run(tmp_path, {}, (), ())
    assert results == {"test_driver.Tests.test_parts": False, "test_driver.Tests.test_reads": True}
