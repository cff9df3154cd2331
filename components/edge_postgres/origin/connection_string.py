"""Postgres connection strings: parsing, formatting and redaction.

Parsers disagree about passwords that are not percent-encoded. The error messages of most parsers quote a part of the
password. This parser rejects ambiguous strings. Its messages contain no part of the string except well-known schemes
and the names of parameters.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, quote, unquote

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.address import default_port
from edge_postgres.origin.hosts import is_host, without_final_dot
from edge_postgres.origin.pasted_forms import (
    BAD_PERCENT,
    ENCODE,
    FORM,
    INVISIBLE,
    NOT_UTF8,
    PLACEHOLDER,
    to_url,
)
from edge_postgres.origin.rules import validate_database, validate_user
from edge_postgres.origin.url_parameters import PARAMETERS, DroppedParameters, dropped_parameters

_LIBPQ_SSLMODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})

_PLAIN_URL = re.compile(r"postgres(?:ql)?://\S*[^\s'\"`”’;,]")
_SCHEME = re.compile(r"(postgres|postgresql)(\+[a-z0-9_]+)?")
_OTHER_SCHEMES = ("mysql", "mariadb", "http", "https", "sqlserver", "mongodb", "cockroachdb", "redshift", "libsql")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class ConnectionString:
    """The decoded parts of a connection string. `repr` shows all of them except the password."""

    host: str
    user: str
    password: str = field(repr=False)
    database: str | None = None
    port: int | None = None
    sslmode: str | None = None
    is_pooled: bool = False
    """Whether `pgbouncer=true` declares that a pooler answers at the host."""
    dropped: DroppedParameters = field(default_factory=DroppedParameters)
    """The parameters that no connection method sends."""

    @classmethod
    def parse(cls, text: str, *, subject: str = "url") -> Self:
        """Returns the decoded parts of the connection string ``text``.

        The string is a URL, a keyword/value string of libpq or a URL of JDBC. Quotation marks, a variable and the
        command `psql` around the string are ignored.

        Raises:
            ValidationError: The string is not one unambiguous ``postgres://user:password@host[:port][/database][?…]``,
                and no other form of it. The message contains ``subject``, and of the string at most a well-known scheme
                or names of known parameters.
        """
        if not _PLAIN_URL.fullmatch(text):
            text = to_url(text, subject=subject)
        scheme, separator, rest = text.partition("://")
        _reject_other_schemes(scheme if separator else None, subject=subject)
        _reject_unencoded_characters(rest, subject=subject)

        userinfo, _, location = rest.partition("@")
        location, _, query = location.partition("?")
        address, _, database = location.partition("/")
        user, colon, password = userinfo.partition(":")
        if not (user and colon and password):
            raise ValidationError(subject, "has no user or no password before its `@`", f"Write {FORM}.")
        host, port = _host_and_port(address, subject=subject)
        if "/" in database:
            raise ValidationError(subject, "has an unencoded `/` in its database name or its password", ENCODE)
        sslmode, is_pooled, dropped = _parameters(query, subject=subject)
        try:
            user, password, database = (unquote(part, errors="strict") for part in (user, password, database))
        except UnicodeDecodeError:
            # `from None` hides the decoder's message, which quotes the bytes.
            raise ValidationError(subject, NOT_UTF8, ENCODE) from None
        if PLACEHOLDER.fullmatch(password):
            raise ValidationError(
                subject,
                "has a placeholder instead of the password",
                "Replace the placeholder by the password. Most consoles show the password only once, or after a reset.",
            )
        return cls(
            host=host,
            user=user,
            password=password,
            database=database or None,
            port=port,
            sslmode=sslmode,
            is_pooled=is_pooled,
            dropped=dropped,
        )

    def format(self) -> str:
        """Returns the connection string with every part encoded. It contains the password, so it is a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = "" if self.sslmode is None else f"?sslmode={quote(self.sslmode)}"
        user, password, database = (quote(part, safe="*") for part in (self.user, self.password, self.database or ""))
        return f"postgresql://{user}:{password}@{host}{port}/{database}{query}"

    def redacted(self) -> str:
        """Returns the connection string with ``***`` in place of the password."""
        mask = "***"
        return replace(self, password=mask).format()


def _reject_other_schemes(scheme: str | None, *, subject: str) -> None:
    if scheme is None:
        raise ValidationError(subject, "must be a URL or a `key=value` string", f"Write {FORM}.")
    if scheme in ("prisma", "prisma+postgres"):
        raise ValidationError(
            subject,
            f"has the scheme `{scheme}`, which only Prisma's own client supports",
            f"Use the direct connection string of the database: {FORM}.",
        )
    if not _SCHEME.fullmatch(scheme):
        # The part before `://` may be a password, so the message shows only known schemes.
        shown = f", got `{scheme}`" if scheme in _OTHER_SCHEMES else ""
        raise ValidationError(subject, f"must be a Postgres URL{shown}", f"Write {FORM}.")


