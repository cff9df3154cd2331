"""The queries of the handover. In each, `$1` is the group role and `$2` the former user.

The queries run with the search path `pg_catalog`, so that the names of objects in their results contain the schema.
They skip the objects of extensions and of Postgres itself.
"""

OWN_SCHEMA = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"

# `case` evaluates the kind first. The function raises an error for a relation that is no sequence.
_LACKS_SEQUENCE = """
    case when c.relkind = 'S' then has_sequence_privilege($2::name, c.oid, 'USAGE')
        and not has_sequence_privilege($1::name, c.oid, 'USAGE') end
"""


def _is_no_member(catalog: str, oid: str) -> str:
    """Returns the condition that an object does not belong to an extension."""
    return (
        f"not exists (select from pg_depend e where e.classid = '{catalog}'::regclass and e.objid = {oid}"
        " and e.deptype = 'e')"
    )


GRANTS = f"""
    with privileges as (
        select 0 as rank, 'database' as kind, d.datname as name, p
        from pg_database d, unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) p
        where d.datname = current_database()
          and has_database_privilege($2::name, d.oid, p)
          and has_database_privilege(d.oid, p || ' WITH GRANT OPTION')
          and not has_database_privilege($1::name, d.oid, p)
        union all
        select 1, 'schema', n.nspname, p
        from pg_namespace n, unnest(array['USAGE', 'CREATE']) p
        where {OWN_SCHEMA}
          and has_schema_privilege($2::name, n.oid, p)
          and has_schema_privilege(n.oid, p || ' WITH GRANT OPTION')
          and not has_schema_privilege($1::name, n.oid, p)
    )
    select format('grant %s on %s %I to %I', p, kind, name, $1::text) as statement from privileges order by rank
"""  # noqa: S608  # constants of this module
"""The statements that grant the group role rights on the database and its schemas, as far as the user has them."""

GRANTS_ON_OBJECTS = f"""
    select format('grant %s on %I.%I to %I', p, n.nspname, c.relname, $1::text) as statement
    from pg_class c join pg_namespace n on n.oid = c.relnamespace,
         unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
    where {OWN_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f') and {_is_no_member("pg_class", "c.oid")}
      and has_table_privilege($2::name, c.oid, p) and not has_table_privilege($1::name, c.oid, p)
      and has_table_privilege(c.oid, p || ' WITH GRANT OPTION')
    union all
    select format('grant all on sequence %I.%I to %I', n.nspname, c.relname, $1::text)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where {OWN_SCHEMA} and {_is_no_member("pg_class", "c.oid")} and {_LACKS_SEQUENCE}
      and case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'USAGE WITH GRANT OPTION') end
    union all
    select format('grant execute on routine %s to %I', p.oid::regprocedure, $1::text)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where {OWN_SCHEMA} and {_is_no_member("pg_proc", "p.oid")}
      and has_function_privilege($2::name, p.oid, 'EXECUTE') and not has_function_privilege($1::name, p.oid, 'EXECUTE')
      and has_function_privilege(p.oid, 'EXECUTE WITH GRANT OPTION')
"""  # noqa: S608  # constants of this module
"""The statements that grant the group role the rights of the user on objects that keep another owner."""

_KIND = """
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' when 'T' then 'types'
        when 'n' then 'schemas' when 'L' then 'large objects' end
"""

DEFAULT_PRIVILEGES = f"""
    with defaults as (
        select d.*, n.nspname, {_KIND} as kind
        from pg_default_acl d join pg_roles u on u.oid = d.defaclrole and u.rolname = $2
            left join pg_namespace n on n.oid = d.defaclnamespace
    )
    select format('alter default privileges for role %I%s grant %s on %s to %s%s', $1::text,
        coalesce(' in schema ' || quote_ident(d.nspname), ''), a.privilege_type, d.kind,
        coalesce(quote_ident(g.rolname), 'public'), case when a.is_grantable then ' with grant option' else '' end)
        as statement
    from defaults d, aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
    where a.grantee <> d.defaclrole and coalesce(g.rolname, '') <> $1
    union all
    select format('alter default privileges for role %I revoke all on %s from public', $1::text, d.kind)
    from defaults d
    where d.defaclnamespace = 0 and d.defaclobjtype in ('f', 'T')
      and not exists (select from aclexplode(d.defaclacl) a where a.grantee = 0)
"""  # noqa: S608  # constants of this module
"""The statements that give other roles the same default privileges on new objects of the group role as on those of the
former user."""

