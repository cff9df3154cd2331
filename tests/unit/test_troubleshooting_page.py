"""docs/troubleshooting.md has every message of the library, as the library raises it."""

import ast
import re

import pytest

from tests.unit.generated import as_committed
from tools.reference import messages
from tools.reference.library import ROOT, Place, Source, places
from tools.reference.messages import PAGE, UnrenderedError, section_of
from tools.reference.renderer import Renderer
from tools.reference.wording import one_line

# One worker of pytest-xdist runs all tests here, so that only one generates the page.
pytestmark = pytest.mark.xdist_group("troubleshooting page")

CONSTRUCTIONS = re.compile(r"(?<![\w.])ValidationError\((?!pulumi\.)")

PROGRAM = '''
LIMITS = {"a": "Set 5 or more."}

def validate(limit, names, *, subject):
    """Validates a limit.

    Raises `ValidationError` for a limit below 5.
    """
    fix = "Set 5." if names else "Set 6."
    raise ValidationError(f"{subject}.limit", f"must be at least 5, got {limit}" + (" or none" if names else ""), fix)
'''


@pytest.fixture(scope="module")
def generated() -> str:
    """The page as it is generated from the sources, which takes seconds."""
    return messages.page()


def place_in(program: str) -> Place:
    """The first construction of an error in a program that is not part of the library."""
    tree = ast.parse(program)
    module = type(ast)("program")
    exec(compile(tree, "program", "exec"), vars(module))  # the program is above
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    call = next(
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "ValidationError"
    )
    return Place(Source("core/program", tree, module), call, (function,), None)


def test_every_construction_of_an_error_in_the_sources_is_found() -> None:
    written = sum(len(CONSTRUCTIONS.findall(file.read_text())) for file in ROOT.rglob("*.py"))
    found = sum(ast.unparse(place.call.func) == "ValidationError" for place in places())
    assert written == found


def test_the_page_has_every_message_of_the_library(generated: str) -> None:
    missing = [
        message.problem for message in messages.messages() if f"| {one_line(message.problem)} |" not in generated
    ]
    assert missing == []


def test_the_page_is_up_to_date(generated: str) -> None:
    as_committed(PAGE, generated)


def test_only_an_error_that_repeats_another_one_has_no_row() -> None:
    shown = {message.place for message in messages.messages()}
    errors = [place for place in places() if ast.unparse(place.call.func) == "ValidationError"]
    without_row = [ast.unparse(place.call.args[1]) for place in errors if place not in shown]
    assert [problem for problem in without_row if not re.fullmatch(r"(\w+\()?\w+\.problem(, [\w.]+\))?", problem)] == []
    assert len(shown) > 300


def test_a_message_of_the_page_is_one_that_the_library_raises(generated: str) -> None:
    from edge_postgres.core.errors import ValidationError
    from edge_postgres.core.numbers import to_int

    with pytest.raises(ValidationError) as raised:
        to_int(4.5, subject="main.connection_limit")
    pattern = re.escape(raised.value.problem).replace(re.escape("4.5"), r"&lt;[^|]*&gt;")
    assert re.search(rf"^\| {pattern} \| .*{re.escape(raised.value.fix)}", generated, re.MULTILINE)


def test_every_row_has_a_message_and_a_page(generated: str) -> None:
    rows = [line for line in generated.partition(messages.BEGIN)[2].splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row != "| Message | Cause and fix | Setting and page |"]
    assert [row for row in rows if not re.fullmatch(r"\| \S.* \| .* \| .*\[.+\]\(.+\.md.*\) \|", row)] == []
    assert len(rows) > 300


def test_a_page_of_a_section_exists() -> None:
    assert [link for link, _ in messages.SECTIONS.values() if not (PAGE.parent / link).is_file()] == []


def test_a_module_without_a_section_is_rejected() -> None:
    with pytest.raises(UnrenderedError, match="nowhere/rules has messages and no section"):
        section_of("nowhere/rules")


def test_branches_of_the_same_condition_are_combined() -> None:
    place = place_in(PROGRAM)
    (first, second) = messages._validation_errors(place)
    assert (first.problem, first.fixes) == ("must be at least 5, got <limit> or none", ("Set 5.",))
    assert (second.problem, second.fixes) == ("must be at least 5, got <limit>", ("Set 6.",))
    assert first.settings == ("limit",)
    assert first.cause == "Raised for a limit below 5."


def test_a_message_that_cannot_be_read_is_rejected() -> None:
    place = place_in(
        PROGRAM.replace('f"must be at least 5, got {limit}" + (" or none" if names else "")', "names[0]()")
    )
    with pytest.raises(UnrenderedError, match=r"core/program.py:10"):
        list(messages._validation_errors(place))


@pytest.mark.parametrize(
    ("expression", "wording"),
    [
        ('f"has {len(names)} names"', "has <number of names> names"),
        ("f\"is one of {', '.join(sorted(names))}\"", "is one of <names>"),
        ("LIMITS['a']", "Set 5 or more."),
        ("LIMITS.get(limit)", "Set 5 or more."),
    ],
)
def test_a_value_that_is_known_only_at_run_time_has_a_readable_name(expression: str, wording: str) -> None:
    place = place_in(PROGRAM)
    found = Renderer(place).wordings(ast.parse(expression, mode="eval").body)
    assert found is not None
    assert [each.words for each in found] == [wording]


def test_a_placeholder_is_not_an_html_tag() -> None:
    assert one_line("got <limit> for `<name>` | x") == "got &lt;limit&gt; for `<name>` \\| x"