def _reject_unencoded_characters(rest: str, *, subject: str) -> None:
    if re.search(rf"[\s\x00-\x1f\x7f\\{INVISIBLE}]", rest):
        raise ValidationError(
            subject, "has a space, a control character such as a line break, or a backslash in it", ENCODE
        )
    if "#" in rest:
        raise ValidationError(subject, "has an unencoded `#`, which would end the connection string", ENCODE)
    if rest.count("@") > 1:
        raise ValidationError(
            subject, "has more than one unencoded `@`, so the end of the password is ambiguous", ENCODE
        )
    if "@" not in rest:
        raise ValidationError(subject, "has no user and password", f"Write {FORM}.")
    if re.search(r"[/?]", rest.partition("@")[0]):
        raise ValidationError(subject, "has an unencoded `/` or `?` in its user or password", ENCODE)
    if BAD_PERCENT.search(rest):
        raise ValidationError(
            subject, "has a `%` that starts no percent-encoded character", "Write a plain `%` as %25."
        )


def _host_and_port(address: str, *, subject: str) -> tuple[str, int | None]:
    if "," in address:
        raise ValidationError(
            subject, "has several hosts, but Hyperdrive accepts one host", "Set only the host of the primary."
        )
    if ipv6 := re.fullmatch(r"\[([^\]]*:[^\]]*)\](?::(.*))?", address):
        host, port = ipv6[1], ipv6[2]
    else:
        host, _, port = address.partition(":")
    host = without_final_dot(host)
    if not is_host(host):
        raise ValidationError(
            subject, "has no valid host after its `@`", f"Write {FORM}. Socket paths are not supported."
        )
    if not port:
        return host.lower(), None
    # The characters after the colon may belong to a password, so the message does not show them.
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise ValidationError(subject, "must have a port from 1 to 65535", f"Write {FORM}.")
    return host.lower(), int(port)


def _parameters(query: str, *, subject: str) -> tuple[str | None, bool, DroppedParameters]:
    """Returns three values of the query.

    The TLS mode, None if it is omitted. Whether the query declares a pooler. The parameters that are dropped.
    """
    parameters = parse_qsl(query, keep_blank_values=True)
    names = {name for name, _ in parameters}
    # A wrongly encoded or wrongly split string may have a password here, so messages show only well-formed names.
    if not all(_PARAMETER.fullmatch(name) for name in names):
        raise ValidationError(
            subject, "has a parameter with an invalid name", "Write `?name=value&name=value` after the database."
        )
    rejected = sorted(name for name, value in parameters if name in PARAMETERS and PARAMETERS[name].is_rejected(value))
    if rejected:
        raise ValidationError(
            subject,
            f"must not have {', '.join(f'`{name}`' for name in rejected)} as a parameter, because the connection would "
            "not have it",
            f"Remove it. {PARAMETERS[rejected[0]].instead}",
        )
    sslmodes = {value for name, value in parameters if name == "sslmode"}
    if len(sslmodes) > 1:
        raise ValidationError(subject, "has `sslmode` twice", "Write `sslmode` once.")
    if not sslmodes <= _LIBPQ_SSLMODES:
        raise ValidationError(subject, "has an `sslmode` that Postgres does not know", "Write `?sslmode=require`.")
    is_pooled = any(name == "pgbouncer" and value.lower() in ("true", "1", "yes") for name, value in parameters)
    return next(iter(sslmodes), None), is_pooled, dropped_parameters(parameters)


def read_connection_string(url: str | None, *, has_port: bool, subject: str) -> ConnectionString:
    """Returns the parts of a valid connection string, with the vendor's database and port if the string omits them.

    Args:
        url: The string. No message contains a part of it that could be secret.
        has_port: Whether the origin has a port. False with Access, because the tunnel's configuration has the port.
        subject: The path for messages.

    Raises:
        ValidationError: The string is empty, ambiguous or incomplete.
    """
    if not url or not url.strip():
        raise ValidationError(
            subject,
            "must not be empty",
            f"Set a connection string, {FORM}. If it is the empty output `direct_url` of Prisma's Terraform provider, "
            "create a connection at Prisma, and set its host, user and password as separate values.",
        )
    parsed = ConnectionString.parse(url, subject=subject)
    validate_user(parsed.user, subject=subject)
    return replace(
        parsed,
        database=validate_database(parsed.database, parsed.host, subject=subject),
        port=parsed.port or (default_port(parsed.host, subject=subject) if has_port else None),
    )
