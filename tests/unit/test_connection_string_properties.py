"""Properties of every connection string, and of every invalid string."""

import contextlib
import string
import traceback

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.connection_string import ConnectionString

parse = ConnectionString.parse

SENTINEL = "Zq7xKv9wJu3yHh5m"
PIECES = {SENTINEL[at : at + 4].lower() for at in range(len(SENTINEL) - 3)}


def shown(text: str) -> set[str]:
    """Returns the pieces of the sentinel that ``text`` contains, in upper or lower case."""
    return {piece for piece in PIECES if piece in text.lower()}


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
labels = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
hosts = st.one_of(
    st.builds(lambda parts, end: ".".join([*parts, end]), st.lists(labels, max_size=3), st.sampled_from(["com", "x1"])),
    st.ip_addresses().filter(lambda address: not address.is_unspecified and not address.is_multicast).map(str),
)
modes = st.sampled_from([None, "disable", "allow", "prefer", "require", "verify-ca", "verify-full"])
ports = st.none() | st.integers(1, 65535)
connection_strings = st.builds(
    ConnectionString,
    host=hosts, user=words, password=words, database=st.none() | words, port=ports, sslmode=modes,
)  # fmt: skip


@given(connection_strings)
@settings(max_examples=200)
def test_a_formatted_connection_string_is_parsed_to_the_same_parts(parts: ConnectionString) -> None:
    assert parse(parts.format()) == parts


@given(connection_strings, words, words)
@settings(max_examples=100)
def test_the_redacted_form_never_shows_a_password(parts: ConnectionString, before: str, after: str) -> None:
    password = before + SENTINEL + after
    secret = ConnectionString(parts.host, parts.user, password, parts.database, parts.port, parts.sslmode)
    assume(not shown(parts.format()))
    assert shown(secret.redacted()) == shown(repr(secret)) == set()


def validation_error_of(text: str) -> str:
    """Returns the validation error of a string with its causes, or an empty string."""
    try:
        parse(text)
    except ValidationError as error:
        return "".join(traceback.format_exception(error))
    return ""


# Pieces that parsers misread, and random characters.
misleading = st.sampled_from(
    ["postgres://", "postgresql://", "prisma://", "://", "app:", ":", "@", "@@", "/", "?", "#", "&", "=", "%", "%zz",
     "%ff", "%40", "[", "]", "[::1]", ",", ":5432", " ", "\\", "+", ";", "db.example.com", "?sslmode=", "?password=",
     "sslmode=x&"]
)  # fmt: skip
garbage = st.lists(misleading | st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=6).map("".join)


@given(garbage, garbage)
@example("postgres://app:", "#x@db.example.com/shop")
@example("postgres://app:", "/x@db.example.com/shop")
@example("postgres://app:a@", ":x@db.example.com/shop")
@example("postgres://app:pw@db.example.com:", "/shop")
@example("postgres://app:pw@db.example.com/shop?", "%3Dx")
@example("postgres://app:pw@[", "]/shop")
@example("", "://app:pw@db.example.com/shop")
@settings(max_examples=300)
def test_no_validation_error_contains_a_part_of_a_password(before: str, after: str) -> None:
    assert shown(validation_error_of(before + SENTINEL + after)) == set()


@given(garbage)
@settings(max_examples=200)
def test_an_invalid_string_causes_no_error_except_a_validation_error(text: str) -> None:
    with contextlib.suppress(ValidationError):
        parse(text)
