"""Creation of a new version of a script from an upload, without a deployment."""

from localcloud.cloudflare.assets import assets_of_upload
from localcloud.cloudflare.bindings import SECRETS, Inheritance, resolve_bindings
from localcloud.cloudflare.durable_objects import changes_objects
from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.plan_limits import reject_version_above_limits
from localcloud.cloudflare.script_upload import INVALID, Upload, settings_in
from localcloud.cloudflare.settings import Settings
from localcloud.cloudflare.versions import UNVERSIONED, durable_objects, newest, with_version
from localcloud.emulation.store import Draft, Record


def with_upload(
    draft: Draft,
    account: str,
    script: Record,
    upload: Upload,
    settings: Settings,
    *,
    strict: bool = False,
    deploys: bool = True,
) -> Record:
    """Returns the script with an additional version. Raises ``ApiError``.

    The deployment of the version applies its migrations. With ``deploys``, it follows at once, so that the version can
    already bind the new classes.
    """
    metadata, before = upload.metadata, newest(script)
    migrations = metadata.get("migrations")
    objects = durable_objects(script).apply_migrations(migrations if deploys else None, metadata.get("exports"))
    if migrations and not deploys:
        objects.check_tag(migrations)
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
        "migrations": migrations,
        "migrates": not deploys and changes_objects(migrations or {}),
        "settings": version_settings(settings_in(metadata)),
        "bindings": resolve_bindings(metadata.get("bindings") or [], inheritance, draft, account, script["name"]),
        "assets": assets_of_upload(
            draft, account, metadata.get("assets"), before, keep=metadata.get("keep_assets") is True
        ),
    }
    reject_version_above_limits(version, settings.plan, INVALID)
    return with_version(script, version, objects)


def version_settings(settings: Json) -> Json:
    """Returns the settings that belong to a version, without those of the script."""
    return {name: value for name, value in settings.items() if name not in UNVERSIONED}
