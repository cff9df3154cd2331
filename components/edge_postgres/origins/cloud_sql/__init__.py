"""Google Cloud SQL for PostgreSQL: the component `CloudSqlPostgres`, with its rules and limits."""