TRANSFERS = f"""
    with owner as (select oid from pg_roles where rolname = $2),
    objects as (
        select 0 as rank, format('schema %I', n.nspname) as object
        from pg_namespace n join owner o on n.nspowner = o.oid
        where {OWN_SCHEMA} and n.nspname <> 'public' and {_is_no_member("pg_namespace", "n.oid")}
        union all
        select 1, format('%s %I.%I', case c.relkind
            when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view'
            when 'f' then 'foreign table' when 'c' then 'type' else 'table' end, n.nspname, c.relname)
        from pg_class c join owner o on c.relowner = o.oid join pg_namespace n on n.oid = c.relnamespace
        where {OWN_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
          and has_schema_privilege($1::name, n.oid, 'CREATE')
          and {_is_no_member("pg_class", "c.oid")} and {_is_no_member("pg_type", "c.reltype")}
          -- A sequence of a column follows its table.
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and c.relkind = 'S')
        union all
        select 2, format('type %I.%I', n.nspname, t.typname)
        from pg_type t join owner o on t.typowner = o.oid join pg_namespace n on n.oid = t.typnamespace
        where {OWN_SCHEMA} and t.typtype in ('d', 'e', 'r')
          and has_schema_privilege($1::name, n.oid, 'CREATE') and {_is_no_member("pg_type", "t.oid")}
        union all
        select 3, format('routine %s', p.oid::regprocedure)
        from pg_proc p join owner o on p.proowner = o.oid join pg_namespace n on n.oid = p.pronamespace
        where {OWN_SCHEMA} and p.prokind in ('f', 'p', 'w') and not p.prosecdef
          and has_schema_privilege($1::name, n.oid, 'CREATE') and {_is_no_member("pg_proc", "p.oid")}
    )
    select format('alter %s owner to %I', object, $1::text) as statement from objects order by rank, object
"""  # noqa: S608  # constants of this module
"""The statements that make the group role the owner of the objects of the former user, schemas first.

An object stays if the group role may not create objects in its schema, which Postgres requires of a new owner.
"""

FOREIGN_RIGHTS = f"""
    select 'database' as kind, format('%s on database %I', p, d.datname) as description
    from pg_database d, unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) p
    where d.datname = current_database()
      and has_database_privilege($2::name, d.oid, p) and not has_database_privilege($1::name, d.oid, p)
    union all
    select 'schema', format('%s on schema %I', p, n.nspname)
    from pg_namespace n, unnest(array['USAGE', 'CREATE']) p
    where {OWN_SCHEMA} and {_is_no_member("pg_namespace", "n.oid")}
      and has_schema_privilege($2::name, n.oid, p) and not has_schema_privilege($1::name, n.oid, p)
    union all
    select 'relation', format('%s on %s', p, c.oid::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace,
         unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
    where {OWN_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f') and {_is_no_member("pg_class", "c.oid")}
      and has_table_privilege($2::name, c.oid, p) and not has_table_privilege($1::name, c.oid, p)
    union all
    select 'relation', format('%s on columns of %s', p, c.oid::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['SELECT', 'INSERT', 'UPDATE']) p
    where {OWN_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f') and {_is_no_member("pg_class", "c.oid")}
      and not has_table_privilege($2::name, c.oid, p)
      and has_any_column_privilege($2::name, c.oid, p) and not has_any_column_privilege($1::name, c.oid, p)
    union all
    select 'relation', format('USAGE on sequence %s', c.oid::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where {OWN_SCHEMA} and {_is_no_member("pg_class", "c.oid")} and {_LACKS_SEQUENCE}
    union all
    select 'relation', format('ownership of %s', c.oid::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where {OWN_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {_is_no_member("pg_class", "c.oid")}
      and pg_has_role($2::name, c.relowner, 'USAGE') and not pg_has_role($1::name, c.relowner, 'USAGE')
    union all
    select 'routine', format('EXECUTE on %s', p.oid::regprocedure)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where {OWN_SCHEMA} and {_is_no_member("pg_proc", "p.oid")}
      and has_function_privilege($2::name, p.oid, 'EXECUTE') and not has_function_privilege($1::name, p.oid, 'EXECUTE')
"""  # noqa: S608  # constants of this module
"""The rights that the former user has and the group role lacks, as `kind` and `description`."""
