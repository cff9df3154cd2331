"""The zones of Cloudflare itself, in which no account can have a custom domain, a route or a tunnel's host name."""

_ZONES = ("workers.dev", "pages.dev", "trycloudflare.com", "cloudflareaccess.com", "cfargotunnel.com")


def is_in_zone_of_cloudflare(host: str) -> bool:
    """Returns whether a host name, with or without a `*` at its start, is in a zone of Cloudflare itself."""
    return f".{host.lower().lstrip('*.')}".endswith(tuple(f".{zone}" for zone in _ZONES))
