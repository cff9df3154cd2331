"""Error codes of vendors' APIs, with the meaning and the fix of each.

Sources, read in November 2026. Cloudflare documents 2008 to 2016:
https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/. Public issues describe the others: 10013
(cloudflare/terraform-provider-cloudflare#6490, cloudflare/workers-sdk#11412), 10064 (cloudflare/workers-sdk#3370),
10104 (lyc8503/UptimeFlare#211), 12139 (jikig-ai/soleur#7065), 100116 (alchemy-run/alchemy-async#1384), 100117
(vm0-ai/vm0#33406). The meanings of 1056, 1471, 10079 and 81053 are those of the API's messages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorCode:
    """One meaning of a code. A code can have several."""

    vendor: str
    code: str
    meaning: str
    fix: str
    page: str = ""
    """Page of the documentation, relative to the folder `docs`."""


def _cloudflare(code: int, meaning: str, fix: str, page: str = "") -> ErrorCode:
    return ErrorCode("Cloudflare", str(code), meaning, fix, page)


_REJECTED = "operations.md#hyperdrive-rejects-the-database"

ERROR_CODES = (
    _cloudflare(
        1003,
        "Secrets Store: the account has a store already (`maximum_stores_exceeded`), the store has a secret with this "
        "name already (`secret_name_already_exists`), or a store with secrets was deleted (`store_not_empty`).",
        "Set `storeId` of the existing store. Import an existing secret with `pulumi import`.",
        "secrets.md",
    ),
    _cloudflare(1003, "Certificates: the upload contains no certificate that can be read.", "Set a file in PEM."),
    _cloudflare(
        1022,
        "A tunnel is in use or has open connections, and cannot be deleted.",
        "Stop your own connectors, then run `pulumi destroy` again.",
        "private-databases.md#created-resources-in-this-order",
    ),
    _cloudflare(
        1056,
        "An ingress rule of the tunnel is invalid.",
        "End the rules with a rule for all hosts, such as `http_status:404`.",
        "private-databases.md",
    ),
    _cloudflare(
        1471,
        "The account has this certificate already.",
        "Use the certificate's ID, or delete the certificate first.",
    ),
    _cloudflare(
        2008,
        "The host name of the database does not resolve.",
        "Set a host without scheme and port. The name of a new database can take minutes to resolve. Then run "
        "`pulumi up` again.",
        _REJECTED,
    ),
    _cloudflare(
        2009, "The address of the database is not public.", "Set a `route`, or use the public address.", _REJECTED
    ),
    _cloudflare(
        2010,
        "The database did not answer.",
        "Check host and port, and that the firewall of the database allows Cloudflare.",
        _REJECTED,
    ),
    _cloudflare(
        2011, "The database refused the connection.", "Check the port, and that the database server runs.", _REJECTED
    ),
    _cloudflare(
        2012, "The database does not support TLS, which Hyperdrive requires.", "Enable TLS in the server.", _REJECTED
    ),
    _cloudflare(
        2013,
        "The database rejected the user or the password.",
        "Check both, and that the role may connect from Cloudflare.",
        _REJECTED,
    ),
    _cloudflare(2014, "The server has no database with this name.", "Check the name of the database.", _REJECTED),
    _cloudflare(2015, "The connection failed for another reason.", "Check the log of the database server.", _REJECTED),
    _cloudflare(
        2016,
        "The connection succeeded, and the test query failed.",
        "Check that the role may run queries, and that no other pooler is in between.",
        _REJECTED,
    ),
    _cloudflare(
        2017,
        "A Hyperdrive configuration with this name exists and is not in the state.",
        "Import it, or delete it in the dashboard.",
        "adoption.md",
    ),
    _cloudflare(
        10013,
        "Cloudflare reports an unknown error, with the status 500. For a custom domain, the token can lack "
        "permissions.",
        "For a custom domain, give the token Zone: Read and DNS: Edit. Otherwise run `pulumi up` again later.",
        "security.md",
    ),
    _cloudflare(
        10021,
        "The upload of a Worker is not valid. The text after the code has the reason, for example a syntax error of "
        "the script, a missing module, a binding to something that does not exist, or a compatibility date in the "
        "future.",
        "Fix the cause in the text.",
        "workers.md",
    ),
    _cloudflare(
        10064,
        "The Worker cannot be deleted, because it consumes a queue or owns Durable Objects.",
        "Remove the consumer first. Durable Objects are deleted by a migration, or with `force`.",
        "workers.md",
    ),
    _cloudflare(
        10079,
        "The migrations of Durable Objects were deployed before.",
        "Set `migrations` to `{old_tag: v1, new_tag: v1}` without classes.",
        "workers.md#logs-limits-and-kept-bindings",
    ),
    _cloudflare(10104, "A trace producer that was created a moment ago is not known yet.", "Run `pulumi up` again."),
    _cloudflare(
        10142,
        "The Worker cannot be deleted, because another Worker is bound to it.",
        "Remove the binding of the other Worker first.",
        "operations.md",
    ),
    _cloudflare(
        12139,
        "A policy of Access still refers to the service token that is deleted.",
        "Delete or change the policy first.",
        "private-databases.md#created-resources-in-this-order",
    ),
    _cloudflare(
        81053,
        "The host name has an address record already.",
        "Delete the record, or the custom domain of the other Worker. Omit the host name in `routeRecords`.",
    ),
    _cloudflare(100116, "Another custom domain has this host name.", "Delete the other custom domain first."),
    _cloudflare(
        100117,
        "The host name has a DNS record that Workers do not manage.",
        "Delete the record, or use another host name.",
    ),
    ErrorCode(
        "Prisma",
        "planLimitReached",
        "The plan of the workspace allows no further object.",
        "Delete an unused object, or choose a larger plan at Prisma.",
        "origins/prisma.md",
    ),
    ErrorCode("Prisma", "rateLimitReached", "The API received too many requests.", "Run `pulumi up` again later."),
)
"""All known meanings, sorted by vendor and code."""

_FORMS = (
    # `METHOD "URL": 400 Bad Request {"errors":[{"code":2013,…` of github.com/cloudflare/cloudflare-go v7.7.0, which
    # Cloudflare's provider prints.
    re.compile(r'\\?"code\\?":\s*\\?"?(\w+)'),
    # `METHOD path: 2013 message`, and the messages of this library: `returned 403 for METHOD path: planLimitReached`.
    re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE) \S+: (\w+)"),
)


def find_error_codes(text: str) -> list[ErrorCode]:
    """Returns the known meanings of the codes in the output of a command, in the order of the table, each one once."""
    found = {code for form in _FORMS for code in form.findall(text)}
    return [each for each in ERROR_CODES if each.code in found]


def fixes_of(code: int | str) -> Iterator[str]:
    """Yields the sentences with meaning and fix of a code, for each meaning."""
    yield from (f"{each.meaning} {each.fix}" for each in ERROR_CODES if each.code == str(code))
