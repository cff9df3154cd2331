"""A case of each resource type: the inputs of a program, and the exact requests to the API."""

from dataclasses import dataclass, field
from typing import Any

from tests.localcloud.provider.engine import secret

ACCOUNT = "a" * 32
ZONE = "b" * 32
IN_ACCOUNT = {"accountId": ACCOUNT}
A = f"accounts/{ACCOUNT}"
Z = f"zones/{ZONE}"


@dataclass(frozen=True)
class Case:
    token: str
    inputs: dict[str, Any]
    create: str
    """Request line of the create."""
    created: Any
    """Body of the create."""
    id: str
    """Pulumi's id."""
    item: str
    """Path of reads and deletes."""
    import_id: str
    change: dict[str, Any] = field(default_factory=dict)
    """Inputs of an update in place. None removes one. Empty if every change is a replacement."""
    update: str = ""
    updated: Any = None
    replaces: dict[str, Any] = field(default_factory=dict)
    """Another value of each input whose change replaces the resource."""
    deletes: bool = True
    extras: dict[str, Any] = field(default_factory=dict)
    """Fields that the server adds."""
    hidden: frozenset[str] = frozenset()
    """Fields that the server never returns."""

    @property
    def name(self) -> str:
        return self.token.rsplit(":", 1)[1]

    @property
    def changed(self) -> dict[str, Any]:
        merged = {**self.inputs, **self.change}
        return {name: value for name, value in merged.items() if value is not None}


def token_of(name: str) -> str:
    return f"cloudflare:index/{name[0].lower()}{name[1:]}:{name}"


ORIGIN = {"scheme": "postgres", "host": "db.example.com", "port": 5432, "database": "app", "user": "app"}
TRACES = {"destinations": [], "enabled": False, "head_sampling_rate": 1, "persist": True}
LOGS = {**TRACES, "invocation_logs": True}

