"""Generates the list of all messages in `docs/troubleshooting.md`, each with its cause and its fix.

The messages are collected from the syntax trees of the library, so that the page has also those that no test provokes.
The part above the list is written by hand.
"""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic.alias_generators import to_camel

from edge_postgres.http.errors import ApiError
from edge_postgres.policies.rules import RULES
from edge_postgres.stack import Settings
from edge_postgres.stack.errors import _in_camel_case
from localcloud.state_directory import CHECKOUT
from tools.reference import codes
from tools.reference.library import Place, name_of, places, source_of
from tools.reference.renderer import Renderer, callers
from tools.reference.wording import Wording, is_only_placeholders, one_line

PAGE = CHECKOUT / "docs" / "troubleshooting.md"
BEGIN, END = "<!-- messages -->\n", "<!-- /messages -->"

SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "The stack file": (
        "stack-file.md",
        (
            "stack/errors",
            "stack/__init__",
            "stack/transform",
            "stack/model",
            "stack/secrets",
            "stack/config",
            "stack/unclear_values",
            "stack/packages",
            "stack/origins/database",
            "stack/name_collisions",
            "stack/existing_configurations",
        ),
    ),
    "Arguments of all components": ("reference/components.md", ("core/", "origins/cloudflare_ranges")),
    "Connection strings, hosts and passwords": ("origins/existing.md", ("origin/connection_string", "origin/")),
    "CA and client certificates": (
        "stack-file.md",
        ("origin/certificates", "hyperdrive/certificates", "stack/tls"),
    ),
    "Hyperdrive and caching": ("stack-file.md", ("hyperdrive/", "stack/hyperdrive", "stack/caching")),
    "Renames and moves": ("operations.md", ("stack/moves", "stack/vendor_names", "stack/former_configurations")),
    "Limits of an account": ("previews.md", ("stack/account_usage",)),
    "Connection budget": ("stack-file.md", ("hyperdrive/budget", "stack/raised_budgets")),
    "Roles and rotation": ("rotation.md", ("postgres/", "stack/credentials", "origin/slot", "hyperdrive/slots")),
    "Preview stacks": ("previews.md", ("postgres/preview_database", "postgres/database_", "stack/preview")),
    "Private networks": ("private-databases.md", ("routes/", "stack/routes")),
    "Existing databases": ("origins/existing.md", ("origins/existing/", "stack/origins/")),
    "Neon": ("origins/neon.md", ("origins/neon/", "stack/origins/neon")),
    "Prisma Postgres": ("origins/prisma.md", ("origins/prisma/", "stack/origins/prisma")),
    "Supabase": ("origins/supabase.md", ("origins/supabase/", "stack/origins/supabase")),
    "Amazon RDS and Aurora": ("origins/rds.md", ("origins/rds/", "stack/origins/rds")),
    "Google Cloud SQL": ("origins/cloud-sql.md", ("origins/cloud_sql/", "stack/origins/cloud_sql")),
    "APIs of Neon and Prisma": ("operations.md", ("http/",)),
    "Workers": ("workers.md", ("workers/", "stack/workers/", "stack/create_workers", "stack/moves")),
    "Drivers and compatibility": ("drivers.md", ("workers/drivers", "workers/compatibility")),
    "Direct connections": ("direct.md", ("workers/direct", "stack/workers/direct")),
    "Prisma's serverless driver": ("serverless.md", ("workers/serverless", "stack/workers/serverless")),
    "KV cache": ("caching.md", ("workers/kv", "stack/workers/kv")),
    "Secrets Store": ("secrets.md", ("workers/secrets_store", "stack/workers/secrets_store")),
    "Pages": ("pages.md", ("pages/", "stack/pages/")),
    "Files for wrangler": ("wrangler.md", ("wrangler/", "workers/wrangler")),
    "Other languages": ("other-languages.md", ("_plugin/",)),
    "Unit tests of programs": ("testing.md", ("testing",)),
    "Policies": ("policies.md", ("policies/",)),
}
"""Sections of the page, each with the page about its topic and the modules whose messages it has.

A module belongs to the section with the longest prefix of its path.
"""

PAGES = dict.fromkeys(("caching", "maxAge", "staleWhileRevalidate", "fresh", "freshShare"), "caching.md")
"""Settings and their pages. A row about such a setting links to its page instead of the section's page."""

MOST_SETTINGS = 4
"""A rule with more settings has none in its row, because so long a list does not help."""
DEEPEST_CALLS = 3

IN_STACK_FILE = "In a stack file: "
"""Begins a fix that is not one for programs."""
_PASSED_ON = frozenset({"problem", "fix", "detail", "stack_file_detail", "message", "path"})


