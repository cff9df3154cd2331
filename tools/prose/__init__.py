"""Checks the English of documentation, docstrings, comments, messages and test names.

Command: `python -m tools.prose [--count] [PATH...]`.

`glossary.toml` lists the terms that are not used, the longest sentence and the paths that are checked.
"""
