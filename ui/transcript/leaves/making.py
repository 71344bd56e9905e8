"""From what is to be drawn to what draws it."""

from ui.transcript.leaves.base import Leaf
from ui.transcript.leaves.code import CodeLeaf
from ui.transcript.leaves.note import NoteLeaf
from ui.transcript.leaves.rows import FoldLeaf, GapLeaf, HeadLeaf, RuleLeaf
from ui.transcript.leaves.table import TableLeaf
from ui.transcript.leaves.text import TextLeaf
from ui.transcript.specs import CodeSpec, FoldSpec, GapSpec, HeadSpec, NoteSpec, RuleSpec, Spec, TableSpec


def leaf_of(spec: Spec) -> Leaf:
    made: Leaf
    match spec:
        case CodeSpec():
            made = CodeLeaf(spec)
        case TableSpec():
            made = TableLeaf(spec)
        case RuleSpec():
            made = RuleLeaf(spec)
        case HeadSpec():
            made = HeadLeaf(spec)
        case FoldSpec():
            made = FoldLeaf(spec)
        case NoteSpec():
            made = NoteLeaf(spec)
        case GapSpec():
            made = GapLeaf(spec)
        case _:
            made = TextLeaf(spec)
    return made
