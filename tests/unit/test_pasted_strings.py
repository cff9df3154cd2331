"""Connection strings as vendors publish them, pasted into the secret of a stack file.

`pasted_strings.yaml` has the strings, each with its page and with what must happen.
"""

import datetime
import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.connection_string import read_connection_string
from edge_postgres.origin.pasted_forms import to_url
from edge_postgres.stack.origins.existing_address import read_url
from edge_postgres.stack.secrets import Secrets
from tests.harness import deploy, rejected
from tests.unit.sound import existing
from tests.unit.test_settings import faults, load, root, stack_file

__all__ = ["root"]

FILE = yaml.safe_load((Path(__file__).parent / "pasted_strings.yaml").read_text())
STRINGS: list[dict[str, Any]] = FILE["strings"]
PASSWORD = "Zq7xKv9wJu3yHh5m"
URL_SECRET = "databases.main.urlSecret"
ACCEPTED = [each for each in STRINGS if "rejected" not in each]
REJECTED = [each for each in STRINGS if "rejected" in each]


def named(entry: dict[str, Any]) -> str:
    return f"{entry['vendor']} {entry['form']} {entry['string'][:24]}"


def pasted(entry: dict[str, Any]) -> str:
    text: str = entry["string"].replace("{pw}", PASSWORD)
    return text


def file_with(text: str, limit: int = 10) -> dict[str, Any]:
    return stack_file(
        secrets={"databases": {"main": {"url": text}}}, databases__main__hyperdrive__connectionLimit=limit
    )


@pytest.mark.parametrize("entry", ACCEPTED, ids=named)
def test_a_published_string_is_accepted_with_its_parts(root: Path, entry: dict[str, Any]) -> None:
    load(root, file_with(pasted(entry), entry.get("limit", 10)))
    url = read_connection_string(pasted(entry), has_port=True, subject="url")
    assert (url.host, url.port, url.user, url.database) == (
        entry["host"],
        entry.get("port", 5432),
        entry["user"],
        entry["database"],
    )
    assert (url.sslmode, url.password) == (entry.get("sslmode"), PASSWORD)
    assert url.dropped.warned == tuple(entry.get("warned", ()))
    assert url.dropped.silent == tuple(entry.get("info", ()))
    assert url.dropped.unknown == 0
    assert read_url("a", Secrets({"a": pasted(entry)})).host == url.host


@pytest.mark.parametrize("entry", REJECTED, ids=named)
def test_a_published_string_is_rejected_with_the_fix(root: Path, entry: dict[str, Any]) -> None:
    found = faults(root, file_with(pasted(entry)))
    assert list(found) == [URL_SECRET]
    assert entry["rejected"] in found[URL_SECRET]
    assert PASSWORD not in found[URL_SECRET]


