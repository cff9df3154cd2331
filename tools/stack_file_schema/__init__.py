"""Generates `stack-file.schema.json`, the JSON schema of a stack file for editors."""
