"""`stack-file.schema.json`: what an editor knows of a stack file."""
