"""The page of the gateway: its link, its key, its files, and its charts."""

import asyncio
import json
import subprocess
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pytest

from localcloud import node
from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import SOURCES, Gateway
from tests.localcloud.gateway.clients import query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import WireClient, query

FILES = ["/", "/page.css", "/page.mjs", "/charts.mjs"]
NOW = 1_795_262_400_000
"""2026-11-21T12:00:00Z, the start of an interval."""


def code_of(gateway: Gateway) -> str:
    return urlsplit(gateway.control.page_url()).fragment


def redeem(gateway: Gateway, code: Any) -> httpx.Response:
    return httpx.post(f"{gateway.url}/keys", json={"code": code}, trust_env=False)


def view(gateway: Gateway, key: str) -> httpx.Response:
    return httpx.get(f"{gateway.url}/view", headers={"authorization": f"Bearer {key}"}, trust_env=False)


def test_a_link_opens_the_page_once(gateway: Gateway) -> None:
    code = code_of(gateway)
    key = redeem(gateway, code).json()["key"]
    assert view(gateway, key).status_code == 200
    again = redeem(gateway, code)
    assert (again.status_code, again.json()) == (401, {"error": "The code is invalid, has expired or was used."})
    assert redeem(gateway, code_of(gateway)).json()["key"] != key


@pytest.mark.parametrize("code", ["wrong", "", None, 1, "__proto__"])
def test_an_invalid_code_opens_nothing(gateway: Gateway, code: Any) -> None:
    assert redeem(gateway, code).status_code == 401


@pytest.mark.parametrize("body", [b"null", b"[]", b"{"])
def test_an_invalid_body_opens_nothing(gateway: Gateway, body: bytes) -> None:
    assert httpx.post(f"{gateway.url}/keys", content=body, trust_env=False).status_code in (400, 401)


def test_only_the_owner_of_the_local_cloud_gets_a_link(gateway: Gateway) -> None:
    assert httpx.post(f"{gateway.url}/views", trust_env=False).status_code == 401
    key = redeem(gateway, code_of(gateway)).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    assert httpx.post(f"{gateway.url}/views", headers=headers, trust_env=False).status_code == 401


def test_the_data_of_the_page_needs_a_key(gateway: Gateway) -> None:
    assert view(gateway, "wrong").status_code == 401
    assert view(gateway, code_of(gateway)).status_code == 401
    assert httpx.get(f"{gateway.url}/view", trust_env=False).status_code == 401


@pytest.mark.parametrize("path", ["/pools", "/queries", "/day", "/faults"])
def test_a_key_of_the_page_opens_nothing_else(gateway: Gateway, path: str) -> None:
    headers = {"authorization": f"Bearer {redeem(gateway, code_of(gateway)).json()['key']}"}
    assert httpx.get(f"{gateway.url}{path}", headers=headers, trust_env=False).status_code == 401
    assert httpx.put(f"{gateway.url}/faults/main", json={}, headers=headers, trust_env=False).status_code == 401


@pytest.mark.parametrize("path", FILES)
def test_the_page_loads_only_its_own_files_and_no_other_page_can_show_it(gateway: Gateway, path: str) -> None:
    response = httpx.get(f"{gateway.url}{path}", trust_env=False)
    policy = dict(each.strip().split(" ", 1) for each in response.headers["content-security-policy"].split(";"))
    own = dict.fromkeys(("script-src", "style-src", "connect-src"), "'self'")
    none = dict.fromkeys(("default-src", "base-uri", "form-action", "frame-ancestors"), "'none'")
    assert policy == own | none
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert "://" not in response.text.replace("http://www.w3.org", "")
    other = httpx.get(f"{gateway.url}{path}", headers={"host": "evil.example.com"}, trust_env=False)
    assert other.status_code == 400


