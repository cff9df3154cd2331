"""The GraphQL Analytics API: groups, filters and errors, on figures as the gateway sends them."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.cloud import Cloud
from localcloud.gateway.pools import NoPooling, PoolError
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, config, result
from tests.localcloud.cloudflare.conftest import Emulator, Start

QUERIES = "hyperdriveQueriesAdaptiveGroups"
POOLS = "hyperdrivePoolSizesAdaptiveGroups"
FIRST, SECOND = "2026-11-21T11:59:00.000Z", "2026-11-21T12:00:00.000Z"


def sums(cache_status: str, count: int, event_status: str = "complete", **changes: Any) -> dict[str, Any]:
    figures = {"queryBytes": 10 * count, "resultBytes": 100 * count, "sent": count, "databaseMs": 4.0 * count}
    figures |= {"opened": 0, "openingMs": 0.0}
    return {"cacheStatus": cache_status, "eventStatus": event_status, "count": count, **figures, **changes}


def pool(samples: int, open: int, waiting: int, peak: int) -> dict[str, Any]:  # noqa: A002
    one = {"open": open, "waiting": waiting, "available": 10 - open, "inUse": open}
    peaks = {"open": peak, "waiting": waiting, "available": 10, "inUse": peak}
    return {
        "samples": samples,
        "limit": 10,
        "sums": {name: samples * each for name, each in one.items()},
        "peaks": peaks,
    }


class Figures(NoPooling):
    """Provides figures of two minutes, with the same content for each configuration."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.is_down = False

    async def figures(self) -> list[dict[str, Any]]:
        if self.is_down:
            raise PoolError("The gateway does not respond.")
        intervals = [
            {"at": FIRST, "queries": [sums("hit", 2, sent=0, databaseMs=0), sums("miss", 1)], "pool": pool(2, 4, 0, 5)},
            {
                "at": SECOND,
                "queries": [sums("miss", 3, opened=2, openingMs=30.0), sums("miss", 1, "error")],
                "pool": pool(6, 8, 4, 9),
            },
        ]
        return [{"name": name, "label": name, "intervals": intervals} for name in self.names]


class Asked:
    """Sends queries to the API."""

    def __init__(self, client: httpx.Client, figures: Figures) -> None:
        self.client = client
        self.figures = figures

    def send(self, query: str, **body: Any) -> Any:
        response = self.client.post("/client/v4/graphql", json={"query": query, **body})
        assert response.status_code == 200, response.text
        return response.json()

    def groups(self, dataset: str, fields: str, arguments: str = "") -> list[dict[str, Any]]:
        answer = self.send(
            f'{{ viewer {{ accounts(filter: {{accountTag: "{ACCOUNT}"}}) '
            f"{{ found: {dataset}(limit: 100, {arguments}) {{ {fields} }} }} }} }}"
        )
        assert answer["errors"] is None, answer
        (account,) = answer["data"]["viewer"]["accounts"]
        found: list[dict[str, Any]] = account["found"]
        return found

    def error(self, query: str, **body: Any) -> dict[str, Any]:
        answer = self.send(query, **body)
        assert answer["data"] is None
        error: dict[str, Any] = answer["errors"][0]
        assert set(error) == {"message", "path", "extensions"}
        assert set(error["extensions"]) == {"timestamp"}
        return error


@pytest.fixture
def asked(start: Start) -> Asked:
    emulator: Emulator = start(trust_private_origins=True)
    figures = Figures()
    cloud: Cloud = emulator.cloud
    cloud.pooling = figures
    figures.names = [result(emulator.client.post(CONFIGS, json=config(name)))["id"] for name in ("main", "other")]
    return Asked(emulator.client, figures)


def counts(groups: list[dict[str, Any]], dimension: str) -> Mapping[str, int]:
    return {group["dimensions"][dimension]: group["count"] for group in groups}


def test_queries_are_counted_by_the_selected_dimensions(asked: Asked) -> None:
    groups = asked.groups(QUERIES, "count dimensions { cacheStatus }")
    assert counts(groups, "cacheStatus") == {"hit": 4, "miss": 10}
    two = asked.groups(QUERIES, "count dimensions { eventStatus configId }")
    assert [group["count"] for group in two] == [6, 1, 6, 1]
    assert asked.groups(QUERIES, "count") == [{"count": 14}]


def test_dimensions_in_fragments_and_with_aliases_count(asked: Asked) -> None:
    account = f'accounts(filter: {{accountTag: "{ACCOUNT}"}})'
    answer = asked.send(
        f"query {{ viewer {{ {account} {{ {QUERIES}(limit: 9) {{ ...group }} }} }} }} "
        "fragment group on Queries { count ... { dimensions { __typename status: cacheStatus } } }"
    )
    groups = answer["data"]["viewer"]["accounts"][0][QUERIES]
    assert [(group["dimensions"]["status"], group["count"]) for group in groups] == [("hit", 4), ("miss", 10)]


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("date", {"2026-11-21": 14}),
        ("datetimeHour", {"2026-11-21T11:00:00Z": 6, "2026-11-21T12:00:00Z": 8}),
        ("datetimeMinute", {"2026-11-21T11:59:00Z": 6, "2026-11-21T12:00:00Z": 8}),
    ],
)
def test_queries_are_counted_by_time(asked: Asked, dimension: str, expected: Mapping[str, int]) -> None:
    assert counts(asked.groups(QUERIES, f"count dimensions {{ {dimension} }}"), dimension) == expected


