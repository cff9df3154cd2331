"""The limits of an account and of a zone, which every endpoint checks that creates a limited resource.

The numbers are those of the library, `edge_postgres.core.limits`. The option `--limit` of the emulator replaces them,
as Cloudflare does on request.

Only some of the error codes are public:

- 10072 and its text: https://github.com/cloudflare/workers-sdk/issues/15194 (2026-08-14). Above its limit, an account
  cannot even remove cron triggers.
- Hyperdrive's 2007 is the code of every invalid configuration.
- The other codes are those that the same endpoint answers for an invalid body.
"""

from edge_postgres.core.limits import AccountResource
from localcloud.cloudflare.envelope import ApiError
from localcloud.cloudflare.settings import Settings

TOO_MANY_CRON_TRIGGERS = 10072


def reject_above_limit(settings: Settings, resource: AccountResource, count: int, code: int) -> None:
    """Raises ``ApiError`` if a change results in more resources than the account may have.

    Args:
        settings: Settings of the emulator.
        resource: Kind of resource.
        count: Number of resources after the change.
        code: Code of the error.
    """
    limit = settings.limit(resource)
    if count > limit:
        plan = f"Workers {settings.plan.capitalize()}"
        noun = resource.replace("_", " ")
        raise ApiError(400, code, f"This account has reached the {plan} limit of {limit} {noun}.")
