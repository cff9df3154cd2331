"""Arguments of a Worker with every kind of binding."""

from typing import Any

ID = "0123456789abcdef0123456789abcdef"
UUID = "019a0000-0000-7000-8000-000000000000"

BINDINGS: dict[str, Any] = {
    "hyperdrive": {"HYPERDRIVE": ID},
    "kv": {"CACHE": ID},
    "r2": {"FILES": "files"},
    "d1": {"LEDGER": UUID},
    "queues": {"JOBS": "jobs"},
    "services": {"AUTH": "auth"},
    "durable_objects": {"COUNTER": {"class_name": "Counter"}, "FAR": {"class_name": "Far", "script_name": "other"}},
    "vars": {"LOG_LEVEL": "info", "AWKWARD": 'a "b"\\ \n\t\x7f€😀 #[x]'},
    "json": {
        "SETTINGS": '{"retries": 3, "hosts": ["a", {"b": 1.5}], "deep": {"on": true}}',
        "PORT": "5432",
        "HOSTS": '["a", "b"]',
        "MIXED": '["a", 1, true, {}]',
        "NONE": "[]",
    },
    "secrets": ["STRIPE_KEY", "DB_PASSWORD"],
    "rate_limits": {"LIMITER": {"namespace_id": "1001", "limit": 100.0, "period_seconds": 60.0}},
    "workflows": {
        "ORDERS": {"class_name": "Orders", "workflow_name": "orders"},
        "REPORTS": {"class_name": "Reports", "workflow_name": "reports", "script_name": "other"},
    },
    "secrets_store": {"STRIPE": {"store_id": ID, "secret_name": "stripe-key"}},
    "vpc_services": {"PRIVATE": UUID},
    "mtls_certificates": {"CERTIFICATE": UUID},
    "ai": "AI",
    "version_metadata": "VERSION",
    "other_bindings": {
        "BUCKET": {"type": "r2_bucket", "bucket_name": "files-eu", "jurisdiction": "eu"},
        "DATASET": {"type": "analytics_engine", "dataset": "requests"},
        "DISPATCH": {"type": "dispatch_namespace", "namespace": "tenants"},
        "IMAGES": {"type": "images"},
        "MAIL": {"type": "send_email", "destination_address": "to@example.com"},
        "PAGES": {"type": "browser"},
        "SEARCH": {"type": "ai_search", "instance_name": "docs"},
        "SIGNING": {"type": "secret_key", "format": "raw", "key_base64": "bm90LWEta2V5"},
        "TUNNEL": {"type": "vpc_network", "network_id": "cf1:network"},
        "VECTORS": {"type": "vectorize", "index_name": "docs"},
    },
}

SETTINGS: dict[str, Any] = {
    "bundle": "workers/dist/pg.js",
    "compatibility_date": "2026-08-01",
    "compatibility_flags": ["nodejs_compat"],
    "files": {"query.wasm": "query.wasm", "help.md": {"path": "help.md", "kind": "text"}},
    "assets": {"directory": "public", "binding": "ASSETS", "not_found_handling": "404-page"},
    "routes": {"example.com/api/*": ID},
    "domains": ["api.example.com"],
    "crons": ["*/5 * * * *"],
    "queue_consumers": {
        "jobs": {
            "queue_id": ID,
            "queue_name": "jobs",
            "max_batch_size": 50.0,
            "max_batch_timeout": 1.0,
            "max_retries": 2.0,
            "retry_delay": 30.0,
            "max_concurrency": 4.0,
            "dead_letter_queue": "dead",
        }
    },
    "placement": {"mode": "smart"},
    "observability": {"enabled": True, "head_sampling_rate": 0.5, "logs": {"enabled": True, "invocation_logs": True}},
    "limits": {"cpu_ms": 100.0},
    "tail_consumers": ["tail"],
    "migrations": {"new_tag": "v1", "new_sqlite_classes": ["Counter"]},
}
