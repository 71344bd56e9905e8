"""The lab's state: which tool is edited, how it was, and what of it is kept."""

import difflib
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from app.domain.toolbox import KeptTool, ToolVersion, TryRun
from app.errors import BadTool
from app.services.identity import new_id
from app.toolkit import edits
from app.toolkit.edits import History
from app.toolkit.importing import imported
from app.toolkit.lint import Finding, findings, weight
from app.toolkit.schema_tree import Path
from app.toolkit.views import VIEWS, pretty, view_of
from ui.bridge.tasks import TaskScope
from ui.tools.constraints import WITHOUT
from ui.tools.lab import LabView
from ui.tools.source import parsed_tool

SAVE_AFTER_MS: Final = 800
"""After the last letter in the source: a version is a change, not a letter."""
MOST_LINES: Final = 60
INPUT: Final = ("input_schema",)


class Toolbox(Protocol):
    async def tools(self) -> tuple[KeptTool, ...]: ...

    async def versions(self, tool_id: str) -> tuple[ToolVersion, ...]: ...

    async def put(self, tool_id: str, definition: Mapping[str, Any], now_ms: int) -> KeptTool: ...

    async def answer_by(self, tool_id: str, answered_by: Mapping[str, Any]) -> None: ...

    async def remove(self, tool_id: str, now_ms: int) -> None: ...

    async def tries(self, tool_id: str, limit: int = 1000) -> tuple[TryRun, ...]: ...


