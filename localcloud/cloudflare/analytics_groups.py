"""The groups of a dataset: the figures of the gateway, filtered, and summed by the selected dimensions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.cloudflare.analytics_schema import parse_moment

MINUTE = timedelta(minutes=1)
LOCATION = "LOC"
"""The only location of the local cloud. Cloudflare's are codes of airports."""


@dataclass(frozen=True)
class Row:
    """The figures of one minute that have the same dimensions."""

    at: datetime
    """Start of the minute."""
    dimensions: Mapping[str, str]
    figures: Mapping[str, Any]
    """Figures as the gateway sends them."""


Content = Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]
"""Returns the fields of a group from the figures of its rows."""


def query_rows(configurations: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [
        _row(each, interval, figures, cacheStatus=figures["cacheStatus"], eventStatus=figures["eventStatus"])
        for each in configurations
        for interval in each["intervals"]
        for figures in interval["queries"]
    ]


def pool_rows(configurations: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [
        _row(each, interval, interval["pool"], coloCode=LOCATION)
        for each in configurations
        for interval in each["intervals"]
        if interval["pool"]
    ]


def query_group(figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Latencies are in milliseconds. Queries that did not reach the database have none."""
    return {
        "count": _sum(figures, "count"),
        "avg": {
            "connectionLatency": _ratio(_sum(figures, "openingMs"), _sum(figures, "opened")),
            "queryLatency": _ratio(_sum(figures, "databaseMs"), _sum(figures, "sent")),
        },
        "sum": {name: _sum(figures, name) for name in ("queryBytes", "resultBytes")},
    }


def pool_group(figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    samples = _sum(figures, "samples")
    sums = [each["sums"] for each in figures]
    peaks = [each["peaks"] for each in figures]
    return {
        "avg": {
            "currentPoolSize": _ratio(_sum(sums, "open"), samples),
            "availablePoolSlots": _ratio(_sum(sums, "available"), samples),
            "waitingClients": _ratio(_sum(sums, "waiting"), samples),
        },
        "max": {
            "maxPoolSize": max(each["limit"] for each in figures),
            "currentPoolSize": max(each["open"] for each in peaks),
            "waitingClients": max(each["waiting"] for each in peaks),
        },
    }


def groups_of(rows: Iterable[Row], content: Content, selected: Sequence[str]) -> list[dict[str, Any]]:
    """Returns one group for each combination of values of the selected dimensions, which are sorted by name."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(_dimension(row, name) for name in selected), []).append(row.figures)
    return [
        {**content(figures), "dimensions": dict(zip(selected, values, strict=True))}
        for values, figures in sorted(found.items())
    ]


def matches(row: Row, conditions: Mapping[str, Any]) -> bool:
    """Whether a row fulfils a filter. A minute that a limit of time divides, fulfils it."""
    return all(_fulfils(row, name, value) for name, value in conditions.items() if value is not None)


def _fulfils(row: Row, name: str, value: Any) -> bool:
    field, _, operator = name.partition("_")
    if field == "datetime":
        start, end, limit = row.at, row.at + MINUTE, parse_moment(value)
        return {"geq": end > limit, "gt": end > limit, "leq": start <= limit, "lt": start < limit}[operator]
    if field == "date":
        day, last = row.at.date(), parse_moment(value).date()
        return {"": day == last, "geq": day >= last, "gt": day > last, "leq": day <= last, "lt": day < last}[operator]
    found = row.dimensions[field]
    answers: dict[str, bool] = {
        "": found == value,
        "neq": found != value,
        "in": found in value,
        "notin": found not in value,
    }
    return answers[operator]


def _row(configuration: Mapping[str, Any], interval: Mapping[str, Any], figures: Any, **dimensions: str) -> Row:
    at = datetime.fromisoformat(interval["at"])
    return Row(at, {"configId": configuration["name"], **dimensions}, figures)


def _dimension(row: Row, name: str) -> str:
    start = row.at.astimezone(UTC)
    times = {"date": f"{start:%Y-%m-%d}", "datetimeMinute": f"{start:%Y-%m-%dT%H:%M:00Z}"}
    times["datetimeHour"] = f"{start:%Y-%m-%dT%H:00:00Z}"
    return times.get(name) or row.dimensions[name]


def _sum(figures: Iterable[Mapping[str, Any]], name: str) -> Any:
    return sum(each[name] for each in figures)


def _ratio(total: float, number: int) -> float:
    return total / number if number else 0.0
