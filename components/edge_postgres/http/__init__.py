"""The HTTP client that vendors' management APIs share: credentials, retries, lost answers, create or adopt.

It knows no vendor: the clients of Neon and Prisma are in `origins/`.
"""

from edge_postgres.http.error_output import tell_sentences

tell_sentences()
