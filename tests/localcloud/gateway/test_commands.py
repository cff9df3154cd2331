"""The commands about Hyperdrive, with a running gateway."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud import cli
from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import Pools
from localcloud.gateway.service import Gateway
from localcloud.instance import Instance
from tests.localcloud.gateway.clients import is_rejected, query_value
from tests.localcloud.gateway.conftest import Play
from tests.localcloud.gateway.wire import WireClient, query

Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command. Returns its exit code and its lines."""
    monkeypatch.setenv("LOCALCLOUD_HOME", str(gateway.state_directory.path))
    monkeypatch.setattr(Instance, "validate_running", lambda _: None)  # only the gateway runs

    def run(*arguments: str) -> tuple[int, list[str]]:
        code = cli.main(arguments)
        captured = capsys.readouterr()
        return code, (captured.out + captured.err).splitlines()

    return run


def test_queries_shows_the_newest_queries_of_a_configuration(play: Play, run: Run, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        urls = await pools.ensure_pools({"a": replace(origin, label="shop"), "b": replace(origin, label="admin")})
        for name, texts in {"a": ["values (1), (2)", "select 'a-value'", "notify channel"], "b": ["select 1"]}.items():
            client = await WireClient.connect(urls[name])
            for text in texts:
                await client.ask(query(text))
            client.close()
        code, lines = run("queries")
        assert code == 0
        assert lines[0].split() == ["time", "hyperdrive", "cacheStatus", "ms", "rows", "bytes", "outcome"]
        assert [line.split()[1] for line in lines[1:]] == ["shop", "shop", "shop", "admin"]
        _, newest = run("queries", "shop", "-n", "2")
        shown = [line.split(maxsplit=6) for line in newest[1:]]
        assert [(each[4], each[6].rstrip()) for each in shown] == [
            ("1", "complete"),
            (
                "0",
                "error 58000 Hyperdrive does not support NOTIFY. Use a connection to the database without Hyperdrive.",
            ),
        ]
        assert "a-value" not in "".join(lines)

    play(scenario)


def test_page_prints_a_link_that_works_once(run: Run) -> None:
    code, (link,) = run("page")
    assert code == 0
    address = urlsplit(link)
    assert (address.hostname, address.path) == ("127.0.0.1", "/")
    assert httpx.get(link, trust_env=False).is_success
    url = f"http://{address.netloc}/keys"
    redeemed = [httpx.post(url, json={"code": address.fragment}, trust_env=False).status_code for _ in range(2)]
    assert redeemed == [200, 401]


def test_the_command_replaces_injected_faults_and_lists_them(play: Play, run: Run, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"id": replace(origin, label="shop")}))["id"]
        assert run("fault") == (0, ["shop: none"])
        assert run(
            "fault", "shop", "--latency-ms", "5", "--slow-ms", "2", "--reset-rate", "0.5", "--limit-reached"
        ) == (
            0,
            ["shop: latencyMs 5, slowMs 2, resetRate 0.5, limitReached True"],
        )
        assert run("fault", "id", "--database", "down") == (0, ["shop: database down"])
        await is_rejected(url, match="connection_refused")
        assert run("fault", "shop", "--none") == (0, ["shop: none"])
        assert await query_value(url, "select 1") == 1

    play(scenario)


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["shop"], 2, "set at least one option, or only `--none`"),
        (["shop", "--none", "--slow-ms", "1"], 2, "set at least one option, or only `--none`"),
        (["--none"], 2, "CONFIGURATION: is required with an option"),
        (["--limit-reached"], 2, "CONFIGURATION: is required with an option"),
        (["unknown", "--none"], 1, "unknown: unknown Hyperdrive configuration"),
    ],
)
def test_a_wrong_use_of_the_command_is_explained(run: Run, arguments: list[str], code: int, problem: str) -> None:
    ended, (line,) = run("fault", *arguments)
    assert ended == code
    assert problem in line


def test_an_invalid_value_is_explained(play: Play, run: Run, origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        await pools.ensure_pools({"main": origin})
        assert run("fault", "main", "--reset-rate", "2") == (1, ["localcloud: resetRate: must be a number of 0 to 1."])

    play(scenario)
