"""`python -m localcloud gateway`: a local Hyperdrive for one database, and where its password may be."""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from edge_postgres.wrangler.files import render_files
from localcloud.cloudflare.database_check import APPLICATION_NAME
from localcloud.errors import LocalCloudError
from localcloud.gateway import alone
from localcloud.gateway.origin import Caching
from localcloud.postgres import Postgres
from localcloud.state_directory import CHECKOUT
from tests.localcloud.gateway.clients import TIMEOUT_SECONDS, query_value
from tests.localcloud.gateway.wire import WireClient, query, rows
from tests.localcloud.test_wrangler_dev import DATA, SOURCE, answer, dev, wrangler
from tests.localcloud.wrangler_tool import Wrangler, needs_wrangler

__all__ = ["wrangler"]
COMMAND = (sys.executable, "-m", "localcloud", "gateway")
URL = "postgres://app:secret@127.0.0.1:5432/app"


@contextmanager
def serving(*options: str, given: str = "", **variables: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Yields the connection string of a running gateway, and its process."""
    with subprocess.Popen(
        [*COMMAND, *options],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(given)
        process.stdin.close()
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            (pair,) = shlex.split(line)
            url = json.loads(process.stdout.readline())["localConnectionString"]
            assert pair.partition("=")[2] == url
            yield url, process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(TIMEOUT_SECONDS)


def test_the_gateway_serves_a_database_and_ends_with_the_transactions_of_its_clients(postgres: Postgres) -> None:
    async def scenario(url: str, process: "subprocess.Popen[str]") -> None:
        assert await query_value(url, "select current_setting('application_name')") == APPLICATION_NAME
        client = await asyncpg.connect(url)
        transaction = client.transaction()
        await transaction.start()
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert "ending" in await asyncio.to_thread(process.stderr.readline)
        assert await client.fetchval("select 1") == 1
        await transaction.commit()
        client.terminate()

    with serving(DATABASE_URL=postgres.url()) as (url, process):
        asyncio.run(scenario(url, process))
    assert process.returncode == 0


def test_the_url_can_be_in_the_input_or_in_a_file(postgres: Postgres, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(postgres.url() + "\n")
    for options, given in ((("--url", "-"), postgres.url() + "\n"), (("--url-file", str(file)), "")):
        with serving(*options, given=given) as (url, process):
            assert asyncio.run(query_value(url, "select 1")) == 1
        assert process.returncode == 0


def test_reads_are_cached_with_the_default_options(postgres: Postgres) -> None:
    without = urlsplit(postgres.url())
    url = without._replace(netloc=f"{without.username}@{without.hostname}:{without.port}").geturl()

    async def scenario(url: str) -> None:
        read, client = query("select count(*) from items"), await WireClient.connect(url)
        before = rows(await client.ask(read))
        await query_value(postgres.url(), "insert into items (name) values ('four')")
        try:
            assert rows(await client.ask(read)) == before
        finally:
            await query_value(postgres.url(), "delete from items where name = 'four'")
            client.close()

    with serving("--url", url, PGPASSWORD=str(without.password)) as (served, _):
        asyncio.run(scenario(served))


def test_a_password_on_the_command_line_is_rejected_and_not_shown() -> None:
    found = subprocess.run(
        [*COMMAND, "--url", URL], cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert "must not contain a password" in found.stderr
    assert "secret" not in found.stderr + found.stdout


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://app:secret@127.0.0.1/app", "must begin with"),
        ("postgres://app:secret@127.0.0.1:port/app", "not a valid URL"),
        ("postgres://app@127.0.0.1/app", "Add the missing part"),
        ("postgres://app:secret@db.example.com/app?sslmode=disable", "on this machine"),
        ("postgres://app:secret@127.0.0.1/app?sslmode=prefer", "sslmode must be one of"),
        ("postgres://app:secret@127.0.0.1/app?sslmode=verify-full", "requires sslrootcert"),
    ],
)
def test_a_url_that_hyperdrive_could_not_use_is_rejected(url: str, message: str) -> None:
    with pytest.raises(LocalCloudError, match=message) as error:
        alone.origin_of(url, 20, Caching(), "main")
    assert "secret" not in str(error.value)


def test_a_database_on_this_machine_can_be_without_tls(postgres: Postgres) -> None:
    """The server of these tests requires TLS, and its error shows that the connection had none."""
    with (
        serving(DATABASE_URL=postgres.url(sslmode="disable")) as (url, _),
        pytest.raises(asyncpg.PostgresError, match="no encryption"),
    ):
        asyncio.run(query_value(url, "select 1"))


@needs_wrangler
def test_wrangler_dev_uses_the_gateway(wrangler: Wrangler, postgres: Postgres) -> None:
    (wrangler.folder / "wrangler.jsonc").write_text(render_files(DATA, SOURCE)["wrangler.jsonc"])
    with (
        serving(DATABASE_URL=postgres.url()) as (url, _),
        dev(wrangler, "wrangler.jsonc", **{f"{alone.VARIABLE}HYPERDRIVE": url}) as address,
    ):
        found = answer(address, wrangler.folder / "dev.log")
    assert found.status_code == 200, found.text
    assert [row["id"] for row in found.json()["result"]] == ["1", "2", "3"]
