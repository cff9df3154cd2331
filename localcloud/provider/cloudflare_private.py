"""Rows of `cloudflare.py` for secrets, certificates, and network routes to private databases."""

from localcloud.provider.access import ACCESS_APPLICATION, ACCESS_POLICY
from localcloud.provider.encoders import merge_patch
from localcloud.provider.mtls_certificate import MTLS_CERTIFICATE
from localcloud.provider.resource import Resource
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

SECRETS_STORE = RestResource(
    type="cloudflare:index/secretsStore:SecretsStore",
    collection="accounts/{accountId}/secrets_store/stores",
    item="accounts/{accountId}/secrets_store/stores/{id}",
    import_ids=("{accountId}/{id}",),
    update_method=None,
    unsupported=("force",),
)
SECRETS_STORE_SECRET = RestResource(
    type="cloudflare:index/secretsStoreSecret:SecretsStoreSecret",
    collection="accounts/{accountId}/secrets_store/stores/{storeId}/secrets",
    item="accounts/{accountId}/secrets_store/stores/{storeId}/secrets/{id}",
    import_ids=("{accountId}/{storeId}/{id}",),
    as_list=True,
    update_method="PATCH",
    encode_update=merge_patch,
)
CONNECTIVITY_DIRECTORY_SERVICE = RestResource(
    type="cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService",
    collection="accounts/{accountId}/connectivity/directory/services",
    item="accounts/{accountId}/connectivity/directory/services/{serviceId}",
    import_ids=("{accountId}/{serviceId}",),
    id="{serviceId}",
)
TUNNEL = RestResource(
    type="cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
    collection="accounts/{accountId}/cfd_tunnel",
    item="accounts/{accountId}/cfd_tunnel/{id}",
    import_ids=("{accountId}/{id}",),
    update_method="PATCH",
    encode_update=merge_patch,
    not_refreshed=("configSrc",),
)
TUNNEL_CONFIG = RestResource(
    type="cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
    collection="accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    item="accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    import_ids=("{accountId}/{tunnelId}",),
    id="{tunnelId}",
    create_method="PUT",
    deletes=False,
)
ACCESS_SERVICE_TOKEN = RestResource(
    type="cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken",
    collection="{scope}/access/service_tokens",
    item="{scope}/access/service_tokens/{id}",
    import_ids=("accounts/{accountId}/{id}", "zones/{zoneId}/{id}"),
)
PRIVATE_RESOURCES: tuple[Resource[Api], ...] = (
    SECRETS_STORE,
    SECRETS_STORE_SECRET,
    MTLS_CERTIFICATE,
    CONNECTIVITY_DIRECTORY_SERVICE,
    TUNNEL,
    TUNNEL_CONFIG,
    ACCESS_SERVICE_TOKEN,
    ACCESS_POLICY,
    ACCESS_APPLICATION,
)