class UnrenderedError(Exception):
    """The generator cannot read the wording of a message in the sources. Write it as a string there."""


@dataclass(frozen=True)
class Message:
    """One message of the library, with `<name>` for each part that is known only at run time."""

    place: Place
    problem: str
    fixes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """The last part of the path in the message, as in the stack file: `connectionLimit`."""
    cause: str = ""


@dataclass
class Row:
    """A row of a table: the same message can be raised at several places."""

    fixes: dict[str, None] = field(default_factory=dict)
    causes: dict[str, None] = field(default_factory=dict)
    settings: dict[str, None] = field(default_factory=dict)


def page() -> str:
    """The page: the part that is written by hand, and the generated list between its markers."""
    before, _, rest = codes.with_table(PAGE.read_text()).partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{''.join(_sections())}{END}{after}"


def _sections() -> Iterator[str]:
    found: dict[str, dict[str, Row]] = defaultdict(lambda: defaultdict(Row))
    for message in messages():
        row = found[section_of(message.place.source.path)][message.problem]
        row.fixes.update(dict.fromkeys(message.fixes))
        row.causes.update({message.cause: None} if message.cause else {})
        row.settings.update(dict.fromkeys(message.settings))
    for title, (link, _) in SECTIONS.items():
        rows = [*(_row(problem, row, _page_of(row, link)) for problem, row in found.get(title, {}).items())]
        if title == "Policies":
            rows += policy_rows(link)
        if rows:
            yield f"### {title}\n\n| Message | Cause and fix | Setting and page |\n|---|---|---|\n{''.join(rows)}\n"


def _page_of(row: Row, link: str) -> str:
    """The page about the settings of a row: their page in `PAGES` if they share one, else the page of the section."""
    pages = {PAGES.get(setting, link) for setting in row.settings}
    return pages.pop() if len(pages) == 1 else link


def section_of(path: str) -> str:
    """The section of the page for a module of the library."""
    prefixes = [(prefix, title) for title, (_, prefixes) in SECTIONS.items() for prefix in prefixes]
    found = [(len(prefix), title) for prefix, title in prefixes if path.startswith(prefix)]
    if not found:
        raise UnrenderedError(f"{path} has messages and no section in tools/reference/messages.py")
    return max(found)[1]


def messages() -> Iterator[Message]:
    """All messages of the library except those of the policies."""
    for place in places():
        if place.source.path.startswith("policies/"):
            continue
        kind = name_of(place.call)
        if kind == "ValidationError" and _is_own(place):
            yield from _validation_errors(place)
        elif kind in ("Fault", "SettingError") and place.source.path.startswith("stack/"):
            yield from _sentences(place, place.call.args[1])
        elif kind in _api_errors() or (kind == "warn" and ast.unparse(place.call.func) == "pulumi.log.warn"):
            yield from _sentences(place, place.call.args[0])


def _is_own(place: Place) -> bool:
    """Whether a call creates the library's own `ValidationError`, not pydantic's."""
    return isinstance(place.call.func, ast.Name)


def _api_errors() -> frozenset[str]:
    return frozenset({ApiError.__name__, *(each.__name__ for each in ApiError.__subclasses__())})


def _validation_errors(place: Place) -> Iterator[Message]:
    """The messages of one construction of a `ValidationError`, one for each wording of its problem."""
    path, problem, fix = place.call.args
    renderer = Renderer(place)
    problems = renderer.wordings(problem)
    if problems is None and _is_passed_on(problem):
        return
    repeated = [Wording("Fix the error that the message repeats.")]
    fixes = repeated if _is_passed_on(fix) else renderer.wordings(fix)
    if problems is None or fixes is None or any(is_only_placeholders(wording.words) for wording in problems):
        raise UnrenderedError(f"{place}: {ast.unparse(place.call)}")
    settings = tuple(dict.fromkeys(_settings(place, path)))
    for wording in problems:
        own = [_shown(found.words, place) for found in fixes if found.words and found.agrees_with(wording)]
        own += [
            f"In a stack file: {words}" for words in _stack_file_fixes(place, renderer, wording) if words not in own
        ]
        yield Message(place, _shown(wording.words, place), tuple(dict.fromkeys(own)), settings, _cause(place))


def _stack_file_fixes(place: Place, renderer: Renderer, problem: Wording) -> Iterator[str]:
    """The wordings of the argument `stack_file_fix`, with the settings in camel case."""
    for argument in place.call.keywords:
        for found in renderer.wordings(argument.value) or []:
            if found.words and found.agrees_with(problem):
                yield _in_camel_case(found.words, Settings)