CASES = [
    Case(
        token=token_of("HyperdriveConfig"),
        inputs={
            **IN_ACCOUNT,
            "name": "main",
            "origin": {**ORIGIN, "password": secret("first-password")},
            "originConnectionLimit": 20,
            "caching": {"maxAge": 60, "staleWhileRevalidate": 15},
            "mtls": {"sslmode": "require"},
        },
        create=f"POST {A}/hyperdrive/configs",
        created={
            "name": "main",
            "origin": {**ORIGIN, "password": "first-password"},
            "origin_connection_limit": 20,
            "caching": {"disabled": False, "max_age": 60, "stale_while_revalidate": 15},
            "mtls": {"sslmode": "require"},
        },
        id="id1",
        item=f"{A}/hyperdrive/configs/id1",
        import_id=f"{ACCOUNT}/id1",
        change={
            "origin": {**ORIGIN, "password": secret("second-password")},
            "originConnectionLimit": 30,
            "caching": {"disabled": True},
            "mtls": None,
        },
        update=f"PUT {A}/hyperdrive/configs/id1",
        updated={
            "name": "main",
            "origin": {**ORIGIN, "password": "second-password"},
            "origin_connection_limit": 30,
            "caching": {"disabled": True, "max_age": None, "stale_while_revalidate": None},
            "mtls": None,
        },
        replaces={"accountId": "c" * 32},
        extras={"created_on": "2026-11-21T10:00:00Z", "modified_on": "2026-11-21T10:00:00Z"},
        hidden=frozenset({"password", "access_client_secret"}),
    ),
    Case(
        token=token_of("Worker"),
        inputs={
            **IN_ACCOUNT,
            "name": "api",
            "subdomain": {"enabled": True},
            "observability": {"enabled": True, "logs": {"enabled": True}},
        },
        create=f"POST {A}/workers/workers",
        created={
            "logpush": False,
            "name": "api",
            "observability": {
                "enabled": True,
                "head_sampling_rate": 1,
                "logs": {**LOGS, "enabled": True},
                "traces": TRACES,
            },
            "subdomain": {"enabled": True, "previews_enabled": True},
            "tags": [],
            "tail_consumers": [],
        },
        id="id1",
        item=f"{A}/workers/workers/id1",
        import_id=f"{ACCOUNT}/id1",
        change={"name": "renamed", "logpush": True, "observability": None},
        update=f"PUT {A}/workers/workers/id1",
        updated={
            "logpush": True,
            "name": "renamed",
            "observability": {"enabled": False, "head_sampling_rate": 1, "logs": LOGS, "traces": TRACES},
            "subdomain": {"enabled": True, "previews_enabled": True},
            "tags": [],
            "tail_consumers": [],
        },
        replaces={"accountId": "c" * 32},
        extras={"created_on": "2026-11-21T10:00:00Z", "references": {"domains": []}},
    ),
    Case(
        token=token_of("WorkersDeployment"),
        inputs={
            **IN_ACCOUNT,
            "scriptName": "api",
            "strategy": "percentage",
            "versions": [{"versionId": "v1", "percentage": 90}, {"versionId": "v2", "percentage": 10}],
            "annotations": {"workersMessage": "one in ten"},
        },
        create=f"POST {A}/workers/scripts/api/deployments",
        created={
            "annotations": {"workers/message": "one in ten"},
            "strategy": "percentage",
            "versions": [{"percentage": 90, "version_id": "v1"}, {"percentage": 10, "version_id": "v2"}],
        },
        id="id1",
        item=f"{A}/workers/scripts/api/deployments/id1",
        import_id=f"{ACCOUNT}/api/id1",
        replaces={
            "accountId": "c" * 32,
            "scriptName": "other",
            "versions": [{"versionId": "v2", "percentage": 100}],
            "annotations": {"workersMessage": "all"},
        },
        deletes=False,
        extras={"created_on": "2026-11-21T10:00:00Z", "source": "api"},
    ),
    Case(
        token=token_of("WorkersScriptSubdomain"),
        inputs={**IN_ACCOUNT, "scriptName": "api", "enabled": True, "previewsEnabled": True},
        create=f"POST {A}/workers/scripts/api/subdomain",
        created={"enabled": True, "previews_enabled": True},
        id=ACCOUNT,
        item=f"{A}/workers/scripts/api/subdomain",
        import_id=f"{ACCOUNT}/api",
        change={"enabled": False, "previewsEnabled": None},
        update=f"POST {A}/workers/scripts/api/subdomain",
        updated={"enabled": False},
        replaces={"accountId": "c" * 32, "scriptName": "other"},
    ),
    Case(
        token=token_of("WorkersCronTrigger"),
        inputs={**IN_ACCOUNT, "scriptName": "api", "schedules": [{"cron": "*/5 * * * *"}]},
        create=f"PUT {A}/workers/scripts/api/schedules",
        created=[{"cron": "*/5 * * * *"}],
        id="api",
        item=f"{A}/workers/scripts/api/schedules",
        import_id=f"{ACCOUNT}/api",
        change={"schedules": []},
        update=f"PUT {A}/workers/scripts/api/schedules",
        updated=[],
        replaces={"accountId": "c" * 32, "scriptName": "other"},
        deletes=False,
    ),
    Case(
        token=token_of("WorkersRoute"),
        inputs={"zoneId": ZONE, "pattern": "example.com/*", "script": "api"},
        create=f"POST {Z}/workers/routes",
        created={"pattern": "example.com/*", "script": "api"},
        id="id1",
        item=f"{Z}/workers/routes/id1",
        import_id=f"{ZONE}/id1",
        change={"pattern": "example.com/api/*", "script": None},
        update=f"PUT {Z}/workers/routes/id1",
        updated={"pattern": "example.com/api/*", "script": None},
        replaces={"zoneId": "c" * 32},
    ),
    Case(
        token=token_of("WorkersCustomDomain"),
        inputs={**IN_ACCOUNT, "hostname": "api.example.com", "service": "api", "zoneId": ZONE},
        create=f"PUT {A}/workers/domains",
        created={"hostname": "api.example.com", "service": "api", "zone_id": ZONE},
        id="id1",
        item=f"{A}/workers/domains/id1",
        import_id=f"{ACCOUNT}/id1",
        replaces={
            "accountId": "c" * 32,
            "hostname": "other.example.com",
            "service": "other",
            "zoneId": "d" * 32,
            "zoneName": "example.com",
        },
        extras={"cert_id": "certificate", "zone_name": "example.org"},
    ),
    Case(
        token=token_of("WorkersKvNamespace"),
        inputs={**IN_ACCOUNT, "title": "answers"},
        create=f"POST {A}/storage/kv/namespaces",
        created={"title": "answers"},
        id="id1",
        item=f"{A}/storage/kv/namespaces/id1",
        import_id=f"{ACCOUNT}/id1",
        change={"title": "cached answers"},
        update=f"PUT {A}/storage/kv/namespaces/id1",
        updated={"title": "cached answers"},
        replaces={"accountId": "c" * 32},
        extras={"supports_url_encoding": True},
    ),
    Case(
        token=token_of("PagesProject"),
        inputs={
            **IN_ACCOUNT,
            "name": "site",
            "productionBranch": "main",
            "deploymentConfigs": {
                "production": {
                    "compatibilityDate": "2026-08-01",
                    "envVars": {
                        "camelCase": {"type": "plain_text", "value": "1"},
                        "SNAKE_CASE": {"type": "secret_text", "value": secret("page-secret")},
                    },
                    "hyperdriveBindings": {"HYPERDRIVE": {"id": "h1"}},
                }
            },
        },
        create=f"POST {A}/pages/projects",
        created={
            "name": "site",
            "production_branch": "main",
            "deployment_configs": {
                "production": {
                    "always_use_latest_compatibility_date": False,
                    "build_image_major_version": 3,
                    "compatibility_date": "2026-08-01",
                    "env_vars": {
                        "camelCase": {"type": "plain_text", "value": "1"},
                        "SNAKE_CASE": {"type": "secret_text", "value": "page-secret"},
                    },
                    "fail_open": True,
                    "hyperdrive_bindings": {"HYPERDRIVE": {"id": "h1"}},
                }
            },
        },
        id="site",
        item=f"{A}/pages/projects/site",
        import_id=f"{ACCOUNT}/site",
        change={
            "deploymentConfigs": {
                "production": {
                    "compatibilityDate": "2026-08-01",
                    "envVars": {"camelCase": {"type": "plain_text", "value": "2"}},
                    "hyperdriveBindings": {},
                }
            }
        },
        update=f"PATCH {A}/pages/projects/site",
        updated={
            "deployment_configs": {
                "production": {
                    "env_vars": {"camelCase": {"value": "2"}, "SNAKE_CASE": None},
                    "hyperdrive_bindings": {"HYPERDRIVE": None},
                }
            }
        },
        replaces={"accountId": "c" * 32, "name": "other"},
        extras={"subdomain": "site.pages.dev", "domains": ["site.pages.dev"]},
    ),
    Case(
        token=token_of("PagesDomain"),
        inputs={**IN_ACCOUNT, "projectName": "site", "name": "www.example.com"},
        create=f"POST {A}/pages/projects/site/domains",
        created={"name": "www.example.com"},
        id="www.example.com",
        item=f"{A}/pages/projects/site/domains/www.example.com",
        import_id=f"{ACCOUNT}/site/www.example.com",
        replaces={"accountId": "c" * 32, "projectName": "other", "name": "other.example.com"},
        extras={"status": "pending"},
    ),
    Case(
        token=token_of("SecretsStore"),
        inputs={**IN_ACCOUNT, "name": "default_secrets_store"},
        create=f"POST {A}/secrets_store/stores",
        created={"name": "default_secrets_store"},
        id="id1",
        item=f"{A}/secrets_store/stores/id1",
        import_id=f"{ACCOUNT}/id1",
        replaces={"accountId": "c" * 32, "name": "other"},
    ),
    Case(
        token=token_of("SecretsStoreSecret"),
        inputs={**IN_ACCOUNT, "storeId": "s1", "name": "KEY", "value": secret("stored-secret"), "scopes": ["workers"]},
        create=f"POST {A}/secrets_store/stores/s1/secrets",
        created=[{"name": "KEY", "scopes": ["workers"], "value": "stored-secret"}],
        id="id1",
        item=f"{A}/secrets_store/stores/s1/secrets/id1",
        import_id=f"{ACCOUNT}/s1/id1",
        change={"value": secret("another-secret"), "comment": "rotated"},
        update=f"PATCH {A}/secrets_store/stores/s1/secrets/id1",
        updated={"comment": "rotated", "value": "another-secret"},
        replaces={"accountId": "c" * 32, "storeId": "s2", "name": "OTHER"},
        extras={"status": "active"},
        hidden=frozenset({"value"}),
    ),
    Case(
        token=token_of("MtlsCertificate"),
        inputs={**IN_ACCOUNT, "ca": True, "certificates": "PEM\n", "name": "ca", "privateKey": secret("private-key")},
        create=f"POST {A}/mtls_certificates",
        created={"ca": True, "certificates": "PEM\n", "name": "ca", "private_key": "private-key"},
        id="id1",
        item=f"{A}/mtls_certificates/id1",
        import_id=f"{ACCOUNT}/id1",
        replaces={"accountId": "c" * 32, "ca": False, "certificates": "PEM2\n", "name": "b", "privateKey": "k2"},
        extras={"serial_number": "1", "issuer": "CN=ca"},
        hidden=frozenset({"private_key"}),
    ),
    Case(
        token=token_of("ConnectivityDirectoryService"),
        inputs={
            **IN_ACCOUNT,
            "name": "db",
            "type": "tcp",
            "host": {"ipv4": "10.0.0.5", "network": {"tunnelId": "t1"}},
            "tcpPort": 5432,
            "appProtocol": "postgresql",
        },
        create=f"POST {A}/connectivity/directory/services",
        created={
            "app_protocol": "postgresql",
            "host": {"ipv4": "10.0.0.5", "network": {"tunnel_id": "t1"}},
            "name": "db",
            "tcp_port": 5432,
            "type": "tcp",
        },
        id="v1",
        item=f"{A}/connectivity/directory/services/v1",
        import_id=f"{ACCOUNT}/v1",
        change={"tcpPort": 5433, "appProtocol": None},
        update=f"PUT {A}/connectivity/directory/services/v1",
        updated={
            "app_protocol": None,
            "host": {"ipv4": "10.0.0.5", "network": {"tunnel_id": "t1"}},
            "name": "db",
            "tcp_port": 5433,
            "type": "tcp",
        },
        replaces={"accountId": "c" * 32},
        extras={"service_id": "v1"},
    ),
    Case(
        token=token_of("ZeroTrustTunnelCloudflared"),
        inputs={**IN_ACCOUNT, "name": "db", "configSrc": "cloudflare", "tunnelSecret": secret("c2VjcmV0")},
        create=f"POST {A}/cfd_tunnel",
        created={"config_src": "cloudflare", "name": "db", "tunnel_secret": "c2VjcmV0"},
        id="id1",
        item=f"{A}/cfd_tunnel/id1",
        import_id=f"{ACCOUNT}/id1",
        change={"name": "database"},
        update=f"PATCH {A}/cfd_tunnel/id1",
        updated={"name": "database"},
        replaces={"accountId": "c" * 32, "configSrc": "local"},
        extras={"remote_config": True, "status": "inactive"},
        hidden=frozenset({"tunnel_secret", "config_src"}),
    ),
    Case(
        token=token_of("ZeroTrustTunnelCloudflaredConfig"),
        inputs={
            **IN_ACCOUNT,
            "tunnelId": "t1",
            "config": {
                "ingresses": [
                    {
                        "hostname": "db.example.com",
                        "service": "tcp://10.0.0.5:5432",
                        "originRequest": {"noTlsVerify": True},
                    },
                    {"service": "http_status:404"},
                ]
            },
        },
        create=f"PUT {A}/cfd_tunnel/t1/configurations",
        created={
            "config": {
                "ingress": [
                    {
                        "hostname": "db.example.com",
                        "service": "tcp://10.0.0.5:5432",
                        "originRequest": {"noTLSVerify": True},
                    },
                    {"service": "http_status:404"},
                ]
            }
        },
        id="t1",
        item=f"{A}/cfd_tunnel/t1/configurations",
        import_id=f"{ACCOUNT}/t1",
        change={"config": {"ingresses": [{"service": "http_status:404"}]}},
        update=f"PUT {A}/cfd_tunnel/t1/configurations",
        updated={"config": {"ingress": [{"service": "http_status:404"}]}},
        replaces={"accountId": "c" * 32, "tunnelId": "t2"},
        deletes=False,
        extras={"version": 1},
    ),
    Case(
        token=token_of("ZeroTrustAccessServiceToken"),
        inputs={**IN_ACCOUNT, "name": "hyperdrive"},
        create=f"POST {A}/access/service_tokens",
        created={"client_secret_version": 1, "duration": "8760h", "name": "hyperdrive"},
        id="id1",
        item=f"{A}/access/service_tokens/id1",
        import_id=f"accounts/{ACCOUNT}/id1",
        change={"clientSecretVersion": 2, "previousClientSecretExpiresAt": "2030-01-01T00:00:00Z"},
        update=f"PUT {A}/access/service_tokens/id1",
        updated={
            "client_secret_version": 2,
            "duration": "8760h",
            "name": "hyperdrive",
            "previous_client_secret_expires_at": "2030-01-01T00:00:00Z",
        },
        replaces={"accountId": "c" * 32},
        extras={"client_id": "i.access", "client_secret": "returned-once", "expires_at": "2027-11-21T10:00:00Z"},
    ),
    Case(
        token=token_of("ZeroTrustAccessPolicy"),
        inputs={
            **IN_ACCOUNT,
            "name": "db",
            "decision": "non_identity",
            "includes": [{"serviceToken": {"tokenId": "t1"}}],
        },
        create=f"POST {A}/access/policies",
        created={
            "decision": "non_identity",
            "include": [{"service_token": {"token_id": "t1"}}],
            "name": "db",
            "session_duration": "24h",
        },
        id="id1",
        item=f"{A}/access/policies/id1",
        import_id=f"{ACCOUNT}/id1",
        change={"includes": [{"anyValidServiceToken": {}}]},
        update=f"PUT {A}/access/policies/id1",
        updated={
            "decision": "non_identity",
            "include": [{"any_valid_service_token": {}}],
            "name": "db",
            "session_duration": "24h",
        },
        replaces={"accountId": "c" * 32},
    ),
    Case(
        token=token_of("ZeroTrustAccessApplication"),
        inputs={
            "zoneId": ZONE,
            "name": "db",
            "type": "self_hosted",
            "destinations": [{"uri": "db.example.com"}],
            "policies": [{"id": "p1", "precedence": 1}],
            "serviceAuth401Redirect": True,
        },
        create=f"POST {Z}/access/apps",
        created={
            "app_launcher_visible": True,
            "destinations": [{"type": "public", "uri": "db.example.com"}],
            "http_only_cookie_attribute": True,
            "name": "db",
            "policies": [{"id": "p1", "precedence": 1}],
            "service_auth_401_redirect": True,
            "type": "self_hosted",
        },
        id="id1",
        item=f"{Z}/access/apps/id1",
        import_id=f"zones/{ZONE}/id1",
        change={"serviceAuth401Redirect": None},
        update=f"PUT {Z}/access/apps/id1",
        updated={
            "app_launcher_visible": True,
            "destinations": [{"type": "public", "uri": "db.example.com"}],
            "http_only_cookie_attribute": True,
            "name": "db",
            "policies": [{"id": "p1", "precedence": 1}],
            "service_auth_401_redirect": None,
            "type": "self_hosted",
        },
        replaces={"zoneId": "c" * 32},
        extras={"aud": "audience"},
    ),
    Case(
        token=token_of("DnsRecord"),
        inputs={"zoneId": ZONE, "name": "db", "type": "CNAME", "ttl": 1, "content": "t1.cfargotunnel.com"},
        create=f"POST {Z}/dns_records",
        created={"content": "t1.cfargotunnel.com", "name": "db", "proxied": False, "ttl": 1, "type": "CNAME"},
        id="id1",
        item=f"{Z}/dns_records/id1",
        import_id=f"{ZONE}/id1",
        change={"proxied": True, "content": None},
        update=f"PUT {Z}/dns_records/id1",
        updated={"name": "db", "proxied": True, "ttl": 1, "type": "CNAME"},
        replaces={"zoneId": "c" * 32, "type": "A"},
        extras={"proxiable": True},
    ),
]
