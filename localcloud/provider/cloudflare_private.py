"""Rows of `cloudflare.py` for secrets, certificates, and network routes to private databases."""

from localcloud.provider.encoders import merge_patch
from localcloud.provider.names import Names
from localcloud.provider.property_map import paths
from localcloud.provider.resource import Resource
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import RestResource

SECRETS_STORE = RestResource(
    type="cloudflare:index/secretsStore:SecretsStore",
    collection="accounts/{accountId}/secrets_store/stores",
    item="accounts/{accountId}/secrets_store/stores/{id}",
    import_ids=("{accountId}/{id}",),
    update_method=None,
    inputs=("accountId", "name"),
    required=("accountId", "name"),
    outputs=("created", "modified"),
    replaces=("accountId", "name"),
)
SECRETS_STORE_SECRET = RestResource(
    type="cloudflare:index/secretsStoreSecret:SecretsStoreSecret",
    collection="accounts/{accountId}/secrets_store/stores/{storeId}/secrets",
    item="accounts/{accountId}/secrets_store/stores/{storeId}/secrets/{id}",
    import_ids=("{accountId}/{storeId}/{id}",),
    as_list=True,
    update_method="PATCH",
    encode_update=merge_patch,
    inputs=("accountId", "storeId", "name", "value", "scopes", "comment"),
    required=("accountId", "storeId", "name", "value", "scopes"),
    outputs=("created", "modified", "status"),
    volatile=("modified", "status"),
    replaces=("accountId", "storeId", "name"),
    sensitive=paths("value"),
    kept_from_state=paths("value"),
)
MTLS_CERTIFICATE = RestResource(
    type="cloudflare:index/mtlsCertificate:MtlsCertificate",
    collection="accounts/{accountId}/mtls_certificates",
    item="accounts/{accountId}/mtls_certificates/{id}",
    import_ids=("{accountId}/{id}",),
    update_method=None,
    inputs=("accountId", "ca", "certificates", "name", "privateKey"),
    required=("accountId", "ca", "certificates"),
    outputs=("expiresOn", "issuer", "serialNumber", "signature", "updatedAt", "uploadedOn"),
    replaces=("accountId", "ca", "certificates", "name", "privateKey"),
    sensitive=paths("privateKey"),
    kept_from_state=paths("privateKey"),
    not_refreshed=("updatedAt",),
    trimmed=paths("certificates"),
)
CONNECTIVITY_DIRECTORY_SERVICE = RestResource(
    type="cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService",
    collection="accounts/{accountId}/connectivity/directory/services",
    item="accounts/{accountId}/connectivity/directory/services/{serviceId}",
    import_ids=("{accountId}/{serviceId}",),
    id="{serviceId}",
    inputs=("accountId", "name", "type", "host", "tcpPort", "httpPort", "httpsPort", "appProtocol", "tlsSettings"),
    required=("accountId", "name", "type", "host"),
    outputs=("createdAt", "serviceId", "updatedAt"),
    volatile=("updatedAt",),
    replaces=("accountId",),
)
TUNNEL = RestResource(
    type="cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
    collection="accounts/{accountId}/cfd_tunnel",
    item="accounts/{accountId}/cfd_tunnel/{id}",
    import_ids=("{accountId}/{id}",),
    update_method="PATCH",
    encode_update=merge_patch,
    inputs=("accountId", "name", "configSrc", "tunnelSecret"),
    required=("accountId", "name"),
    outputs=(
        *("accountTag", "connections", "connsActiveAt", "connsInactiveAt", "createdAt", "deletedAt", "metadata"),
        *("remoteConfig", "status", "tunType"),
    ),
    replaces=("accountId",),
    replaces_if_set=("configSrc",),
    defaults={"configSrc": "local"},
    sensitive=paths("tunnelSecret"),
    not_refreshed=("configSrc", "tunnelSecret"),
)
TUNNEL_CONFIG = RestResource(
    type="cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
    collection="accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    item="accounts/{accountId}/cfd_tunnel/{tunnelId}/configurations",
    import_ids=("{accountId}/{tunnelId}",),
    id="{tunnelId}",
    create_method="PUT",
    deletes=False,
    inputs=("accountId", "tunnelId", "config", "source"),
    required=("accountId", "tunnelId"),
    outputs=("createdAt", "version"),
    volatile=("version",),
    assigned=("config", "source"),
    replaces=("accountId", "tunnelId"),
    names=Names(
        # This response mixes both naming styles: `created_at` and `config.originRequest`.
        special={
            "createdAt": "created_at",
            "ingresses": "ingress",
            "noTlsVerify": "noTLSVerify",
            "matchSnItoHost": "matchSNItoHost",
            "audTags": "audTag",
        },
        camel=True,
    ),
)
ACCESS_SERVICE_TOKEN = RestResource(
    type="cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken",
    collection="{scope}/access/service_tokens",
    item="{scope}/access/service_tokens/{id}",
    import_ids=("accounts/{accountId}/{id}", "zones/{zoneId}/{id}"),
    inputs=(
        *("accountId", "zoneId", "name", "duration", "enabled", "clientSecretVersion"),
        "previousClientSecretExpiresAt",
    ),
    required=("name",),
    outputs=("clientId", "clientSecret", "expiresAt"),
    volatile=("expiresAt",),
    assigned=("enabled",),
    replaces=("accountId", "zoneId"),
    defaults={"duration": "8760h", "clientSecretVersion": 1},
    sensitive=paths("clientSecret"),
    kept_from_state=paths("clientSecret"),
    not_refreshed=("clientSecret", "clientSecretVersion", "previousClientSecretExpiresAt"),
)
RULES = {"includes": "include", "excludes": "exclude", "requires": "require"}
ACCESS_POLICY = RestResource(
    type="cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy",
    collection="accounts/{accountId}/access/policies",
    item="accounts/{accountId}/access/policies/{id}",
    import_ids=("{accountId}/{id}",),
    inputs=(
        *("accountId", "name", "decision", "includes", "excludes", "requires", "sessionDuration", "approvalGroups"),
        *("approvalRequired", "isolationRequired", "purposeJustificationPrompt", "purposeJustificationRequired"),
    ),
    required=("accountId", "name", "decision"),
    outputs=("appCount", "createdAt", "reusable", "updatedAt"),
    volatile=("updatedAt",),
    replaces=("accountId",),
    defaults={"sessionDuration": "24h"},
    names=Names(special=RULES),
)
ACCESS_APPLICATION = RestResource(
    type="cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    collection="{scope}/access/apps",
    item="{scope}/access/apps/{id}",
    import_ids=("accounts/{accountId}/{id}", "zones/{zoneId}/{id}"),
    inputs=(
        *("accountId", "zoneId", "name", "type", "domain", "destinations", "policies", "sessionDuration"),
        *("appLauncherVisible", "allowedIdps", "serviceAuth401Redirect", "autoRedirectToIdentity", "tags"),
        *("enableBindingCookie", "httpOnlyCookieAttribute", "sameSiteCookieAttribute", "pathCookieAttribute"),
        *("customDenyMessage", "customDenyUrl", "customNonIdentityDenyUrl", "logoUrl", "optionsPreflightBypass"),
        *("selfHostedDomains", "skipInterstitial", "allowIframe", "allowAuthenticateViaWarp"),
    ),
    required=(),
    outputs=("aud",),
    assigned=(
        *("domain", "destinations", "selfHostedDomains", "policies", "sessionDuration", "appLauncherVisible"),
        *("allowedIdps", "autoRedirectToIdentity", "enableBindingCookie", "httpOnlyCookieAttribute", "tags"),
    ),
    replaces=("accountId", "zoneId"),
    defaults={"destinations.*.type": "public"},
    sets=paths("allowedIdps", "selfHostedDomains", "tags"),
    names=Names(special={"serviceAuth401Redirect": "service_auth_401_redirect", **RULES}),
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
