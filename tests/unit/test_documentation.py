"""The pages: tests run their commands, their links are valid, and the site has every page."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.console import MARK, Block, blocks, steps_of

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
OTHER_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/programs/README.md")
PAGES = sorted([*DOCS.rglob("*.md"), *(PROJECT / name for name in OTHER_PAGES)])
SITE = tomllib.loads((PROJECT / "zensical.toml").read_text())["project"]
RUN_BY_ONE_TEST = {"tutorial.md": "test_tutorial.py", "environments.md": "test_environments.py"}
"""Pages below `docs`, and the test below `tests/engine` that runs all commands of the page in their order."""

RUN_BY = {
    "make check": ".ci/run",
    "make docs": "tests/unit/test_documentation.py::test_no_link_of_the_site_is_broken",
    "make rehearse": "tests/engine/test_rehearsal.py::test_every_job_of_the_pipelines_has_the_expected_result",
    "make test": ".ci/run",
    "make up": "tests/engine/test_tutorial.py::test_the_worker_of_the_tutorial_responds",
    "make dev STACK=local*": "tests/engine/test_wrangler.py::test_wrangler_dev_gets_the_database_of_the_stack",
    "make wrangler STACK=*": "tests/engine/test_wrangler.py::test_the_files_have_the_ids_of_the_stack_and_no_secret",
    "npx esbuild *": (
        "tests/localcloud/test_real_bundles.py::test_the_recommended_command_of_esbuild_makes_a_bundle_that_answers"
    ),
    "npx wrangler deploy --dry-run *": (
        "tests/localcloud/test_real_bundles.py::test_the_recommended_command_of_wrangler_makes_a_bundle_that_answers"
    ),
    "DATABASE_URL=* python -m localcloud gateway*": (
        "tests/localcloud/gateway/test_alone.py::test_wrangler_dev_uses_the_gateway"
    ),
    "npx wrangler dev --config *": (
        "tests/localcloud/test_wrangler_dev.py::test_wrangler_dev_responds_with_rows_of_the_local_postgres"
    ),
    "export CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE=*": (
        "tests/localcloud/test_wrangler_dev.py::test_wrangler_dev_responds_with_rows_of_the_local_postgres"
    ),
    "python -m pytest -p tools.test_times *": (
        "tests/unit/test_test_times.py::test_the_most_expensive_file_is_first_and_child_processes_count"
    ),
    "python -m tools.clock 365 pytest *": (
        "tests/unit/test_clock.py::test_a_child_process_without_environment_variables_has_the_later_date"
    ),
    "python -m tools.acceptance --local --yes": (
        "tests/engine/test_acceptance.py::test_a_killed_run_is_swept_by_the_next_call"
    ),
    "export CLOUDFLARE_API_TOKEN=*": (
        "tests/localcloud/clients/test_wrangler_resources.py::test_the_command_of_the_page_prints_the_token"
    ),
    **dict.fromkeys(
        ("export CLOUDFLARE_API_BASE_URL=*", "export CLOUDFLARE_BASE_URL=*", "export CLOUDFLARE_ACCOUNT_ID=local"),
        "tests/localcloud/clients/test_wrangler_resources.py::test_wrangler_uses_the_account_of_the_stack_local",
    ),
    "npx wrangler deployments list --name *": (
        "tests/localcloud/clients/test_wrangler_versions.py::test_the_deployments_are_listed_with_their_versions"
    ),
    "npx wrangler rollback VERSION_ID *": (
        "tests/engine/test_rollback.py::test_an_older_version_answers_after_the_configuration_was_renamed"
    ),
    "npx wrangler versions view *": (
        "tests/engine/test_rollback.py::test_an_older_version_answers_after_the_configuration_was_renamed"
    ),
    "npx wrangler rollback --name *": (
        "tests/localcloud/clients/test_wrangler_versions.py::"
        "test_a_rollback_without_a_version_goes_back_to_the_previous_one"
    ),
    "python -m localcloud deploy *": (
        "tests/engine/test_examples.py::test_a_stack_file_is_deployed_by_its_name_and_destroyed_completely"
    ),
    "python -m localcloud queries*": (
        "tests/localcloud/gateway/test_commands.py::test_queries_shows_the_newest_queries_of_a_configuration"
    ),
    "python -m localcloud page": ("tests/localcloud/gateway/test_commands.py::test_page_prints_a_link_that_works_once"),
    "python -m localcloud fault*": (
        "tests/localcloud/gateway/test_commands.py::test_the_command_replaces_injected_faults_and_lists_them"
    ),
    "python -m localcloud.pages *": (
        "tests/engine/test_pages.py::test_a_deployed_function_uses_the_bindings_of_its_environment"
    ),
    "pulumi cancel --yes": "tests/engine/test_stack.py::test_the_next_up_finishes_a_killed_up",
    "pulumi config cp --stack pr --dest pr-*": (
        "tests/engine/test_previews.py::test_a_preview_is_copied_from_its_template_and_removed"
    ),
    "pulumi config set *": "tests/engine/test_environments.py::test_a_command_shows_the_output_on_the_page",
    "pulumi destroy --yes --remove --stack pr-*": (
        "tests/engine/test_previews.py::test_a_preview_is_copied_from_its_template_and_removed"
    ),
    "pulumi package add ../plugin": "tests/engine/test_other_languages.py::test_a_package_is_added_by_its_path",
    **dict.fromkeys(
        ("pulumi preview --import-file *", "pulumi import --file *"),
        "tests/engine/test_adoption.py::test_a_worker_is_imported_with_its_addresses_bindings_and_database",
    ),
    "pulumi preview --diff": "tests/engine/test_stack.py::test_no_secret_is_stored_or_shown_in_plain_text",
    "pulumi preview --policy-pack policies": (
        "tests/engine/test_policies.py::test_valid_resources_pass_with_every_rule_mandatory"
    ),
    "pulumi refresh --preview-only --expect-no-changes": (
        "tests/engine/test_environments.py::test_a_command_shows_the_output_on_the_page"
    ),
    "pulumi refresh --yes": "tests/engine/test_stack.py::test_a_preview_after_a_refresh_shows_no_change",
    "pulumi stack export --show-secrets | python -m edge_postgres.stack.drift": (
        "tests/unit/test_drift.py::test_the_command_compares_the_state_of_the_standard_input"
    ),
    "pulumi stack init *": "tests/engine/test_environments.py::test_a_command_shows_the_output_on_the_page",
    "pulumi up": "tests/engine/test_rotation.py::test_two_rotations_under_load_fail_no_request",
    "pulumi up --policy-pack policies *": ("tests/engine/test_policies.py::test_the_local_stack_deploys_with_the_pack"),
    "pulumi up --yes*": "tests/engine/test_environments.py::test_a_command_shows_the_output_on_the_page",
}
"""Commands of other pages and the test that runs each. A star matches any characters."""


def name_of(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


@cache
def tokens_of(page: Path) -> list[Token]:
    """Returns the page's tokens, including inline tokens."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text())
    return [each for token in tokens for each in (token, *(token.children or ()))]


