"""The forms in which consoles and documentation show a connection string.

A copied connection string is often more than a URL. It has quotation marks, a variable or the command `psql` around
it, or it is a keyword/value string of libpq or a URL of JDBC. `to_url` returns each of these forms as a URL. It rejects
other forms with the right form. No message contains a part of the string.

Sources, read on 2026-12-01: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING and
https://access.crunchydata.com/documentation/pgjdbc/42.3.3/connect.html.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlencode

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.hosts import is_host, without_final_dot

FORM = "postgres://USER:PASSWORD@HOST:5432/DATABASE"
ENCODE = (
    "Percent-encode special characters (`@` as %40, `#` as %23, `/` as %2F, `?` as %3F), or set host, user, "
    "password and database as separate values."
)
NOT_UTF8 = "has percent-encoded characters that are not UTF-8"
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""Characters without a width, which a copy from a web page can contain."""

_SEPARATE = f"Write {FORM}, or set host, port, user, password and database as separate values."
_QUOTES = {"'": "'", '"': '"', "`": "`", "“": "”", "‘": "’", "<": ">"}
_KEYWORD = r"(?:host|hostaddr|port|dbname|user|password|sslmode|sslrootcert|sslcert|sslkey|options|connect_timeout)\s*="
# The name of a variable, which is not a part of the connection string itself.
_ASSIGNMENT = re.compile(
    rf"""(?!jdbc:|pgsql:|["'`]?psql\s|{_KEYWORD})
    (?:(?:export|set|setx|declare\ -x|const|let|var|ENV)\s+)?
    (?:\$env:)?["']?[A-Za-z_][A-Za-z0-9_.-]*["']?\s*
    (?:=>|:=|[=:\s])\s*
    (?=["'`“‘]?(?:jdbc:|psql\s|[a-z][a-z0-9+]*://|{_KEYWORD}))""",
    re.VERBOSE,
)
_PSQL = re.compile(r"(?:[$#>]\s+)?psql\s+(.*)", re.DOTALL)
_OPTIONS_WITHOUT_VALUE = ("-W", "--password", "-d", "--dbname")
_JDBC = re.compile(r"jdbc:postgresql:(?://(?P<address>[^/?]*)/?)?(?P<database>[^?]*)(?:\?(?P<query>.*))?", re.I | re.S)
_PAIR = re.compile(
    r"\s*([A-Za-z_][\w-]*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*|))(?=\s|$)", re.S
)
_OTHER_FORMS = (
    (re.compile(r"(?i)(server|host|database|user id|username|data source|port)\s*=\s*[^;\s]*;"), "a string for .NET"),
    (re.compile(r"(?i)pgsql:"), "a data source name of PHP"),
    (re.compile(r"(export\s+|\$env:)?[A-Z][A-Z0-9_]*\s*=.*\n\s*(export\s+|\$env:)?[A-Z]"), "a list of variables"),
    (re.compile(r"(PG[A-Z]+=\S+\s+)+psql\s|psql\s"), "a command `psql` with options"),
)
PLACEHOLDER = re.compile(
    r"[\[<{(][^\]>})]*pass[^\]>})]*[\]>})]|\$\{?[a-z_]*pass[a-z_]*\}?|your[-_ ]?password|\*{5,}", re.IGNORECASE
)
"""The placeholder of a console for a password, such as `[YOUR-PASSWORD]`."""


def to_url(text: str, *, subject: str) -> str:
    """Returns the connection string ``text`` as a URL without anything around it.

    A string in an unknown form is returned as it is.

    Raises:
        ValidationError: The string is in a form that has no unambiguous URL, or a part of it is missing. The message
            contains ``subject``, and of the string at most the names of parameters of libpq.
    """
    text = _unwrapped(text)
    for pattern, form in _OTHER_FORMS:
        if pattern.match(text):
            raise ValidationError(subject, f"must be a URL, got {form}", _SEPARATE)
    if jdbc := _JDBC.fullmatch(text):
        return _url_of_jdbc(text, jdbc, subject=subject)
    if re.match(_KEYWORD, text):
        return _url_of_keywords(text, subject=subject)
    if text and (text[0] in _QUOTES or text[-1] in "'\"`”’"):
        raise ValidationError(subject, "has a quotation mark at only one end", f"Write {FORM} without quotation marks.")
    return text


