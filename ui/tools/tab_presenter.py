"""The Tools tab's state: what is kept, and what the conversation on the page offers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.models import ModelEntry
from app.domain.request import Setup
from app.domain.toolbox import KeptTool
from app.domain.tools import Tool, ToolChoice, ToolDefinition
from app.services.identity import new_id
from app.services.trying import tool_of
from app.toolkit.lint import findings, weight
from ui.bridge.tasks import TaskScope
from ui.tools.tab import TabState, ToolRow, ToolsTab


class Toolbox(Protocol):
    async def tools(self) -> tuple[KeptTool, ...]: ...

    async def put(self, tool_id: str, definition: Mapping[str, Any], now_ms: int) -> KeptTool: ...


class TabPresenter(QObject):
    """Signals:
    setup_changed: arg: the new Setup of the conversation on the page.
    """

    setup_changed = Signal(object)

    def __init__(
        self,
        view: ToolsTab,
        toolbox: Toolbox,
        tasks: TaskScope,
        examples: Callable[[], list[dict[str, Any]]],
        now_ms: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._toolbox = toolbox
        self._tasks = tasks
        self._examples = examples
        self._now_ms = now_ms
        self._setup = Setup()
        self._entry: ModelEntry | None = None
        self._kept: tuple[KeptTool, ...] = ()
        view.toggled.connect(self._toggle)
        view.choice_changed.connect(self._choose)
        view.examples_requested.connect(lambda: tasks.start("examples", self._add_examples))
        self.refresh()

    def refresh(self) -> None:
        """Read the tools anew."""
        self._tasks.start("tools", self._read)

    def show_setup(self, setup: Setup, entry: ModelEntry | None) -> None:
        """Show what a conversation offers; `entry` is what is known of its model."""
        self._setup, self._entry = setup, entry
        self._show()

    def take(self, before: str, kept: KeptTool) -> None:
        """A tool was changed in the lab: the conversation offers it as it is now, if it offered it."""
        at = (
            next((at for at, each in enumerate(self._setup.tools) if name_of(each) == before), None) if before else None
        )
        if at is not None:
            tools = list(self._setup.tools)
            tools[at] = tool_of(kept.newest.definition)
            self._change(replace(self._setup, tools=tuple(tools)))
        self.refresh()

    async def _read(self) -> None:
        self._kept = await self._toolbox.tools()
        self._show()

    async def _add_examples(self) -> None:
        known = {each.name for each in self._kept}
        for each in self._examples():
            if each["name"] not in known:
                await self._toolbox.put(new_id(), each, self._now_ms())
        await self._read()

    def _toggle(self, name: str, on: bool) -> None:
        offered = [each for each in self._setup.tools if name_of(each) != name]
        kept = next((each for each in self._kept if each.name == name), None)
        if on and kept is not None:
            offered.append(tool_of(kept.newest.definition))
        elif not on and kept is None:
            gone = next(each for each in self._setup.tools if name_of(each) == name)
            self._tasks.start(f"keep {name}", lambda: self._keep(gone))
        choice = self._setup.parameters.tool_choice
        if choice is not None and choice.kind == "tool" and choice.name == name and not on:
            parameters = replace(self._setup.parameters, tool_choice=None)
            self._setup = replace(self._setup, parameters=parameters)
        self._change(replace(self._setup, tools=tuple(offered)))

    async def _keep(self, tool: Tool) -> None:
        """A tool that only the conversation had would be lost by turning it off."""
        await self._toolbox.put(new_id(), definition_of(tool), self._now_ms())
        await self._read()

    def _choose(self, choice: ToolChoice | None) -> None:
        self._change(replace(self._setup, parameters=replace(self._setup.parameters, tool_choice=choice)))

    def _change(self, setup: Setup) -> None:
        self._setup = setup
        self._show()
        self.setup_changed.emit(setup)

    def _show(self) -> None:
        offered = {name_of(each): definition_of(each) for each in self._setup.tools}
        names = [each.name for each in self._kept]
        rows = [_row(each.id, each.name, each.newest.definition, offered) for each in self._kept]
        rows += [_row("", name, definition, offered) for name, definition in offered.items() if name not in names]
        choice = self._setup.parameters.tool_choice
        self._view.show_state(TabState(tuple(rows), choice, *_reasons(self._entry, choice)))


def name_of(tool: Tool) -> str:
    """As it is called; a toolset by its type."""
    return tool.name if isinstance(tool, ToolDefinition) else str(tool.raw.get("name") or tool.raw.get("type") or "")


def definition_of(tool: Tool) -> dict[str, Any]:
    """A tool as the Messages API's JSON."""
    if not isinstance(tool, ToolDefinition):
        return dict(tool.raw)
    described = {} if tool.description is None else {"description": tool.description}
    return {"name": tool.name, **described, "input_schema": dict(tool.input_schema), **tool.extra}


def _row(id_: str, name: str, definition: Mapping[str, Any], offered: Mapping[str, Mapping[str, Any]]) -> ToolRow:
    errors = sum(each.severity == "error" for each in findings(definition))
    note = "older" if name in offered and offered[name] != definition else ""
    return ToolRow(id_, name, weight(definition), name in offered, errors, note)


def _reasons(entry: ModelEntry | None, choice: ToolChoice | None) -> tuple[str, str, str]:
    """Why forcing, parallel calls and tools themselves are closed; empty where they are not."""
    if entry is None:
        return "", "", ""
    name, known = entry.display_name, entry.features
    forced = (
        f"{name} cannot be forced to use a tool; ask for it in the prompt."
        if known.get("forced_tool_choice") is False
        else ""
    )
    parallel = f"{name} makes one call at a time." if known.get("parallel_tools") is False else ""
    if choice is not None and choice.kind == "none":
        parallel = parallel or "With none there are no calls."
    tools = f"{name} knows no tools." if known.get("tools") is False else ""
    return forced, parallel, tools
