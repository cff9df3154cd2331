"""The queries of the handover about row-level security. In each, `$1` is the group role and `$2` the former user.

A policy applies to the roles that it names and to their members. The group role is no member of the former user, so
that it would not see the rows that a policy shows to the former user.
"""

from edge_postgres.postgres.ownership_queries import OWN_SCHEMA


def _is_for(role: str) -> str:
    """Returns the condition that a policy applies to a role."""
    return f"exists (select from unnest(s.polroles) r where r = 0 or pg_has_role({role}::name, nullif(r, 0), 'USAGE'))"


_SEES_ALL_ROWS = """
    ((select a.rolsuper or a.rolbypassrls from pg_roles a where a.rolname = ROLE)
     or pg_has_role(ROLE::name, c.relowner, 'USAGE') and not c.relforcerowsecurity)
"""


def _sees_all_rows(role: str) -> str:
    """Returns the condition that row-level security of a table does not apply to a role."""
    return _SEES_ALL_ROWS.replace("ROLE", role)


_TABLES = f"""
    pg_class c join pg_namespace n on n.oid = c.relnamespace
    where {OWN_SCHEMA} and c.relrowsecurity and not {_sees_all_rows("$1")}
      and has_table_privilege($2::name, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
"""

POLICIES = f"""
    select format('alter policy %I on %I.%I to %s, %I', s.polname, n.nspname, c.relname,
        (select string_agg(quote_ident(a.rolname), ', ') from pg_roles a where a.oid = any(s.polroles)), $1::text)
        as statement
    from pg_policy s join pg_class c on c.oid = s.polrelid join pg_namespace n on n.oid = c.relnamespace
    where {OWN_SCHEMA} and {_is_for("$2")} and not {_is_for("$1")} and pg_has_role(c.relowner, 'USAGE')
"""  # noqa: S608  # constants of this module
"""The statements that add the group role to the policies that apply to the former user."""

HIDDEN_ROWS = f"""
    select 'rows' as kind, format('all rows of %s', c.oid::regclass) as description
    from {_TABLES} and {_sees_all_rows("$2")}
    union all
    select 'rows', format('rows of %s by the policy %I', c.oid::regclass, s.polname)
    from pg_policy s, {_TABLES} and s.polrelid = c.oid and {_is_for("$2")} and not {_is_for("$1")}
    union all
    select 'rows',
        format('rows of %s by the policy %I, which compares the name of the role', c.oid::regclass, s.polname)
    from pg_policy s, {_TABLES} and s.polrelid = c.oid and {_is_for("$2")} and not {_sees_all_rows("$2")}
      and concat_ws(' ', pg_get_expr(s.polqual, c.oid), pg_get_expr(s.polwithcheck, c.oid))
          ~* '(current|session)_(user|role)'
      and strpos(concat(pg_get_expr(s.polqual, c.oid), pg_get_expr(s.polwithcheck, c.oid)), $1) = 0
"""  # noqa: S608  # constants of this module
"""The rows that the former user sees and the group role does not, as `kind` and `description`."""

BYPASSES = "select rolbypassrls from pg_roles where rolname = $1"
"""Whether row-level security does not apply to the role `$1`."""
