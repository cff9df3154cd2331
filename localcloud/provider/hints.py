"""What to do about the answers that a user can mend.

Sources, read 2026-11: https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ for 2008 to 2016; the
others are documented nowhere, and were seen in github.com/lyc8503/UptimeFlare/issues/211 (10104),
jikig-ai/soleur/issues/7065 (12139), alchemy-run/alchemy-async/issues/1384 (100116), vm0-ai/vm0/issues/33406 (100117).
"""

HINTS = {
    2008: "The host name does not resolve: check `origin.host`, without scheme and port.",
    2009: "The host is a private address, which needs a route of its own: give a Workers VPC service or an Access "
    "token, or a public host.",
    2010: "The database cannot be reached: check host and port, and that its firewall lets Cloudflare in.",
    2011: "Nothing listens there: check `origin.port`, and that the database server runs.",
    2012: "The database offers no TLS, without which Hyperdrive does not connect: switch TLS on in the server.",
    2013: "The database refused user or password: check both, and that the role may log in from there.",
    2014: "There is no database of that name on the server: check `origin.database`.",
    2015: "The connection failed for another reason: the log of the database server may tell which.",
    2016: "The connection came about and the test query failed: check that the role may run queries, and that a "
    "server of the stated scheme answers.",
    1022: "Something still uses the tunnel: delete what leads through it first.",
    1056: "A rule of the tunnel is refused; the last one has to be a catch-all, such as `http_status:404`.",
    1471: "The account has this certificate already: use its id, or delete it first (`delete_before_replace`).",
    10079: "These Durable Object migrations were deployed already: state their tag as `old_tag` and as `new_tag`, "
    "without classes.",
    10104: "A trace producer that was just made may not be known yet: try again.",
    12139: "A policy still refers to the service token: change the policy first.",
    81053: "The host name has an address already: delete that record, or the custom domain of a Worker, first.",
    100116: "Another custom domain has this host name: delete that one first (`delete_before_replace` on your own).",
    100117: "The host name has a DNS record that somebody else keeps: delete the record or take another name.",
}
