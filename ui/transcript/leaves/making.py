"""From what is to be drawn to what draws it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ui.transcript.leaves.attachments import AttachmentsLeaf
from ui.transcript.leaves.base import Leaf
from ui.transcript.leaves.code import CodeLeaf
from ui.transcript.leaves.note import NoteLeaf
from ui.transcript.leaves.rows import FoldLeaf, GapLeaf, HeadLeaf, RuleLeaf
from ui.transcript.leaves.table import TableLeaf
from ui.transcript.leaves.text import TextLeaf
from ui.transcript.specs import (
    AttachmentsSpec,
    CodeSpec,
    FoldSpec,
    GapSpec,
    HeadSpec,
    NoteSpec,
    RuleSpec,
    Spec,
    TableSpec,
    TextSpec,
)

MAKERS: Final[Mapping[type[Spec], Callable[[Any], Leaf]]] = {
    TextSpec: TextLeaf,
    CodeSpec: CodeLeaf,
    TableSpec: TableLeaf,
    RuleSpec: RuleLeaf,
    HeadSpec: HeadLeaf,
    FoldSpec: FoldLeaf,
    NoteSpec: NoteLeaf,
    GapSpec: GapLeaf,
    AttachmentsSpec: AttachmentsLeaf,
}


def leaf_of(spec: Spec) -> Leaf:
    return MAKERS[type(spec)](spec)
