"""Pages projects: what production and previews find, their source, their domains."""
