"""`cloudflared`, which connects a private network to Cloudflare, and what runs it, as text. No text holds the token."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int

IMAGE = "cloudflare/cloudflared:2026.9.3"
"""The image that runs where nothing else is stated; seen in public compose files on 2026-11-21."""
USER = "65532:65532"
"""Whom the image is made for, `nonroot` of its distroless base."""
METRICS = "127.0.0.1:20241"
"""Where a connector tells how it is; nobody outside of its own container or machine can ask."""
RUN = ("tunnel", "--no-autoupdate", "--metrics", METRICS, "run")
"""What the container runs. It takes the token from `TUNNEL_TOKEN`."""
READY = ("cloudflared", "tunnel", "--metrics", METRICS, "ready")
"""Ends with 0 once the tunnel is connected; the image has no shell and no other program."""
TASKS = 2
"""Connectors where nothing else is stated: one can go, for a new version too."""


def validate_image(image: str, *, subject: str) -> str:
    """An image that stays what it is: with a version or a digest, and not `latest`."""
    name = r"[a-z0-9][a-z0-9._/:-]*"
    pinned = re.fullmatch(rf"{name}(:(?!latest$)[\w][\w.-]{{0,127}}|@sha256:[0-9a-f]{{64}})", image)
    if not pinned:
        raise ValidationError(
            subject,
            f"is {image}" if re.fullmatch(r"[\w./:@-]{0,200}", image) else "is no image",
            f"Name an image with its version, `{IMAGE}`: one without changes by itself, with all connectors at once.",
        )
    return image


def validate_token(token: str | None, *, subject: str) -> str:
    """The token of a tunnel. It is not shown."""
    if not token:
        raise ValidationError(
            subject,
            "is nothing; a tunnel that was given to the route has connectors of its own",
            "Leave the connector out, or the route's `tunnel_id`.",
        )
    return token


def validate_tasks(tasks: float, *, subject: str) -> int:
    """How many connectors run at the same time."""
    tasks = to_int(tasks, subject=subject)
    if tasks < 1:
        raise ValidationError(subject, f"is {tasks}", "Use 2, so that one can go, or at least 1.")
    return tasks


def compose_file(image: str = IMAGE, env_file: str = "cloudflared.env") -> str:
    """A compose file that runs a connector.

    ``env_file``, beside it and readable to its owner alone (mode 0600), holds one line: ``TUNNEL_TOKEN=…``.
    Raises ``ValidationError`` for an image without a version, and for a path that YAML would read otherwise.
    """
    validate_image(image, subject="image")
    _validate_path(env_file, subject="env_file")
    listed = ", ".join(f'"{word}"' for word in RUN)
    ready = ", ".join(f'"{word}"' for word in ("CMD", *READY))
    return f"""\
# {env_file} holds TUNNEL_TOKEN=... and nothing else; mode 0600.
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
    """A systemd unit that runs a connector as a user of its own; started means connected.

    ``token_file`` holds the token alone and belongs to root, mode 0600: systemd hands a copy to the service.
    ``cloudflared`` reads it since 2025.4.0, https://github.com/cloudflare/cloudflare-docs/pull/21697, read 2026-11-21.
    Raises ``ValidationError`` for a path that is not absolute or that systemd would read otherwise.
    """
    for subject, path in (("program", program), ("token_file", token_file)):
        _validate_path(path, absolute=True, subject=subject)
    return f"""\
# {token_file} holds the tunnel's token and nothing else; owner root, mode 0600.
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


def _validate_path(path: str, *, subject: str, absolute: bool = False) -> None:
    """Letters, digits and a few signs: what else a path may have means something to YAML or systemd."""
    if not re.fullmatch(r"[A-Za-z0-9_./-]+", path) or (absolute and not path.startswith("/")):
        raise ValidationError(
            subject,
            "is no path that stays what it is",
            f"Use {'an absolute one of ' if absolute else ''}letters, digits, dots, hyphens, underscores and slashes.",
        )
