"""Vendors whose REST APIs are spoken to directly, as Pulumi dynamic providers.

The import paths of the resources in here are kept in users' state: they never move.
"""

from components.rest.sentences import tell_sentences

tell_sentences()
