"""Draws a recording as a Mermaid flowchart: a box for each component, and an arrow for each dependency.

Arrows that others imply are omitted. The same recording always has the same flowchart.
"""

import re
from collections.abc import Iterator

from tools.graph.nodes import OUTSIDE, Node, Picture, kind_of
from tools.graph.recording import SECRET, Recording

_INDENT = "    "


def flowchart(recording: Recording) -> str:
    """The Mermaid source of the flowchart."""
    picture = Picture(recording)
    lines = [*_drawn_in(OUTSIDE, picture), *_arrows(picture)]
    return "\n".join(["flowchart LR", *(_INDENT + line for line in lines)])


def _drawn_in(box: str, picture: Picture) -> Iterator[str]:
    """The nodes and boxes in a box. A component without resources and secrets has no box."""
    yield from (_line(node) for node in picture.nodes if node.box == box)
    if folded := picture.folded.get(box):
        kinds = sorted({node.kind for node in folded})
        yield f'{_id("and", folded[0].name)}["and<br/>{"<br/>".join(kinds)}"]'
    for found in picture.boxes_in(box):
        lines = list(_drawn_in(found.urn, picture))
        if lines:
            yield f'subgraph {_id(kind_of(found), found.name)}["{kind_of(found)} {found.name}"]'
            yield from (_INDENT + line for line in lines)
            yield "end"


def _line(node: Node) -> str:
    left, right = ('(["', '"])') if node.kind == SECRET else ('["', '"]')
    return f"{_node_id(node)}{left}{'<br/>'.join(node.label)}{right}"


def _arrows(picture: Picture) -> Iterator[str]:
    for last in picture.nodes:
        firsts = {first for node in picture.before[last] for first in _drawn(node, picture)}
        implied = {earlier for first in firsts for earlier in _all_before(first, picture)}
        yield from sorted(f"{_node_id(first)} --> {_node_id(last)}" for first in firsts - implied)


def _drawn(node: Node, picture: Picture) -> set[Node]:
    """The node, or the drawn nodes that it depends on if it is folded."""
    if node in picture.nodes:
        return {node}
    return set[Node]().union(*(_drawn(first, picture) for first in picture.before[node]))


def _all_before(node: Node, picture: Picture) -> set[Node]:
    return picture.before[node].union(*(_all_before(first, picture) for first in picture.before[node]))


def _node_id(node: Node) -> str:
    return _id(node.kind, node.name)


def _id(kind: str, name: str) -> str:
    return re.sub(r"\W", "_", f"{kind.rpartition(':')[2]}_{name}")
