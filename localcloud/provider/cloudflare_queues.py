"""Queues, their consumers and Workflows of the `cloudflare` package.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/{queue,queue_consumer,workflow}` at
v5.22.0 (2026-07-10); for Workflows commit 004efb0, which is not a release.
"""

from localcloud.provider.resource import Resource
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

QUEUE = RestResource(
    type="cloudflare:index/queue:Queue",
    collection="accounts/{accountId}/queues",
    item="accounts/{accountId}/queues/{queueId}",
    import_ids=("{accountId}/{queueId}",),
    id="{queueId}",
    unsupported=("jurisdiction",),
)
QUEUE_CONSUMER = RestResource(
    type="cloudflare:index/queueConsumer:QueueConsumer",
    collection="accounts/{accountId}/queues/{queueId}/consumers",
    item="accounts/{accountId}/queues/{queueId}/consumers/{consumerId}",
    import_ids=(),
    id="{consumerId}",
    not_refreshed=("deadLetterQueue",),
)
WORKFLOW = RestResource(
    type="cloudflare:index/workflow:Workflow",
    collection="accounts/{accountId}/workflows/{workflowName}",
    item="accounts/{accountId}/workflows/{workflowName}",
    import_ids=("{accountId}/{workflowName}",),
    id="{workflowName}",
    create_method="PUT",
    not_refreshed=("concurrency", "defaultRetention", "limits", "isDeleted", "terminatorRunning", "versionId"),
)

QUEUE_RESOURCES: tuple[Resource[Api], ...] = (QUEUE, QUEUE_CONSUMER, WORKFLOW)
