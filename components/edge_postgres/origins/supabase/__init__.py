"""The database of an existing Supabase project: the component `SupabasePostgres` and its limits."""
