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
    unsupported=("force",),
    outputs=("created", "modified"),
)
SECRETS_STORE_SECRET = RestResource(
    type="cloudflare:index/secretsStoreSecret:SecretsStoreSecret",
    collection="accounts/{accountId}/secrets_store/stores/{storeId}/secrets",
    item="accounts/{accountId}/secrets_store/stores/{storeId}/secrets/{id}",
    import_ids=("{accountId}/{storeId}/{id}",),
    as_list=True,
    update_method="PATCH",
    encode_update=merge_patch,
    outputs=("created", "modified", "status"),
    volatile=("modified", "status"),
    kept_from_state=paths("value"),
)
MTLS_CERTIFICATE = RestResource(
    type="cloudflare:index/mtlsCertificate:MtlsCertificate",
    collection="accounts/{accountId}/mtls_certificates",
    item="accounts/{accountId}/mtls_certificates/{id}",
    import_ids=("{accountId}/{id}",),
    update_method=None,
    outputs=("expiresOn", "issuer", "serialNumber", "signature", "updatedAt", "uploadedOn"),
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
    outputs=("createdAt", "serviceId", "updatedAt"),
    volatile=("updatedAt",),
)
TUNNEL = RestResource(
    type="cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
    collection="accounts/{accountId}/cfd_tunnel",
    item="accounts/{accountId}/cfd_tunnel/{id}",
    import_ids=("{accountId}/{id}",),
    update_method="PATCH",
    encode_update=merge_patch,
    outputs=(
        *("accountTag", "connections", "connsActiveAt", "connsInactiveAt", "createdAt", "deletedAt", "metadata"),
        *("remoteConfig", "status", "tunType"),
    ),
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
    outputs=("createdAt", "version"),
    volatile=("version",),
    assigned=("config", "source"),
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
    outputs=("clientId", "clientSecret", "expiresAt"),
    volatile=("expiresAt",),
    assigned=("enabled",),
    kept_from_state=paths("clientSecret"),
    not_refreshed=("clientSecret", "clientSecretVersion", "previousClientSecretExpiresAt"),
)
RULES = {"includes": "include", "excludes": "exclude", "requires": "require"}
ACCESS_POLICY = RestResource(
    type="cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy",
    collection="accounts/{accountId}/access/policies",
    item="accounts/{accountId}/access/policies/{id}",
    import_ids=("{accountId}/{id}",),
    unsupported=(
        "connectionRules",
        "mfaConfig",
    ),
    outputs=("appCount", "createdAt", "reusable", "updatedAt"),
    volatile=("updatedAt",),
    names=Names(special=RULES),
)
ACCESS_APPLICATION = RestResource(
    type="cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    collection="{scope}/access/apps",
    item="{scope}/access/apps/{id}",
    import_ids=("accounts/{accountId}/{id}", "zones/{zoneId}/{id}"),
    unsupported=(
        "appLauncherLogoUrl",
        "bgColor",
        "corsHeaders",
        "customPages",
        "footerLinks",
        "headerBgColor",
        "landingPageDesign",
        "mfaConfig",
        "oauthConfiguration",
        "readServiceTokensFromHeader",
        "saasApp",
        "scimConfig",
        "skipAppLauncherLoginPage",
        "targetCriterias",
    ),
    outputs=("aud",),
    assigned=(
        *("domain", "destinations", "selfHostedDomains", "policies", "sessionDuration", "appLauncherVisible"),
        *("allowedIdps", "autoRedirectToIdentity", "enableBindingCookie", "httpOnlyCookieAttribute", "tags"),
    ),
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
