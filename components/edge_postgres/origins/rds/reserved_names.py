"""Names that RDS, Aurora or Postgres reserve for themselves."""

import re

# RDS rejects `admin` and `rdsadmin`, as https://github.com/aws-cloudformation/cfn-lint/pull/4425 reports. The roles of
# RDS begin with `rds_`, and Postgres rejects roles that begin with `pg_`.
_ROLES = re.compile(r"admin|rdsadmin|rds_.*|pg_.*")

# Aurora rejects `admin`, as https://github.com/awslabs/aws-saas-boost/issues/180 reports (read on 2026-11-30). Every
# server has the templates.
_DATABASES = frozenset({"admin", "rdsadmin", "template0", "template1"})

# RDS rejects the reserved keywords of Postgres:
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, and their list:
# https://www.postgresql.org/docs/17/sql-keywords-appendix.html. Both were read on 2026-11-30.
_WORDS = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "current_catalog",
        "current_date",
        "current_role",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "lateral",
        "leading",
        "limit",
        "localtime",
        "localtimestamp",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "placing",
        "primary",
        "references",
        "returning",
        "select",
        "session_user",
        "some",
        "symmetric",
        "system_user",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "when",
        "where",
        "window",
        "with",
    ]
)


def is_reserved_role(name: str) -> bool:
    """Returns whether RDS or Postgres reserves the name of a role."""
    return name in _WORDS or _ROLES.fullmatch(name) is not None


def is_reserved_database(name: str) -> bool:
    """Returns whether RDS, Aurora or Postgres reserves the name of a database."""
    return name in _WORDS or name in _DATABASES
