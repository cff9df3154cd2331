"""The database of an existing Supabase project."""