def test_latencies_are_averages_of_the_queries_that_have_them(asked: Asked) -> None:
    (group,) = asked.groups(QUERIES, "avg { queryLatency connectionLatency }")
    assert group["avg"] == {"queryLatency": 4.0, "connectionLatency": 15.0}
    (hits,) = asked.groups(QUERIES, "avg { queryLatency connectionLatency }", 'filter: {cacheStatus: "hit"}')
    assert hits["avg"] == {"queryLatency": 0, "connectionLatency": 0}


def test_bytes_are_summed(asked: Asked) -> None:
    assert asked.groups(QUERIES, "sum { queryBytes resultBytes }") == [
        {"sum": {"queryBytes": 140, "resultBytes": 1400}}
    ]


def test_pool_sizes_have_averages_and_peaks(asked: Asked) -> None:
    (group,) = asked.groups(
        POOLS,
        "avg { currentPoolSize availablePoolSlots waitingClients } "
        "max { maxPoolSize currentPoolSize waitingClients } dimensions { coloCode }",
    )
    assert group["avg"] == {"currentPoolSize": 7.0, "availablePoolSlots": 3.0, "waitingClients": 3.0}
    assert group["max"] == {"maxPoolSize": 10, "currentPoolSize": 9, "waitingClients": 4}
    assert group["dimensions"] == {"coloCode": "LOC"}


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('cacheStatus: "hit"', 4),
        ('cacheStatus_neq: "hit"', 10),
        ('cacheStatus_in: ["hit", "disabled"]', 4),
        ('cacheStatus_notin: ["hit"]', 10),
        ('eventStatus: "error"', 2),
        ('configId: "unknown"', None),
        ('date: "2026-11-21"', 14),
        ('date_geq: "2026-11-21"', 14),
        ('date_gt: "2026-11-21"', None),
        ('date_leq: "2026-11-20"', None),
        ('date_lt: "2026-11-22"', 14),
        ('datetime_geq: "2026-11-21T12:00:00Z"', 8),
        ('datetime_geq: "2026-11-21T11:59:59Z"', 14),
        ('datetime_gt: "2026-11-21T12:00:30Z"', 8),
        ('datetime_leq: "2026-11-21T12:00:00Z"', 14),
        ('datetime_lt: "2026-11-21T12:00:00Z"', 6),
        ('datetime_geq: "2026-11-21T13:00:00+01:00"', 8),
        ('datetime_geq: "2026-11-21T11:00:00Z", cacheStatus: "miss", eventStatus: "complete"', 8),
    ],
)
def test_a_filter_selects_queries(asked: Asked, condition: str, count: int | None) -> None:
    groups = asked.groups(QUERIES, "count", f"filter: {{{condition}}}")
    assert groups == ([] if count is None else [{"count": count}])


def test_groups_are_sorted_and_limited(asked: Asked) -> None:
    fields = "count dimensions { cacheStatus datetimeMinute }"
    descending = asked.groups(QUERIES, fields, "orderBy: [datetimeMinute_DESC, count_ASC]")
    assert [group["count"] for group in descending] == [8, 2, 4]
    answer = asked.send(
        f'{{ viewer {{ accounts(filter: {{accountTag: "{ACCOUNT}"}}) '
        f"{{ {QUERIES}(limit: 1, orderBy: [count_DESC]) {{ {fields} }} }} }} }}"
    )
    (group,) = answer["data"]["viewer"]["accounts"][0][QUERIES]
    assert group["count"] == 8


def test_another_account_has_no_figures_of_this_one(asked: Asked) -> None:
    answer = asked.send(
        f'{{ viewer {{ accounts(filter: {{accountTag: "{"f" * 32}"}}) {{ {QUERIES}(limit: 9) {{ count }} }} }} }}'
    )
    assert answer["data"]["viewer"]["accounts"] == [{QUERIES: []}]


CLOUDFLARE_EXAMPLE = """
query HyperdriveQueryAndResultBytesForSuccessfulQueries(
  $accountTag: string!
  $configId: string!
  $datetimeStart: Date!
  $datetimeEnd: Date!
) {
  viewer {
    accounts(filter: {accountTag: $accountTag}) {
      hyperdriveQueriesAdaptiveGroups(
        limit: 10000
        filter: {configId: $configId, datetime_geq: $datetimeStart, datetime_leq: $datetimeEnd}
      ) {
        sum { queryBytes resultBytes }
      }
    }
  }
}
"""
"""A shape of Cloudflare's page about Hyperdrive's metrics, whose variables are dates in the place of times."""