def _shown(words: str, place: Place) -> str:
    """A wording as users see it. The errors that only a stack file can have show its settings in camel case."""
    return _in_camel_case(words, Settings) if place.source.path.startswith("stack/") else words


def _sentences(place: Place, node: ast.expr) -> Iterator[Message]:
    """The messages of a call that takes the whole message in one argument: problem and fix are its sentences."""
    found = Renderer(place).wordings(node)
    if found is None:
        if _is_passed_on(node):
            return
        raise UnrenderedError(f"{place}: {ast.unparse(place.call)}")
    for wording in found:
        words = re.sub(r"^<(?:name|subject|path)>(\.\w+)*: ", "", wording.words)
        problem, stop, fix = words.partition(". ")
        if not is_only_placeholders(problem):
            yield Message(place, problem + stop.strip(), (fix,) if fix else (), cause=_cause(place))


def _is_passed_on(node: ast.expr) -> bool:
    """Whether an expression repeats another error, which has its own row."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[_]):
            return True
        case ast.Attribute(attr=name):
            return name in _PASSED_ON
        case ast.Call(args=[first, *_]):
            return _is_passed_on(first)
    return False


def _settings(place: Place, path: ast.expr, depth: int = 0) -> Iterator[str]:
    """The settings that the message can be about, as in the stack file, where the path is known without its beginning.

    A function that gets the whole path as a parameter leaves the setting to its callers.
    """
    for wording in Renderer(place).wordings(path) or []:
        found = re.findall(r"\w+", re.sub(r"<[^>]*>", "", wording.words))
        if found:
            yield ".".join(to_camel(part) for part in found)
    if not isinstance(path, ast.Name) or depth == DEEPEST_CALLS:
        return
    for function in place.functions:
        if path.id in {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}:
            for caller in callers(function):
                given = {keyword.arg: keyword.value for keyword in caller.call.keywords}.get(path.id)
                if given is not None:
                    yield from _settings(caller, given, depth + 1)
            return


def _cause(place: Place) -> str:
    """The condition that the raising function documents after `Raises`."""
    for function in place.functions:
        documented = " ".join((ast.get_docstring(function) or "").split())
        found = re.search(r"Raises:?\s+`{1,2}\w+`{1,2}:?\s+(.*?[^.]\.)(?:\s|$)", documented)
        if found:
            is_condition = re.match(r"(above|at|below|for|if|outside|unless|when|where)\b", found[1])
            return f"Raised {found[1]}" if is_condition else found[1]
    return ""


def _row(problem: str, row: Row, link: str) -> str:
    fix = " Or: ".join(one_line(found) for found in row.fixes).replace(
        f"Or: {IN_STACK_FILE}", f"**{IN_STACK_FILE.strip()}** "
    )
    cause = " ".join(one_line(found) for found in row.causes)
    settings = row.settings if len(row.settings) <= MOST_SETTINGS else ()
    where = ", ".join(f"`{setting}`" for setting in settings)
    cell = " ".join(part for part in (cause, f"**Fix:** {fix}" if fix else "") if part)
    return f"| {one_line(problem)} | {cell} | {where}{': ' if where else ''}{_reference(link)} |\n"


def _reference(link: str) -> str:
    """A link to a page, with the page's title up to its colon."""
    title = (PAGE.parent / link).read_text().partition("\n")[0].removeprefix("# ")
    return f"[{title.partition(':')[0]}]({link})"


def policy_rows(link: str) -> list[str]:
    """A row for each rule of the policy pack: its messages and its fix."""
    return [
        f"| `{rule.name}`: {one_line(' '.join([rule.description, *_complaints(rule.check)]))} | "
        f"**Fix:** {one_line(rule.fix)} | {_reference(link)} |\n"
        for rule in RULES
    ]


def _complaints(check: object) -> list[str]:
    """The sentences that the check of a policy yields."""
    function = inspect.unwrap(check) if inspect.isfunction(check) else None
    source = source_of(function.__module__) if function else None
    for node in ast.walk(source.tree) if source and function else ():
        if isinstance(node, ast.FunctionDef) and function and node.name == function.__name__ and source:
            call = ast.Call(func=ast.Name(id=node.name, ctx=ast.Load()), args=[], keywords=[])
            found = Renderer(Place(source, call, (node,), None)).yielded() or []
            words = dict.fromkeys(wording.words for wording in found if not is_only_placeholders(wording.words))
            return [re.sub(r"^([\w.<>]+): ", r"`\1`: ", complaint) for complaint in words]
    return []
