"""What leads to a Worker besides workers.dev: routes, custom domains, the clock."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_cloudflare as cloudflare


def create_routes_domains_crons(
    name: str,
    account_id: pulumi.Input[str],
    script_name: pulumi.Input[str],
    routes: Mapping[str, pulumi.Input[str]],
    domains: Sequence[str],
    crons: Sequence[str] | None,
    parent: pulumi.Resource,
) -> None:
    """Makes the routes, zone by pattern, the domains and the schedule of a script that is there."""
    for pattern, zone_id in sorted(routes.items()):
        cloudflare.WorkersRoute(
            f"{name}-route-{pattern}",
            zone_id=zone_id,
            pattern=pattern,
            script=script_name,
            opts=pulumi.ResourceOptions(parent=parent),
        )
    for hostname in domains:
        cloudflare.WorkersCustomDomain(
            f"{name}-domain-{hostname}",
            account_id=account_id,
            hostname=hostname,
            service=script_name,
            # There is no update, and a second record of one host name is a conflict.
            opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True),
        )
    if crons is not None:
        # Deleting it changes nothing at Cloudflare: a schedule ends with an empty list, or with the script.
        cloudflare.WorkersCronTrigger(
            f"{name}-schedule",
            account_id=account_id,
            script_name=script_name,
            schedules=[{"cron": cron} for cron in crons],
            opts=pulumi.ResourceOptions(parent=parent),
        )
