"""Files that run `cloudflared`, the connector of a tunnel: a compose file, a systemd unit. None contains the token."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int

IMAGE = "cloudflare/cloudflared:2026.9.3"
"""Default image of `cloudflared`. Public compose files used this version on 2026-11-21."""
USER = "65532:65532"
"""User and group of the container: `nonroot` of the image's distroless base."""
METRICS = "127.0.0.1:20241"
"""Address of the connector's metrics and health check, reachable only from its own container or machine."""
RUN = ("tunnel", "--no-autoupdate", "--metrics", METRICS, "run")
"""Command of the container. `cloudflared` reads the token from the variable `TUNNEL_TOKEN`."""
READY = ("cloudflared", "tunnel", "--metrics", METRICS, "ready")
"""Health check: exits with 0 once the tunnel is connected. The image has no shell and no other program."""
TASKS = 2
"""Default number of connectors. With two, one connector can stop without an outage, for example for a new version."""


def validate_image(image: str, *, subject: str) -> str:
    """Returns the image unchanged. Raises `ValidationError` for an image without a fixed version."""
    name = r"[a-z0-9][a-z0-9._/:-]*"
    pinned = re.fullmatch(rf"{name}(:(?!latest$)[\w][\w.-]{{0,127}}|@sha256:[0-9a-f]{{64}})", image)
    if not pinned:
        shown = f", got {image}" if re.fullmatch(r"[\w./:@-]{1,200}", image) else ""
        raise ValidationError(
            subject,
            f"must be an image with a fixed version{shown}",
            f"Set an image with a digest, or with a version other than `latest`, such as `{IMAGE}`.",
        )
    return image


def validate_token(token: str | None, *, subject: str) -> str:
    """Returns the token of a tunnel unchanged. Raises `ValidationError` for an empty token."""
    if not token:
        raise ValidationError(
            subject,
            "is empty, because the route uses an existing tunnel (`tunnel_id`), which already has connectors",
            "Omit the connector, or omit the route's `tunnel_id`.",
        )
    return token


def validate_created_token(token: str | None, *, subject: str) -> str:
    """Returns the token of a new tunnel unchanged. Raises `ValidationError` for an empty token."""
    if not token:
        raise ValidationError(
            subject,
            "is empty, because Cloudflare's function `getZeroTrustTunnelCloudflaredToken` returned no token",
            "In a unit test, let the mocks answer "
            "`cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken`.",
        )
    return token


def validate_tasks(tasks: float, *, subject: str) -> int:
    """Returns the number of connectors. Raises `ValidationError` unless the number is an integer of at least 1."""
    tasks = to_int(tasks, subject=subject)
    if tasks < 1:
        raise ValidationError(
            subject,
            f"must be at least 1, got {tasks}",
            "Set 1 or more. With 2, one connector can stop without an outage.",
        )
    return tasks


def compose_file(image: str = IMAGE, env_file: str = "cloudflared.env") -> str:
    """Returns a compose file that runs a connector.

    Args:
        image: Image with a fixed version.
        env_file: Path of a file in the same folder, with mode 0600 and one line: `TUNNEL_TOKEN=…`.

    Raises:
        ValidationError: The image has no fixed version, or the path has a character that the message does not list.
    """
    validate_image(image, subject="image")
    _validate_path(env_file, subject="env_file")
    listed = ", ".join(f'"{word}"' for word in RUN)
    ready = ", ".join(f'"{word}"' for word in ("CMD", *READY))
    return f"""\
# {env_file} contains only TUNNEL_TOKEN=...; mode 0600.
services:
  cloudflared:
    image: {image}
    command: [{listed}]
    env_file: ["{env_file}"]
    user: "{USER}"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    healthcheck:
      test: [{ready}]
      interval: 10s
      timeout: 5s
      retries: 3
      start_period: 30s
"""


def systemd_unit(program: str = "/usr/bin/cloudflared", token_file: str = "/etc/cloudflared/token") -> str:  # noqa: S107
    """Returns a systemd unit that runs a connector as a separate user.

    systemd reports the unit as started when the connector is connected.

    Args:
        program: Absolute path of `cloudflared`, version 2025.4.0 or later
            (https://github.com/cloudflare/cloudflare-docs/pull/21697, read 2026-11-21).
        token_file: Absolute path of a file with only the token, owned by root, mode 0600. systemd passes a copy of
            the file to the service.

    Raises:
        ValidationError: A path is not absolute, or has a character that the message does not list.
    """
    for subject, path in (("program", program), ("token_file", token_file)):
        _validate_path(path, absolute=True, subject=subject)
    return f"""\
# {token_file} contains only the tunnel's token; owner root, mode 0600.
[Unit]
Description=Connector of a Cloudflare tunnel
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStart={program} tunnel --no-autoupdate --metrics {METRICS} run
LoadCredential=token:{token_file}
Environment=TUNNEL_TOKEN_FILE=%d/token
Restart=always
RestartSec=5
TimeoutStartSec=60

DynamicUser=yes
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateDevices=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
"""


def _validate_path(path: str, *, absolute: bool = False, subject: str) -> None:
    """Rejects characters that YAML or systemd could interpret.

    Raises:
        ValidationError: The path has other characters than the message lists, or must be absolute and is not.
    """
    if not re.fullmatch(r"[A-Za-z0-9_./-]+", path) or (absolute and not path.startswith("/")):
        raise ValidationError(
            subject,
            f"must be {'an absolute' if absolute else 'a'} path of letters, digits, `.`, `-`, `_` and `/`",
            f"Set a path of these characters{' that starts with `/`' if absolute else ''}.",
        )