def targets(page: Path) -> Iterator[str]:
    for token in tokens_of(page):
        target = token.attrGet("href") or token.attrGet("src")
        if target:
            yield str(target)


@cache
def commands(page: Path) -> list[str]:
    """Returns the commands in a page's unmarked console blocks, without the comments after them."""
    return [re.sub(r"\s+# .*", "", step.command) for step in steps_of(page)]


def is_shell(block: Block) -> bool:
    words = r"^(\$ |sudo |(pulumi|make|git|npm|npx|pip|python3?|curl|docker|kubectl) [a-z-])"
    return block.language in ("sh", "bash", "shell") or (
        block.language in ("", "text") and re.search(words, block.text, re.MULTILINE) is not None
    )


def pages_of(nav: Any) -> Iterator[str]:
    for entry in nav:
        if isinstance(entry, str):
            yield entry
        else:
            yield from (
                page for inner in entry.values() for page in pages_of([inner] if isinstance(inner, str) else inner)
            )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_are_in_console_blocks(page: Path) -> None:
    assert [f"line {block.line}" for block in blocks(page) if is_shell(block)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_command_is_run_by_a_test_or_needs_an_account(page: Path) -> None:
    if page.parent == DOCS and page.name in RUN_BY_ONE_TEST:
        return
    unknown = [each for each in commands(page) if not any(fnmatchcase(each, pattern) for pattern in RUN_BY)]
    assert unknown == [], f"name the test in RUN_BY, or write “{MARK}” before the block"


@pytest.mark.parametrize("pattern", RUN_BY)
def test_the_test_that_runs_a_command_exists(pattern: str) -> None:
    file, _, test = RUN_BY[pattern].partition("::")
    assert f"def {test}(" in (PROJECT / file).read_text() if test else (PROJECT / file).is_file()


@pytest.mark.parametrize("pattern", RUN_BY)
def test_every_command_of_the_table_is_on_a_page(pattern: str) -> None:
    assert any(fnmatchcase(each, pattern) for page in PAGES for each in commands(page))


@pytest.mark.parametrize(("page", "test"), RUN_BY_ONE_TEST.items())
def test_the_test_of_a_page_reads_all_commands_of_the_page(page: str, test: str) -> None:
    assert f'steps_of(CHECKOUT / "docs" / "{page}")' in (PROJECT / "tests" / "engine" / test).read_text()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_make_target_on_a_page_exists(page: Path) -> None:
    mentioned = set(re.findall(r"(?:`|\$ )make ([a-z]+)", page.read_text()))
    rules = re.findall(r"^([a-z ]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert mentioned <= {target for rule in rules for target in rule.split()}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_file_that_a_page_names_exists(page: Path) -> None:
    tops = "|".join(
        ("components", "docs", "examples", "localcloud", "plugin", "policies", "settings", "tests", "tools")
    )
    named = {
        code.content
        for code in tokens_of(page)
        if code.type == "code_inline" and re.fullmatch(rf"(?:{tops})/[\w./-]+", code.content)
    }
    assert [name for name in sorted(named) if "NAME" not in name and not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_link_leads_to_a_file_or_is_an_address(page: Path) -> None:
    for target in targets(page):
        parts = urlsplit(target)
        if parts.scheme:
            assert parts.scheme == "https", target
            assert re.fullmatch(r"(?!-)[\w.-]+\.[a-z]{2,}", parts.netloc), target
        elif parts.path:
            assert (page.parent / parts.path).exists(), target


@pytest.mark.parametrize("page", [page for page in PAGES if DOCS in page.parents], ids=name_of)
def test_a_link_of_the_site_stays_in_the_site(page: Path) -> None:
    inside = [target for target in targets(page) if not urlsplit(target).scheme and urlsplit(target).path]
    assert [target for target in inside if DOCS not in (page.parent / urlsplit(target).path).resolve().parents] == []


def test_the_navigation_has_every_page_once() -> None:
    shown = list(pages_of(SITE["nav"]))
    assert sorted(shown) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the site as `make docs` does, but without the diagram script from npm."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs")
    (folder / "zensical.toml").write_text((PROJECT / "zensical.toml").read_text())
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=folder, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


def test_no_link_of_the_site_is_broken(site: Path) -> None:
    assert (site / "tutorial" / "index.html").is_file()


def test_a_page_fetches_nothing_from_another_host(site: Path) -> None:
    fetched = r"<(?:script|img|iframe)\b[^>]*\bsrc=\"?https?:|<link\b(?![^>]*rel=\"?canonical)[^>]*\bhref=\"?https?:"
    assert [page.name for page in site.rglob("*.html") if re.search(fetched, page.read_text())] == []


def test_no_block_of_a_page_is_rendered_as_plain_markdown(site: Path) -> None:
    assert [page.parent.name for page in site.rglob("*.html") if "```" in page.read_text()] == []


def test_the_diagram_script_is_not_fetched_from_another_host() -> None:
    assert SITE["extra_javascript"] == ["assets/mermaid.js"]
    assert "cp workers/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js" in (PROJECT / "Makefile").read_text()
