"""The files of a Worker in addition to its bundle: modules and static files."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.workers.assets import render_assets, render_version_assets
from edge_postgres.workers.files import validate_files
from edge_postgres.workers.limits import ASSET_FILE_BYTES, WORKER_SIZE_BYTES
from tests.harness import rejected


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A valid directory of static files."""
    (tmp_path / "dist" / "img").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("hello")
    (tmp_path / "dist" / "img" / "logo.svg").write_text("<svg/>")
    (tmp_path / "dist" / ".well-known").mkdir()
    return tmp_path / "dist"


# Modules.


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.wasm", "application/wasm"), ("a.sql", "text/plain"), ("lib/a.mjs", "application/javascript+module"),
     ("a.bin", "application/octet-stream"), ("A.TXT", "text/plain")],
)  # fmt: skip
def test_the_kind_of_a_module_follows_from_its_name(tmp_path: Path, name: str, content_type: str) -> None:
    (tmp_path / "file").write_text("x")
    (module,) = validate_files({name: "file"}, "worker.js", tmp_path, bundle=None, subject="f")
    assert (module.name, module.path, module.content_type) == (name, "file", content_type)


def test_an_explicit_kind_has_precedence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (module,) = validate_files(
        {"a.wasm": {"path": "file", "kind": "data"}}, "worker.js", tmp_path, bundle=None, subject="f"
    )
    assert module.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        ("worker.js", "file", "f.worker.js: cannot have the name of the main module"),
        ("_headers", "file", "f._headers: must not be empty, `_headers` or `_redirects`, which Cloudflare reserves"),
        ("a.pdf", "file", "f.a.pdf: has an unknown kind. Set `kind`"),
        ("a.wasm", "none", "f.a.wasm: cannot be read: none (No such file or directory)"),
        ("a.wasm", {"path": "file", "kind": "zip"}, "f.a.wasm.kind: must be one of `esm`"),
        ("a.wasm", {"kind": "data"}, "f.a.wasm.path: is required"),
    ],
)
def test_an_invalid_module_is_rejected(tmp_path: Path, name: str, given: Any, problem: str) -> None:
    (tmp_path / "file").write_text("x")
    with rejected(problem):
        validate_files({name: given}, "worker.js", tmp_path, bundle=None, subject="f")


def test_modules_that_are_too_large_together_are_rejected(tmp_path: Path) -> None:
    for name in ("a.bin", "b.bin"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(WORKER_SIZE_BYTES // 2 + 1)
    with rejected(
        f"f: must have at most {WORKER_SIZE_BYTES} bytes together with the main module, got {WORKER_SIZE_BYTES + 2}"
    ):
        validate_files({"a.bin": "a.bin", "b.bin": "b.bin"}, "worker.js", tmp_path, bundle=None, subject="f")


def test_modules_and_the_main_module_are_measured_together(tmp_path: Path) -> None:
    for name in ("worker.js", "a.bin"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(WORKER_SIZE_BYTES // 2 + 1)
    with rejected(
        f"f: must have at most {WORKER_SIZE_BYTES} bytes together with the main module, got {WORKER_SIZE_BYTES + 2}"
    ):
        validate_files({"a.bin": "a.bin"}, "worker.js", tmp_path, bundle="worker.js", subject="f")


# Static files.


def assets(directory: Path, plan: Plan = Plan.PAID, **changes: Any) -> Any:
    args: Any = {"directory": directory.name, **changes}
    return render_assets(args, plan, directory.parent, subject="a")


def test_static_files_without_a_setting_have_no_configuration(dist: Path) -> None:
    assert assets(dist, binding="ASSETS") == {"directory": "dist"}


def test_headers_and_redirects_of_the_directory_are_applied(dist: Path) -> None:
    (dist / "_headers").write_text("/*\n  X: y")
    (dist / "_redirects").write_text("/a /b 301")
    assert assets(dist)["config"] == {"headers": "/*\n  X: y", "redirects": "/a /b 301"}


def test_headers_and_redirects_are_no_settings_of_a_version(dist: Path) -> None:
    (dist / "_headers").write_text("/*\n  X: y")
    assert render_version_assets({"directory": dist}, Plan.PAID, subject="a") == {"directory": str(dist)}
    given: Any = {"directory": dist, "html_handling": "none", "not_found_handling": "404-page"}
    sent = render_version_assets(given, Plan.PAID, subject="a")
    assert sent["config"] == {"html_handling": "none", "not_found_handling": "404-page"}


@pytest.mark.parametrize("patterns", [True, False, ["/api/*", "!/api/docs/*"]])
def test_the_script_can_run_first(dist: Path, patterns: Any) -> None:
    assert assets(dist, run_worker_first=patterns)["config"] == {"run_worker_first": patterns}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"html_handling": "auto"}, "a.html_handling: must be one of `auto-trailing-slash`"),
        ({"not_found_handling": "spa"}, "a.not_found_handling: must be one of `none`"),
        ({"run_worker_first": "/api/*"}, "a.run_worker_first: must be true, false or a list"),
        (
            {"run_worker_first": ["api/*"]},
            "a.run_worker_first: must have patterns that start with `/` or `!/`, got api/*",
        ),
        ({"run_worker_first": ["!/api/*"]}, "a.run_worker_first: must have a pattern that is no exception"),
        ({"dir": "x"}, "a.dir: unknown argument"),
    ],
)
def test_an_invalid_setting_is_rejected(dist: Path, changes: Any, problem: str) -> None:
    with rejected(problem):
        assets(dist, **changes)


@pytest.mark.parametrize("name", [".assetsignore", "_worker.js", ".env", ".env.local", ".dev.vars", ".git"])
def test_a_secret_file_among_the_static_files_is_rejected(dist: Path, name: str) -> None:
    (dist / "img" / name).write_text("secret")
    with rejected(f"a.directory: must not contain img/{name}, because every file becomes public"):
        assets(dist)


def test_a_missing_directory_is_rejected(dist: Path) -> None:
    with rejected("a.directory: must be a directory, got none"):
        assets(dist.parent / "none")


def test_an_empty_directory_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with rejected("a.directory: must contain 1 to ", "got 0.", "Build the static files first."):
        assets(tmp_path / "empty")


def test_a_static_file_that_is_too_large_is_rejected(dist: Path) -> None:
    with (dist / "film.mp4").open("wb") as file:
        file.truncate(ASSET_FILE_BYTES + 1)
    with rejected(
        f"a.directory: must have files of at most {ASSET_FILE_BYTES} bytes, got film.mp4 of {ASSET_FILE_BYTES + 1}"
    ):
        assets(dist)


def test_static_files_are_counted_by_plan(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_postgres.workers.assets.ASSET_FILES_CEILING", {Plan.FREE: 1, Plan.PAID: 2})
    assert assets(dist)
    with rejected("a.directory: must contain 1 to 1 files on the free plan, got 2"):
        assets(dist, Plan.FREE)