class Page(HTMLParser):
    """Collects the tags of a page that the policy would not permit."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.forbidden += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_has_no_inline_script_and_no_inline_style(gateway: Gateway) -> None:
    page = Page()
    page.feed(httpx.get(gateway.url, trust_env=False).text)
    assert (page.forbidden, page.loaded) == ([], ["/page.css", "/page.mjs"])


def test_the_view_has_the_figures_of_the_last_minutes(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    cached = PooledOrigin(origin.target, origin.password, 3, "shop", Caching(max_age=3600))

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": cached}))["main"]
        client, waiting = await WireClient.connect(url), await WireClient.connect(url)
        for each in ("select 1", "select 1", "begin"):
            await client.ask(query(each))
        await waiting.ask(query("select now()"))
        key = redeem(gateway, code_of(gateway)).json()["key"]
        (shown,) = view(gateway, key).json()["configurations"]
        assert (shown["name"], shown["label"]) == ("main", "shop")
        counts = {each["cacheStatus"]: each["count"] for at in shown["intervals"] for each in at["queries"]}
        assert counts == {"miss": 1, "hit": 1, "notaquery": 1, "volatile": 1}
        peaks = [interval["pool"]["peaks"] for interval in shown["intervals"]]
        assert max(each["inUse"] for each in peaks) == 2
        assert max(each["open"] for each in peaks) == 2
        assert {interval["pool"]["limit"] for interval in shown["intervals"]} == {3}
        assert [each["cacheStatus"] for each in shown["queries"]] == ["miss", "hit", "notaquery", "volatile"]
        client.close()
        waiting.close()

    play(scenario)


def test_a_short_wait_between_two_samples_is_a_peak(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    single = PooledOrigin(origin.target, origin.password, 1, "main")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": single}))["main"]
        holder, waiter = await WireClient.connect(url), await WireClient.connect(url)
        await holder.ask(query("begin"))
        waiter.send(query("select 1"))
        while gateway.figures()[0].waiting == 0:
            await asyncio.sleep(0.02)
        await holder.ask(query("commit"))
        await waiter.until_ready()
        (shown,) = gateway.control.day()
        assert max(interval["pool"]["peaks"]["waiting"] for interval in shown["intervals"]) == 1
        holder.close()
        waiter.close()

    play(scenario)


def test_a_client_of_a_free_connection_does_not_wait(play: Play, gateway: Gateway, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        client = await WireClient.connect((await pools.ensure_pools({"calm": origin}))["calm"])
        gateway.control.day()  # reads the peaks, among them the wait for the first connection
        before = len(recent(gateway, "calm"))
        while before == len(recent(gateway, "calm")):
            await asyncio.sleep(0.2)
        for _ in range(5):
            await client.ask(query("select 1"))
        assert recent(gateway, "calm")[-1]["pool"]["peaks"]["waiting"] == 0
        client.close()

    play(scenario)


def recent(gateway: Gateway, name: str) -> list[dict[str, Any]]:
    """Returns the intervals of a configuration over the last minutes."""
    headers = {"authorization": f"Bearer {gateway.token}"}
    response = httpx.get(f"{gateway.url}/history", headers=headers, trust_env=False)
    found: dict[str, list[dict[str, Any]]] = {
        each["name"]: each["intervals"] for each in response.json()["configurations"]
    }
    return found[name]


def test_another_pool_of_the_configuration_continues_its_figures(
    play: Play, gateway: Gateway, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        for user_limit in (3, 4):
            url = await pools.ensure_pools({"main": PooledOrigin(origin.target, origin.password, user_limit, "main")})
            await query_value(url["main"], "select 1")
        (shown,) = gateway.control.day()
        assert sum(each["count"] for interval in shown["intervals"] for each in interval["queries"]) == 2

    play(scenario)


def interval(seconds_ago: int, queries: list[dict[str, Any]], pool: dict[str, int] | None) -> dict[str, Any]:
    at = f"2026-11-21T11:{59 - seconds_ago // 60:02}:{(60 - seconds_ago) % 60:02}.000Z" if seconds_ago else None
    peaks = {name: count for name, count in (pool or {}).items() if name != "limit"}
    content = {"limit": pool["limit"], "peaks": peaks} if pool else None
    return {"at": at or "2026-11-21T12:00:00.000Z", "queries": queries, "pool": content}


def drawn(label: str = "main", intervals: Any = (), queries: Any = ()) -> ElementTree.Element:
    """Runs the script of the page, and parses its result, which is XML too."""
    script = (
        f"import {{ section }} from {json.dumps((SOURCES / 'page' / 'charts.mjs').as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        f"process.stdout.write(section(JSON.parse(text), {NOW}));"
    )
    content = json.dumps({"label": label, "intervals": list(intervals), "queries": list(queries)})
    command = [str(node.program()), "--input-type=module", "--eval", script]
    ended = subprocess.run(command, input=content, capture_output=True, text=True, check=True)
    return ElementTree.fromstring(ended.stdout)


def shapes(page: ElementTree.Element, kind: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for each in page.iter(kind):
        if name := each.get("data-name"):
            found.setdefault(name, []).append(dict(each.attrib))
    return found


def test_the_lines_show_the_connections_of_each_interval() -> None:
    pool = {"inUse": 2, "waiting": 0, "open": 5, "limit": 10}
    page = drawn(intervals=[interval(10, [], pool), interval(5, [], pool), interval(0, [], {**pool, "waiting": 10})])
    lines = {name: each[0]["d"] for name, each in shapes(page, "path").items()}
    # 10 is the top (0) of the chart, 0 its bottom (140); the last three of 180 intervals have values
    assert lines["in use"] == "M885.57 112h4.81L890.38 112h4.81L895.19 112h4.81"
    assert lines["open"] == "M885.57 70h4.81L890.38 70h4.81L895.19 70h4.81"
    assert lines["waiting"] == "M885.57 140h4.81L890.38 140h4.81L895.19 0h4.81"
    assert lines["limit"] == "M885.57 0h4.81L890.38 0h4.81L895.19 0h4.81"


def test_a_line_has_a_gap_where_the_gateway_did_not_run() -> None:
    pool = {"inUse": 1, "waiting": 0, "open": 1, "limit": 1}
    page = drawn(intervals=[interval(20, [], pool), interval(0, [], pool)])
    assert shapes(page, "path")["open"][0]["d"].count("M") == 2


def test_the_bars_are_stacked_by_cache_status() -> None:
    queries = [
        {"cacheStatus": "miss", "count": 3},
        {"cacheStatus": "hit", "count": 6},
        {"cacheStatus": "miss", "count": 1},
    ]
    page = drawn(intervals=[interval(0, queries, None)])
    bars = {name: (each[0]["y"], each[0]["height"]) for name, each in shapes(page, "rect").items()}
    assert bars == {"hit": ("56", "84"), "miss": ("0", "56")}
    assert "hit: 6" in "".join(page.itertext())
    assert "miss: 4" in "".join(page.itertext())


def test_older_and_newer_intervals_are_not_drawn() -> None:
    queries = [{"cacheStatus": "hit", "count": 1}]
    old = {"at": "2026-11-21T11:45:00.000Z", "queries": queries, "pool": None}
    future = {"at": "2026-11-21T12:00:05.000Z", "queries": queries, "pool": None}
    first = {"at": "2026-11-21T11:45:05.000Z", "queries": queries, "pool": None}
    bars = shapes(drawn(intervals=[old, first, future]), "rect")["hit"]
    assert [bar["x"] for bar in bars] == ["34"]


def test_names_and_errors_cannot_change_the_page() -> None:
    hostile = "<img src=x onerror=alert(1)>&\"'"
    entry = {"at": "2026-11-21T11:59:59.123Z", "cacheStatus": None, "eventStatus": "error", "ms": 1.5, "rows": 0}
    entry |= {"resultBytes": 0, "code": "58000", "problem": hostile, "fix": hostile}
    page = drawn(label=hostile, queries=[entry])
    assert list(page.iter("img")) == []
    assert page.findtext("h2") == hostile
    cells = [cell.text for cell in page.iter("td")]
    assert cells == ["11:59:59.123", "–", "1.5", "0", "0", f"58000 {hostile} {hostile}"]