class LabPresenter(QObject):
    """Signals:
    saved: a tool was changed; args: the name that it had before (empty: it is new), and the KeptTool.
    tools_changed: there are others, or other answerers.
    shown: another tool is edited.
    """

    shown = Signal()
    saved = Signal(str, object)
    tools_changed = Signal()

    def __init__(
        self, view: LabView, toolbox: Toolbox, tasks: TaskScope, now_ms: Callable[[], int], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._toolbox = toolbox
        self._tasks = tasks
        self._now_ms = now_ms
        self._tools: dict[str, KeptTool] = {}
        self._id = ""
        self._history = History({})
        self._shown_view = VIEWS[0]
        self._versions: tuple[ToolVersion, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save)
        view.tool_chosen.connect(self.choose)
        view.new_requested.connect(self.begin)
        view.paste_requested.connect(self._paste)
        view.remove_requested.connect(self._remove)
        view.undo_requested.connect(lambda: self._become(self._history.back()))
        view.redo_requested.connect(lambda: self._become(self._history.forth()))
        view.named.connect(lambda text: self._set("name", text))
        view.described.connect(lambda text: self._set("description", text))
        view.flag_changed.connect(self._set_flag)
        view.property_wanted.connect(self._add_property)
        view.fix_requested.connect(self._fix)
        view.version_picked.connect(self._compare)
        view.rolled_back.connect(self._roll_back)
        view.source.edited.connect(self._write)
        view.source.view_picked.connect(self._pick_view)
        view.answered.changed.connect(self._answer_by)
        view.constraints.changed.connect(self._constrain)
        tree = view.tree
        tree.renamed.connect(lambda path, text: self._edit(partial(_renamed, path=path, name=text)))
        tree.retyped.connect(lambda path, word: self._change(path, partial(edits.retyped, word=word)))
        tree.described.connect(self._describe)
        tree.required.connect(lambda path, on: self._edit(lambda tool: edits.with_required(tool, INPUT + path, on)))
        tree.moved.connect(lambda path, place: self._edit(lambda tool: edits.moved(tool, INPUT + path, place)))
        tree.removed.connect(lambda path: self._edit(lambda tool: edits.without(tool, INPUT + path)))

    @property
    def tool(self) -> KeptTool | None:
        """What is edited, as it was last kept."""
        return self._tools.get(self._id)

    async def open(self, name: str = "") -> None:
        """Read the tools and show the one of this name, else the first."""
        self._tools = {each.id: each for each in await self._toolbox.tools()}
        chosen = next((each.id for each in self._tools.values() if each.name == name), "")
        self.choose(chosen or self._id or next(iter(self._tools), ""))

    def choose(self, tool_id: str) -> None:
        """Show a tool; what was not kept yet of the one before is kept."""
        self._save()
        tool = self._tools.get(tool_id)
        self._id = tool_id if tool else ""
        self._history = History(dict(tool.newest.definition) if tool else {})
        self._view.answered.show_answerer(tool.answered_by if tool else {})
        self._show(force_source=True)
        self._tasks.start("lab versions", self._read_versions)
        self.shown.emit()

    def begin(self, definition: Mapping[str, Any]) -> None:
        """Make a new tool, under a name that no other has."""
        taken = {each.name for each in self._tools.values()}
        name = definition.get("name")
        if isinstance(name, str) and name in taken and "input_schema" in definition:
            name = next(f"{name}_{at}" for at in range(2, 10_000) if f"{name}_{at}" not in taken)
            definition = {**definition, "name": name}
        self._tasks.start("lab new", partial(self._make, [definition]))

    async def close(self) -> None:
        """Keep what was not kept yet."""
        if self._timer.isActive():
            self._timer.stop()
            await self._put(self._id, self._history.value)

    # ---- edits

    def _edit(self, change: Callable[[Any], Any]) -> None:
        if not self._id:
            return
        try:
            changed = change(self._history.value)
        except (ValueError, KeyError, AttributeError) as error:
            self._view.source.show_fault(f"That cannot be done: {error.args[0] if error.args else error}.")
            self._show()
            return
        self._become(self._history.doing(changed))

    def _become(self, history: History) -> None:
        self._history = history
        self._show(force_source=True)
        self._save()

    def _set(self, name: str, value: Any) -> None:
        """Name and description come first where they are new, as people write them."""
        self._edit(
            lambda tool: (
                edits.with_value(tool, (name,), value)
                if name in tool
                else {**({"name": tool["name"]} if "name" in tool else {}), name: value, **tool}
            )
        )

    def _set_flag(self, name: str, on: bool) -> None:
        self._edit(lambda tool: edits.with_value(tool, (name,), True) if on else edits.without(tool, (name,)))

    def _change(self, path: Path, change: Callable[[Any], Any]) -> None:
        self._edit(lambda tool: edits.changed(tool, INPUT + path, change))

    def _describe(self, path: Path, text: str) -> None:
        def change(schema: Any) -> Any:
            rest = {key: each for key, each in schema.items() if key != "description" or text}
            return {**rest, "description": text} if text else rest

        self._change(path, change)

    def _constrain(self, path: Path, keyword: str, value: Any) -> None:
        place = (*INPUT, *path, keyword)
        self._edit(
            lambda tool: edits.without(tool, place) if value is WITHOUT else edits.with_value(tool, place, value)
        )

    def _add_property(self) -> None:
        """In the chosen object, else beside what is chosen, else at the top."""
        tool = self._history.value
        path = self._view.tree.path
        while path and edits.type_of(edits.value_at(tool, INPUT + path)) != "object":
            path = path[:-2] if edits.is_property(path) else path[:-1]
            if path and not isinstance(edits.value_at(tool, INPUT + path), Mapping):
                path = ()
        holder = edits.value_at(tool, INPUT + path)
        known = holder.get("properties") if isinstance(holder, Mapping) else None
        taken = known if isinstance(known, Mapping) else {}
        name = next(each for at in range(1, 10_000) if (each := f"property_{at}") not in taken)
        self._edit(lambda value: edits.with_property(value, INPUT + path, name, {"type": "string"}))
        self._view.tree.show_schema(self._history.value.get("input_schema"), (*path, "properties", name))
        self._view.show_chosen()

    def _fix(self, finding: Finding) -> None:
        if finding.fix is not None:
            self._become(self._history.doing(finding.fix.tool))

    def _write(self, text: str) -> None:
        """The source was written in; while it is broken, the tree shows the last good tool."""
        tool, fault, line, column = parsed_tool(text)
        self._view.source.show_fault(fault, line, column)
        if tool is not None and self._id:
            self._history = self._history.doing(tool)
            self._show()
            self._timer.start()

    # ---- showing

    def _show(self, *, force_source: bool = False) -> None:
        tool = self._history.value
        found = findings(tool) if self._id else ()
        self._view.show_tool(tool, weight(tool), found)
        self._view.show_tools(self._names(len([each for each in found if each.severity == "error"])), self._id)
        if force_source or self._shown_view != VIEWS[0]:
            text = view_of(tool, self._shown_view) if self._id else ""
            self._view.source.show_text(text, editable=self._shown_view == VIEWS[0] and bool(self._id))
            self._view.source.show_fault("")

    def _names(self, errors: int) -> list[tuple[str, str, int]]:
        return [(each.id, each.name, errors if each.id == self._id else 0) for each in self._tools.values()]

    def _pick_view(self, view: str) -> None:
        self._shown_view = view
        self._show(force_source=True)

    # ---- keeping

    def _save(self) -> None:
        self._timer.stop()
        tool = self.tool
        if tool is not None and pretty(tool.newest.definition) != pretty(self._history.value):
            self._tasks.start(f"lab save {self._id}", partial(self._put, self._id, self._history.value))

    async def _put(self, tool_id: str, definition: Mapping[str, Any]) -> None:
        before = self._tools.get(tool_id)
        kept = await self._toolbox.put(tool_id, definition, self._now_ms())
        self._tools[tool_id] = kept
        self.saved.emit(before.name if before else "", kept)
        if tool_id == self._id:
            self._view.show_tools(self._names(0), self._id)
            await self._read_versions()

    async def _make(self, definitions: list[Mapping[str, Any]]) -> None:
        made = ""
        for each in definitions:
            made = new_id()
            await self._put(made, each)
        if made:
            self.choose(made)

    def _remove(self) -> None:
        if self._id:
            self._tasks.start("lab remove", partial(self._put_away, self._id))

    async def _put_away(self, tool_id: str) -> None:
        self._timer.stop()
        await self._toolbox.remove(tool_id, self._now_ms())
        self._tools.pop(tool_id, None)
        self.choose(next(iter(self._tools), ""))
        self.tools_changed.emit()

    def _paste(self) -> None:
        try:
            made = list(imported(QGuiApplication.clipboard().text()))
        except BadTool as error:
            where = f" (line {error.line})" if error.line else ""
            self._view.source.show_fault(f"No tool can be made of what is on the clipboard{where}: {error.reason}.")
            return
        if len(made) == 1:
            self.begin(made[0])
        else:
            self._tasks.start("lab new", partial(self._make, made))

    def _answer_by(self, raw: Mapping[str, Any]) -> None:
        if self._id:
            self._tasks.start("lab answerer", partial(self._keep_answerer, self._id, raw))

    async def _keep_answerer(self, tool_id: str, raw: Mapping[str, Any]) -> None:
        await self._toolbox.answer_by(tool_id, raw)
        self._tools = {each.id: each for each in await self._toolbox.tools()}
        self.tools_changed.emit()

    # ---- versions

    async def _read_versions(self) -> None:
        self._versions = await self._toolbox.versions(self._id) if self._id else ()
        words = [(each.number, f"Version {each.number} · {_when(each.created_ms)}") for each in self._versions]
        self._view.show_versions(words)
        self._view.show_comparison("", can_roll_back=False)

    def _compare(self, number: int) -> None:
        version = next((each for each in self._versions if each.number == number), None)
        if version is None:
            return
        old, new = pretty(version.definition).splitlines(), pretty(self._history.value).splitlines()
        lines = [
            each for each in difflib.unified_diff(old, new, n=1, lineterm="") if not each.startswith(("---", "+++"))
        ]
        more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
        is_newest = version is self._versions[0]
        same = "" if is_newest else "The same as now."
        self._view.show_comparison("\n".join([*lines[:MOST_LINES], *more]) or same, can_roll_back=not is_newest)

    def _roll_back(self, number: int) -> None:
        version = next((each for each in self._versions if each.number == number), None)
        if version is not None:
            self._become(self._history.doing(dict(version.definition)))


def _renamed(tool: Any, path: Path, name: str) -> Any:
    if not edits.is_property(path) and path[-2:-1] not in {("$defs",), ("definitions",)}:
        raise ValueError("only properties and definitions have names")
    return edits.renamed(tool, INPUT + path, name)


def _when(at_ms: int) -> str:
    return time.strftime("%d %b, %H:%M:%S", time.localtime(at_ms / 1000))
