"""A write that hangs is ended at the database, and its row does not appear later: every driver, through the gateway."""

import httpx
import pytest

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.postgres import Postgres
from tests.localcloud.asking import BUNDLES, Ask, ask
from tests.localcloud.gateway.hanging import WORKERS, Samples, direct_url, locked, pooled, samples, waiting
from tests.localcloud.gateway.test_drivers import TABLE
from tests.localcloud.test_drivers import database, run, value
from tests.waiting import wait_until

__all__ = ["ask", "direct_url", "samples"]


@pytest.fixture(scope="module")
def answers(samples: Samples, direct_url: str) -> dict[str, httpx.Response]:
    """The responses to writes on a locked table. When the last one arrives, no statement waits any more."""
    with locked(direct_url):
        answers = samples.write_at_once(WORKERS)
        wait_until(lambda: waiting(direct_url) == 0, "the statements did not end while the table was locked")
    return answers


@pytest.mark.parametrize("name", WORKERS)
def test_a_write_that_hangs_is_a_503_with_retry_after(answers: dict[str, httpx.Response], name: str) -> None:
    assert (answers[name].status_code, int(answers[name].headers["retry-after"]) > 0) == (503, True)


def test_no_row_of_a_failed_write_appears_after_the_lock(
    answers: dict[str, httpx.Response], samples: Samples, direct_url: str
) -> None:
    assert len(answers) == len(WORKERS)
    # These statements wait behind those that would have waited for the same lock.
    written = samples.write_at_once(WORKERS)
    assert {name: answer.status_code for name, answer in written.items()} == dict.fromkeys(WORKERS, 201)
    assert value(direct_url, "select count(*) from public.items") == len(WORKERS)


@pytest.mark.parametrize("name", WORKERS)
def test_a_read_that_hangs_is_ended_by_the_setting_of_the_role(
    ask: Ask, samples: Samples, postgres: Postgres, direct_url: str, name: str
) -> None:
    """Reads run outside of a transaction, so that Hyperdrive can cache them."""
    before = ask.log_size()
    run(postgres.admin_url, "alter role app set statement_timeout = 300")
    try:
        # New connections to the database have the setting.
        terminated = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'app'"
        run(postgres.admin_url, terminated)
        with locked(postgres_url(direct_url, postgres)):
            answer = samples.request(name, "GET", path="/" if name in BUNDLES else "/items")
    finally:
        run(postgres.admin_url, "alter role app reset statement_timeout")
    assert answer.status_code == 503
    assert ask.wait_for_log('"code":"57014"', before)


def postgres_url(direct_url: str, postgres: Postgres) -> str:
    """Returns the URL of the same database for the administrator, whose statements have no limit."""
    return f"{postgres.admin_url.rsplit('/', 1)[0]}/{direct_url.rsplit('/', 1)[1]}"


def test_a_health_check_does_not_use_hyperdrives_cache(
    ask: Ask, gateway: Gateway, origin: PooledOrigin, postgres: Postgres
) -> None:
    for url in database(postgres, TABLE):
        with pooled(gateway, origin, url, Caching(max_age=3600, stale_while_revalidate=0)) as pool:
            samples = Samples(ask, pool)
            name = url.rsplit("/", 1)[1].split("?")[0]
            before = [samples.request(each, "GET", path="/healthz").status_code for each in BUNDLES * 2]
            run(postgres.admin_url, f"alter database {name} allow_connections false")
            run(
                postgres.admin_url,
                f"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{name}'",
            )
            after = {each: samples.request(each, "GET", path="/healthz").status_code for each in BUNDLES}
    assert set(before) == {200}
    assert after == dict.fromkeys(BUNDLES, 503)
