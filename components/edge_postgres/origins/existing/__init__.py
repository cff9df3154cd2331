"""A database that exists already, at any vendor: a connection string, or its parts."""
