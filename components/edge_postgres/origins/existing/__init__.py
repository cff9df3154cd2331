"""An existing database at any vendor: the component `ExistingPostgres` and its rules."""