def test_variables_have_the_types_of_cloudflares_examples(asked: Asked) -> None:
    variables = {"accountTag": ACCOUNT, "configId": asked.figures.names[0]}
    days = {"datetimeStart": "2026-11-21", "datetimeEnd": "2026-11-22"}
    for query in (CLOUDFLARE_EXAMPLE, CLOUDFLARE_EXAMPLE.replace("string!", "String!").replace("Date!", "Time!")):
        answer = asked.send(query, variables=variables | days)
        assert answer["errors"] is None
        assert answer["data"]["viewer"]["accounts"][0][QUERIES] == [{"sum": {"queryBytes": 70, "resultBytes": 700}}]


def in_account(selection: str) -> str:
    return f'{{ viewer {{ accounts(filter: {{accountTag: "{ACCOUNT}"}}) {{ {selection} }} }} }}'


@pytest.mark.parametrize(
    ("selection", "field"),
    [
        ("hyperdriveQueriesGroups(limit: 1) { count }", "hyperdriveQueriesGroups"),
        (f"{QUERIES}(limit: 1) {{ counts }}", "counts"),
        (f"{QUERIES}(limit: 1) {{ dimensions {{ cache_status }} }}", "cache_status"),
        (f"{QUERIES}(limit: 1) {{ sum {{ queryLatency }} }}", "queryLatency"),
        (f"{POOLS}(limit: 1) {{ max {{ availablePoolSlots }} }}", "availablePoolSlots"),
        (f"{POOLS}(limit: 1) {{ count }}", "count"),
    ],
)
def test_an_unknown_field_is_cloudflares_error(asked: Asked, selection: str, field: str) -> None:
    error = asked.error(in_account(selection))
    assert (error["message"], error["path"]) == (f'unknown field "{field}"', None)


@pytest.mark.parametrize(
    ("selection", "problem"),
    [
        (f"{QUERIES} {{ count }}", "limit"),
        (f"{QUERIES}(limit: 1, filter: {{config: 1}}) {{ count }}", "config"),
        (f'{QUERIES}(limit: 1, filter: {{coloCode: "X"}}) {{ count }}', "coloCode"),
        (f'{QUERIES}(limit: 1, filter: {{datetime_geq: "yesterday"}}) {{ count }}', "is not a time"),
        (f'{QUERIES}(limit: 1, filter: {{date: "21.11.2026"}}) {{ count }}', "is not a date"),
        (f"{QUERIES}(limit: 1, orderBy: [cost_ASC]) {{ count }}", "cost_ASC"),
        (f"{QUERIES}(limit: 1) {{ count", "Syntax Error"),
        (f"{QUERIES}(limit: 1)", "selection of subfields"),
    ],
)
def test_an_invalid_query_is_an_error(asked: Asked, selection: str, problem: str) -> None:
    assert problem in asked.error(in_account(selection))["message"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("limit: 0", "limit must be positive number and not greater than 10000"),
        ("limit: 10001", "limit must be positive number and not greater than 10000"),
        ("limit: 9, orderBy: [cacheStatus_ASC]", "cannot order by cacheStatus, because it is not in `dimensions`"),
    ],
)
def test_an_error_of_a_dataset_has_its_path(asked: Asked, arguments: str, problem: str) -> None:
    error = asked.error(in_account(f"{QUERIES}({arguments}) {{ count }}"))
    assert problem in error["message"]
    assert error["path"] == ["viewer", "accounts", "0", QUERIES]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "`query` must be a string"),
        ({"query": "{ viewer { __typename } }", "variables": []}, "`variables` an object"),
        ({"query": "mutation { viewer { __typename } }"}, "mutation"),
        ({"query": "{" * 5000}, "Syntax Error"),
        ({"query": "query A { viewer { __typename } } query B { viewer { __typename } }"}, "operation name"),
    ],
)
def test_an_invalid_request_is_an_error(asked: Asked, body: dict[str, Any], problem: str) -> None:
    answer = asked.client.post("/client/v4/graphql", json=body).json()
    assert answer["data"] is None
    assert problem in answer["errors"][0]["message"]


def test_a_body_without_json_is_an_error(asked: Asked) -> None:
    answer = asked.client.post("/client/v4/graphql", content=b"{").json()
    assert "Malformed JSON" in answer["errors"][0]["message"]


def test_a_gateway_that_does_not_respond_is_an_error(asked: Asked) -> None:
    asked.figures.is_down = True
    assert asked.error(in_account(f"{QUERIES}(limit: 1) {{ count }}"))["message"] == "The gateway does not respond."


def test_the_schema_can_be_inspected(asked: Asked) -> None:
    answer = asked.send('{ __type(name: "Queries") { fields { name } } }')
    assert [each["name"] for each in answer["data"]["__type"]["fields"]] == ["count", "dimensions", "avg", "sum"]


def test_the_api_needs_the_key(asked: Asked) -> None:
    response = asked.client.post("/client/v4/graphql", json={"query": "{"}, headers={"authorization": "Bearer wrong"})
    assert response.status_code == 403


def test_without_a_gateway_there_are_no_figures(client: httpx.Client) -> None:
    answer = client.post("/client/v4/graphql", json={"query": in_account(f"{QUERIES}(limit: 1) {{ count }}")})
    assert answer.json() == {"data": {"viewer": {"accounts": [{QUERIES: []}]}}, "errors": None}
