"""Fixes for errors of the API that a user can fix.

Sources, read 2026-11: https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ for 2008 to 2016.
The others are not documented, and are from github.com/lyc8503/UptimeFlare/issues/211 (10104),
jikig-ai/soleur/issues/7065 (12139), alchemy-run/alchemy-async/issues/1384 (100116), vm0-ai/vm0/issues/33406 (100117).
"""

HINTS = {
    2008: "The host name does not resolve: check `origin.host`, without scheme and port.",
    2009: "The host is a private address, which needs a network route: use a Workers VPC service or an Access "
    "token, or a public host.",
    2010: "The database is unreachable: check host and port, and that its firewall allows Cloudflare.",
    2011: "No server listens on the port: check `origin.port`, and that the database server runs.",
    2012: "The database does not support TLS, which Hyperdrive requires: enable TLS on the server.",
    2013: "The database rejected user or password: check both, and that the role may log in from Cloudflare.",
    2014: "The server has no database with this name: check `origin.database`.",
    2015: "The connection failed for another reason: check the log of the database server.",
    2016: "The connection succeeded and the test query failed: check that the role may run queries, and that the "
    "server matches the scheme.",
    1022: "The tunnel is in use: delete the resources that use it first.",
    1056: "An ingress rule of the tunnel is invalid: the last one must be a catch-all, such as `http_status:404`.",
    1471: "The account already has this certificate: use its id, or delete it first (`delete_before_replace`).",
    10079: "These Durable Object migrations are already deployed: set `old_tag` and `new_tag` to their tag, without "
    "classes.",
    10104: "A new trace producer may not be known yet: try again.",
    12139: "A policy refers to the service token: change the policy first.",
    81053: "The host name already has an address: delete that record, or the custom domain of a Worker, first.",
    100116: "Another custom domain has this host name: delete it first (`delete_before_replace` for your own domain).",
    100117: "The host name has an externally managed DNS record: delete the record or use another name.",
}
