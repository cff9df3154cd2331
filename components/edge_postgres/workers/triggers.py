"""The triggers of a Worker other than workers.dev: routes, custom domains and crons."""

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
    """Creates the routes, the custom domains and the cron trigger of an existing script.

    Args:
        name: Name of the cron trigger in Pulumi.
        account_id: Cloudflare account that owns the script.
        script_name: Name of the script at Cloudflare.
        routes: IDs of the zones, by pattern.
        domains: Host names.
        crons: Cron expressions; None creates no cron trigger.
        parent: Component that owns the resources.
    """
    for pattern, zone_id in sorted(routes.items()):
        cloudflare.WorkersRoute(
            pattern,
            zone_id=zone_id,
            pattern=pattern,
            script=script_name,
            opts=pulumi.ResourceOptions(parent=parent),
        )
    for hostname in domains:
        cloudflare.WorkersCustomDomain(
            hostname,
            account_id=account_id,
            hostname=hostname,
            service=script_name,
            # The API has no update, and rejects a second record of one host name.
            opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True),
        )
    if crons is not None:
        # Deleting the trigger changes nothing at Cloudflare. An empty list ends the schedule, as does deleting the
        # script.
        cloudflare.WorkersCronTrigger(
            name,
            account_id=account_id,
            script_name=script_name,
            schedules=[{"cron": cron} for cron in crons],
            opts=pulumi.ResourceOptions(parent=parent),
        )
