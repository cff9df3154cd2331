"""The report of the CPU seconds that the tests take."""

from tools.test_times import table


def test_the_most_expensive_file_is_first_and_child_processes_count() -> None:
    costs = [("a.py::one", 1.0, 0.0), ("b.py::two", 0.5, 2.0), ("a.py::three[x::y]", 0.25, 0.0)]
    assert [line.split() for line in table(costs)] == [
        ["3", "1.8", "2.0", "sum"],
        ["1", "0.5", "2.0", "b.py"],
        ["2", "1.2", "0.0", "a.py"],
    ]