@pytest.mark.parametrize("entry", ACCEPTED, ids=named)
def test_no_message_about_a_published_string_shows_the_password(
    entry: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    deploy(lambda: existing(url=pasted(entry)))
    assert PASSWORD not in caplog.text


def test_there_are_sixty_strings_of_fifteen_vendors_each_with_the_date_on_which_its_page_was_read() -> None:
    assert len(STRINGS) >= 60
    assert len({each["vendor"] for each in STRINGS}) >= 15
    assert all(each["source"] for each in STRINGS)
    assert isinstance(FILE["read"], datetime.date)
    assert {each["form"] for each in STRINGS} >= {"URL", "keyword/value", "JDBC", "psql", "variable"}


def test_vendors_whose_string_could_not_be_read_are_listed_as_open_with_the_reason() -> None:
    assert all(reason.endswith(".") for reason in FILE["open"].values())


# Forms.

URL = f"postgresql://app:{PASSWORD}@db.example.com:5433/shop?sslmode=require"


@pytest.mark.parametrize(
    "text",
    [
        f" {URL}\n",
        f'"{URL}"',
        f"'{URL}';",
        f"`{URL}`",
        f"“{URL}”",
        f"<{URL}>",
        f"\ufeff{URL}\u200b",
        f"psql '{URL}'",
        f'$ psql "{URL}"',
        f"psql -d {URL}",
        f"psql --dbname={URL}",
        f"DATABASE_URL={URL}",
        f'export DATABASE_URL="{URL}"',
        f"$env:DATABASE_URL = '{URL}'",
        f"set DATABASE_URL={URL}",
        f"DATABASE_URL: {URL}",
        f'"DATABASE_URL": "{URL}",',
        f"export DATABASE_URL=\"psql '{URL}'\"",
    ],
)
def test_quotation_marks_variables_and_commands_around_a_connection_string_are_ignored(text: str) -> None:
    assert to_url(text, subject="url") == URL


@pytest.mark.parametrize(
    "text",
    [
        f"host=db.example.com port=5433 dbname=shop user=app password={PASSWORD} sslmode=require",
        f"host = db.example.com\nport = '5433' dbname='shop' user='app' password='{PASSWORD}' sslmode=require",
        f"jdbc:postgresql://db.example.com:5433/shop?user=app&password={PASSWORD}&sslmode=require",
        f"jdbc:postgresql://app:{PASSWORD}@db.example.com:5433/shop?sslmode=require",
        f"hostaddr=203.0.113.7 port=5433 dbname=shop user=app password={PASSWORD} sslmode=require",
    ],
)
def test_keywords_and_jdbc_have_the_meaning_of_the_url(text: str) -> None:
    expected = URL.replace("db.example.com", "203.0.113.7") if "hostaddr" in text else URL
    assert to_url(text, subject="url") == expected


@pytest.mark.parametrize("written", [r"'p w\'s\\@/?#%'", r"p\ w\'s\\@/?#%"])
def test_a_value_of_a_keyword_is_quoted_as_in_libpq(written: str) -> None:
    text = f"host=db.example.com dbname=shop user=app password={written}"
    assert read_connection_string(text, has_port=True, subject="url").password == r"p w's\@/?#%"


def test_an_encoded_value_of_jdbc_is_decoded() -> None:
    text = "jdbc:postgresql://[2606:4700::1]:5433/my%20shop?user=app%40x&password=p%26w%2B"
    url = read_connection_string(text, has_port=True, subject="url")
    assert (url.host, url.port, url.database, url.user, url.password) == (
        "2606:4700::1",
        5433,
        "my shop",
        "app@x",
        "p&w+",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"'{URL}", "has a quotation mark at only one end"),
        (f'{URL}"', "has a quotation mark at only one end"),
        (f"jdbc:postgresql://db.example.com/shop?user=app&password={PASSWORD}+x", "has a `+` in its user or password"),
        (f"jdbc:postgresql://db.example.com/shop?user=app&password={PASSWORD}%", "has a `%`"),
        ("jdbc:postgresql:shop", "has no `host` and no `user` and no `password`"),
        ("jdbc:postgresql://db.example.com/shop", "has no `user` and no `password`"),
        (f"jdbc:postgresql://a.example.com:1,b.example.com:2/shop?user=app&password={PASSWORD}", "has several hosts"),
        (f"host=db.example.com user=app password={PASSWORD} password=x", "has `password` twice"),
        (f"host=a.example.com hostaddr=203.0.113.7 user=app password={PASSWORD}", "both `host` and `hostaddr`"),
        (f"host=/var/run user=app password={PASSWORD}", "has no valid `host`"),
        (f"host=db.example.com user=app password='{PASSWORD}", "is not a valid `key=value` string"),
        (f"host=db.example.com user=app {PASSWORD}", "is not a valid `key=value` string"),
        (f"host=db.example.com port=x user=app password={PASSWORD}", "must have a port"),
        (f"host=a.example.com,b.example.com user=app password={PASSWORD}", "has several hosts"),
        (f"psql -h db.example.com -U app shop # {PASSWORD}", "a command `psql` with options"),
        (f"PGPASSWORD={PASSWORD} psql -h db.example.com -U app shop", "a command `psql` with options"),
        (f"Host=db.example.com;Username=app;Password={PASSWORD}", "a string for .NET"),
        (f"PGHOST=db.example.com\nPGPASSWORD={PASSWORD}", "a list of variables"),
        (f"heroku config:set DATABASE_URL={URL}", "must be a Postgres URL"),
    ],
)
def test_another_form_is_rejected_without_the_password(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_connection_string(text, has_port=True, subject="url")
    assert words in str(error.value)
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize(
    "placeholder",
    ["[YOUR-PASSWORD]", "{your_password}", "<password>", "YOUR_PASSWORD", "$PGPASSWORD", "${DB_PASSWORD}", "********"],
)
def test_a_placeholder_is_not_a_password(placeholder: str) -> None:
    with rejected("url: has a placeholder instead of the password"):
        read_connection_string(f"postgres://app:{placeholder}@db.example.com/shop", has_port=True, subject="url")


@pytest.mark.parametrize("password", ["password", "$x", "[::1]", "pass", "***", "mypassword[1]"])
def test_a_password_that_only_resembles_a_placeholder_is_accepted(password: str) -> None:
    text = f"postgres://app:{password}@db.example.com/shop"
    assert read_connection_string(text, has_port=True, subject="url").password == password
