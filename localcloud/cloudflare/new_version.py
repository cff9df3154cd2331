"""How an upload becomes the newest version of a script, which runs nowhere yet."""

from localcloud.cloudflare.assets import taken
from localcloud.cloudflare.bindings import SECRETS, Inheritance, resolved
from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.script_upload import Upload, settings_in
from localcloud.cloudflare.settings import Settings
from localcloud.cloudflare.versions import UNVERSIONED, durable_objects, newest, with_version
from localcloud.emulation.store import Draft, Record


def with_upload(
    draft: Draft, account: str, script: Record, upload: Upload, settings: Settings, *, strict: bool = False
) -> Record:
    """The script with one version more. Raises ``ApiError``."""
    metadata, before = upload.metadata, newest(script)
    objects = durable_objects(script).migrated(metadata.get("migrations"), metadata.get("exports"))
    kept = set(metadata.get("keep_bindings") or ())
    inheritance = Inheritance(
        before["bindings"] if before else (),
        kept | set(SECRETS) if settings.keep_undeclared_secrets else kept,
        strict,
        objects.classes,
    )
    version = {
        "source": "api",
        "etag": upload.etag,
        "main_module": upload.main_module,
        "modules": upload.modules,
        "settings": versioned(settings_in(metadata)),
        "bindings": resolved(metadata.get("bindings") or [], inheritance, draft, account, script["name"]),
        "assets": taken(draft, account, metadata.get("assets"), before, keep=metadata.get("keep_assets") is True),
    }
    return with_version(script, version, objects)


def versioned(settings: Json) -> Json:
    """Those that each version has for itself."""
    return {name: value for name, value in settings.items() if name not in UNVERSIONED}
