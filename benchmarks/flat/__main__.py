"""The same three resources as the stack `local`, without a component, a rule or a setting."""

import hashlib
from pathlib import Path

import pulumi
import pulumi_cloudflare as cloudflare

config = pulumi.Config()
bundle = config.require("bundle")

hyperdrive = cloudflare.HyperdriveConfig(
    "flat-main",
    account_id="local",
    name="flat-main",
    origin={
        "scheme": "postgres",
        "host": config.require("host"),
        "port": config.require_int("port"),
        "database": "app",
        "user": "app",
        "password": config.require_secret("password"),
    },
    origin_connection_limit=10,
    caching={"disabled": True},
)
script = cloudflare.WorkersScript(
    "flat-api",
    account_id="local",
    script_name="flat-api",
    content_file=bundle,
    content_sha256=hashlib.sha256(Path(bundle).read_bytes()).hexdigest(),
    main_module="worker.js",
    compatibility_date="2026-08-01",
    compatibility_flags=["nodejs_compat"],
    bindings=[{"name": "HYPERDRIVE", "type": "hyperdrive", "id": hyperdrive.id}],
)
cloudflare.WorkersScriptSubdomain(
    "flat-api", account_id="local", script_name=script.script_name, enabled=True, previews_enabled=False
)