def _decoded(part: str, *, subject: str) -> str:
    """Returns a part of a URL without percent-encoding. Raises `ValidationError` if the part is not UTF-8."""
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        # `from None` hides the decoder's message, which quotes the bytes.
        raise ValidationError(subject, NOT_UTF8, ENCODE) from None


def _unwrapped(text: str) -> str:
    """Returns a string without spaces, quotation marks, an assignment and the command `psql` around it."""
    while True:
        before, text = text, re.sub(r"(?<=['\"`”’])[;,]$", "", text.strip().strip(INVISIBLE).strip())
        if assignment := _ASSIGNMENT.match(text):
            text = text[assignment.end() :]
        elif len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
            text = text[1:-1]
        elif command := _PSQL.fullmatch(text):
            text = _argument_of_psql(command[1]) or text
        if text == before:
            return text


def _argument_of_psql(arguments: str) -> str | None:
    """Returns the connection string in the arguments of `psql`; None if other arguments describe the connection."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return None
    words = [word.removeprefix("--dbname=") for word in words if word not in _OPTIONS_WITHOUT_VALUE]
    is_string = len(words) == 1 and ("://" in words[0] or re.match(_KEYWORD, words[0].strip()))
    return words[0] if is_string else None


def _url_of_jdbc(text: str, jdbc: re.Match[str], *, subject: str) -> str:
    address, query = jdbc["address"] or "", jdbc["query"] or ""
    if "@" in address:
        return re.sub(r"(?i)^jdbc:", "", text)
    if BAD_PERCENT.search(query):
        raise ValidationError(
            subject, "has a `%` that starts no percent-encoded character", "Write a plain `%` as %25."
        )
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    if any(name in ("user", "password") and "+" in value for name, value in pairs):
        raise ValidationError(
            subject, "has a `+` in its user or password, which JDBC reads as a space", "Write `+` as %2B, or %20."
        )
    host, colon, port = address.rpartition(":") if re.search(r":\d*$", address) else (address, "", "")
    parts = [("host", host.strip("[]")), *([("port", port)] if colon and port else [])]
    database = _decoded(jdbc["database"], subject=subject)
    return _url([*parts, ("dbname", database), *((name, _decoded(value, subject=subject)) for name, value in pairs)],
                subject=subject)  # fmt: skip


def _url_of_keywords(text: str, *, subject: str) -> str:
    # Documentation ends each line of a long string with a backslash, as a shell requires.
    text = re.sub(r"\\\s*\n", " ", text).strip()
    pairs, at = [], 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            raise ValidationError(
                subject,
                "is not a valid `key=value` string",
                f"Put single quotes around a value with spaces, and `\\` before `'` and `\\`. Or write {FORM}.",
            )
        at = pair.end()
        pairs.append((pair[1], re.sub(r"\\(.)", r"\1", pair[2] if pair[2] is not None else pair[3], flags=re.S)))
    return _url(pairs, subject=subject)


def _url(pairs: Iterable[tuple[str, str]], *, subject: str) -> str:
    """Returns the URL with the values of keywords of libpq. The other keywords become parameters."""
    parts: dict[str, str] = {}
    parameters = []
    for name, value in pairs:
        if name not in ("host", "hostaddr", "port", "user", "password", "dbname"):
            parameters.append((name, value))
        elif name in parts:
            raise ValidationError(subject, f"has `{name}` twice", f"Write `{name}` once.")
        else:
            parts[name] = value
    if parts.get("host") and "hostaddr" in parts:
        raise ValidationError(subject, "cannot have both `host` and `hostaddr`", "Remove `hostaddr`.")
    host = parts.get("host") or parts.get("hostaddr", "")
    _reject_missing_parts({**parts, "host": host}, subject=subject)
    address = f"[{host}]" if ":" in host else host
    port = f":{quote(parts['port'], safe=',')}" if parts.get("port") else ""
    user, password, database = (quote(parts.get(name, ""), safe="") for name in ("user", "password", "dbname"))
    query = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
    return f"postgresql://{user}:{password}@{address}{port}/{database}{query}"


def _reject_missing_parts(parts: Mapping[str, str], *, subject: str) -> None:
    missing = [name for name in ("host", "user", "password") if not parts.get(name)]
    if missing:
        raise ValidationError(subject, f"has no {' and no '.join(f'`{name}`' for name in missing)}", _SEPARATE)
    if not is_host(without_final_dot(parts["host"])) and "," not in parts["host"]:
        raise ValidationError(subject, "has no valid `host`", f"{_SEPARATE} Socket paths are not supported.")
