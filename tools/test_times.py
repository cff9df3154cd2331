"""A plugin of pytest that reports CPU seconds by file: `python -m pytest -p tools.test_times PATH`.

CPU seconds vary less with the load of a machine than the durations that pytest reports. They include the child
processes that have ended, such as engines. A service of the local cloud counts in the file whose fixture ends it.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

Cost = tuple[str, float, float]
"""A test, its CPU seconds in this process, and those of its child processes."""

_costs: list[Cost] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    before = os.times()
    result = yield
    after = os.times()
    own = after.user + after.system - before.user - before.system
    children = after.children_user + after.children_system - before.children_user - before.children_system
    _costs.append((item.nodeid, own, children))
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("CPU seconds by file: tests, in this process, in child processes")
    for line in table(_costs):
        terminalreporter.write_line(line)


def table(costs: Iterable[Cost]) -> list[str]:
    """Returns one line for each file, the most expensive one first, and a line with the sums."""
    files: dict[str, list[Cost]] = defaultdict(list)
    for cost in costs:
        files[cost[0].partition("::")[0]].append(cost)
        files["sum"].append(cost)
    sums = [
        (len(each), sum(own for _, own, _ in each), sum(children for _, _, children in each), name)
        for name, each in files.items()
    ]
    sums.sort(key=lambda row: row[1] + row[2], reverse=True)
    return [f"{count:6} {own:8.1f} {children:8.1f}  {name}" for count, own, children, name in sums]
