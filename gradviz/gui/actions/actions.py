"""Every action of the window in one table: its words, icon, keys, menu, what it calls, and when it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from gradviz.errors import UnknownNameError
from gradviz.gui.style import icons

MENUS = ("File", "Edit", "View", "Run", "Graph", "Window", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `calls` names a method of the object that the actions are joined to."""

    id: str
    text: str
    menu: str
    calls: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: str = ""
    """The condition in `gui.conditions` that must hold; empty for always."""
    checkable: bool = False
    ends_group: bool = False
    """A separator follows in the menu."""


TABLE: tuple[ActionSpec, ...] = (
    ActionSpec("open_file", "Open…", "File", "open_file", ("Ctrl+O",), "open",
               "Open a Python file, an exported program, or weights"),
    ActionSpec("open_target", "Open by name…", "File", "open_target", ("Ctrl+Shift+O",),
               tip="Name a file or package.module, and the factory in it", ends_group=True),
    ActionSpec("export_picture", "Export picture…", "File", "export_picture", ("Ctrl+E",), "export",
               "Write the graph as SVG, PDF, PNG, DOT or JSON", "graph"),
    ActionSpec("export_loss", "Export loss…", "File", "export_loss", ("Ctrl+Shift+E",), "chart-line",
               "Write the loss as PNG, SVG or CSV", "losses"),
    ActionSpec("export_nodes", "Export nodes…", "File", "export_nodes", (), "list",
               "Write all nodes with all columns of the table as CSV", "graph"),
    ActionSpec("export_modules", "Export modules…", "File", "export_modules", (), "cube",
               "Write the totals by module as CSV", "graph"),
    ActionSpec("export_reach", "Export reach…", "File", "export_reach", (), "tree-structure",
               "Write which parameters get a gradient, and why not, as CSV or text", "graph", ends_group=True),
    ActionSpec("quit", "Quit", "File", "quit", ("Ctrl+Q",), tip="End the engine and close the window"),
    ActionSpec("copy_node", "Copy node as text", "Edit", "copy_node", ("Ctrl+C",), "copy",
               "Put what the inspector says on the clipboard", "node", ends_group=True),
    ActionSpec("find", "Find node…", "Edit", "find", ("Ctrl+F",), "find", "Find nodes by name, op, module or shape",
               "graph"),
    ActionSpec("find_next", "Find next", "Edit", "find_next", ("F3", "Ctrl+G"), tip="Go to the next match",
               needs="matches"),
    ActionSpec("find_previous", "Find previous", "Edit", "find_previous", ("Shift+F3", "Ctrl+Shift+G"),
               tip="Go to the match before", needs="matches", ends_group=True),
    ActionSpec("palette", "Command palette…", "Edit", "open_palette", ("Ctrl+K", "Ctrl+Shift+P"), "command",
               "Find any action, network or node by typing a part of its name"),
    ActionSpec("zoom_in", "Zoom in", "View", "zoom_in", ("Ctrl+=", "Ctrl++"), "plus", "Draw the graph larger",
               "graph"),
    ActionSpec("zoom_out", "Zoom out", "View", "zoom_out", ("Ctrl+-",), "minus", "Draw the graph smaller", "graph"),
    ActionSpec("zoom_reset", "Actual size", "View", "zoom_reset", ("Ctrl+1",), tip="Draw the graph at 100 %",
               needs="graph"),
    ActionSpec("fit", "Fit", "View", "fit", ("Ctrl+0",), "fit", "Show the whole graph; on the canvas F does it too",
               "graph", ends_group=True),
    ActionSpec("colour_by", "Choose colours…", "View", "colour_by", ("Ctrl+B",),
               tip="Colour the nodes by what is known or measured of them", needs="graph"),
    ActionSpec("reset_scale", "Fit colour scale", "View", "reset_scale", ("Ctrl+Shift+B",),
               tip="Let the scale span the values of now; while training it only grows", needs="scale",
               ends_group=True),
    ActionSpec("show_derivative", "Derivative at a stop", "View", "show_derivative", ("Ctrl+D",), checkable=True,
               tip="The card with the formula of the node and of its backward"),
    ActionSpec("projector", "Large formulas", "View", "projector", checkable=True,
               tip="Formulas that can be read on a projector", ends_group=True),
    ActionSpec("theme_system", "System", "View/Theme", "theme_system", checkable=True, icon="monitor",
               tip="Light or dark as the desktop is"),
    ActionSpec("theme_light", "Light", "View/Theme", "theme_light", checkable=True, icon="sun",
               tip="Always light"),
    ActionSpec("theme_dark", "Dark", "View/Theme", "theme_dark", checkable=True, icon="moon", tip="Always dark"),
    ActionSpec("run", "Run", "Run", "run", ("F5",), "play-fill", "Train to the end, or to a breakpoint", "can_run"),
    ActionSpec("pause", "Pause", "Run", "pause", ("F6",), "pause-fill", "Hold as soon as can be",
               "running"),
    ActionSpec("run_one", "One iteration", "Run", "run_one", ("F7",), "one-iteration",
               "Run one forward, backward and update, and hold", "can_run"),
    ActionSpec("step_back", "Step back", "Run", "step_back", ("Shift+F10",), "step-back",
               "Look at the point before; the engine stays where it is", "past"),
    ActionSpec("step_over", "Next", "Run", "step_over", ("F10",), "next",
               "Run one op or node, over the module that begins here", "can_step"),
    ActionSpec("step_in", "Step in", "Run", "step_in", ("F11",), "step-in", "Run one op or node, and stop", "can_step"),
    ActionSpec("step_out", "Step out", "Run", "step_out", ("Shift+F11",), "step-out", "Run to the end of the module",
               "can_step"),
    ActionSpec("run_to", "Run to here", "Run", "run_to", ("Ctrl+F10",), "run-to",
               "Run until the selected node is next", "run_to"),
    ActionSpec("next_phase", "Next phase", "Run", "next_phase", ("F8",), "next-phase",
               "Run to the first point of forward, backward or update", "can_step"),
    ActionSpec("next_iteration", "Next iteration", "Run", "next_iteration", ("Shift+F8",), "next-iteration",
               "Run to the first op of the next iteration", "can_step"),
    ActionSpec("back_to_now", "Back to now", "Run", "back_to_now", ("Ctrl+Shift+F10",),
               tip="Look again at where the engine stands", needs="looks_back", ends_group=True),
    ActionSpec("toggle_breakpoint", "Breakpoint on this node", "Run", "toggle_breakpoint", ("F9",),
               tip="Stop before the selected node, in forward and backward; press again to remove",
               needs="step_node"),
    ActionSpec("break_on_op", "Breakpoint on this kind of op", "Run", "break_on_op",
               tip="Stop before every op of the selected node's kind", needs="step_node"),
    ActionSpec("break_on_module", "Breakpoint on this module", "Run", "break_on_module",
               tip="Stop on entering the module of the selected node", needs="module"),
    ActionSpec("add_breakpoint", "Add breakpoint…", "Run", "add_breakpoint", ("Ctrl+F9",), "plus",
               "On a line, an op, a module, a phase, an iteration, or a condition on values"),
    ActionSpec("break_on_nan", "Break on NaN", "Run", "break_on_nan", ("Ctrl+Shift+F9",), "warning-circle",
               "Stop after the first op or node that makes a NaN, forward or backward", checkable=True),
    ActionSpec("budget", "Memory for looking back…", "Run", "set_budget",
               tip="How much of the past values of an iteration is held, to be shown again", ends_group=True),
    ActionSpec("reset", "Reset", "Run", "reset", ("Ctrl+Shift+F5",), "reset",
               "Begin again from iteration 0; the curve so far stays for comparison", "engine", ends_group=True),
    ActionSpec("restart_engine", "Restart engine", "Run", "restart_engine", (), "engine",
               "End the engine process and start a new one; curves and graph stay"),
    ActionSpec("select_loss", "Go to the loss", "Graph", "select_loss", ("Ctrl+L",), tip="Select where backward starts",
               needs="graph"),
    ActionSpec("center", "Centre on the selected node", "Graph", "center", ("Ctrl+Return",),
               tip="Bring the selected node to the middle", needs="node"),
    ActionSpec("show_source", "Show source line", "Graph", "show_source", ("Ctrl+U",), "file-code",
               "Show the line of code that made the selected node", "node", ends_group=True),
    ActionSpec("highlight_ancestors", "Highlight ancestors", "Graph", "highlight_ancestors", ("Ctrl+Up",), "arrow-up",
               "Everything that the selected node is computed from", "node"),
    ActionSpec("highlight_descendants", "Highlight descendants", "Graph", "highlight_descendants", ("Ctrl+Down",),
               "arrow-down", "Everything that is computed from the selected node", "node"),
    ActionSpec("highlight_path", "Highlight both", "Graph", "highlight_path", ("Ctrl+H",), "tree-structure",
               "Everything before and after the selected node", "node"),
    ActionSpec("highlight_gradient", "Highlight the gradient's way", "Graph", "highlight_gradient", ("Ctrl+J",),
               tip="Everything that a gradient passes on its way from the loss to the selected node", needs="node"),
    ActionSpec("clear_highlight", "Clear highlight", "Graph", "clear_highlight", ("Ctrl+Shift+H",), "eye",
               "Show the whole graph at full strength again", "highlight", ends_group=True),
    ActionSpec("fold_all", "Fold all modules", "Graph", "fold_all", ("Ctrl+Shift+[",), "fold-all",
               "Draw each module as one box", "clusters"),
    ActionSpec("unfold_all", "Unfold all modules", "Graph", "unfold_all", ("Ctrl+Shift+]",), "unfold-all",
               "Draw what is inside of every module", "clusters"),
    ActionSpec("fold_deeper", "One level deeper", "Graph", "fold_deeper", ("Ctrl+]",),
               tip="Open the modules inside of those that are open", needs="clusters"),
    ActionSpec("fold_shallower", "One level less deep", "Graph", "fold_shallower", ("Ctrl+[",),
               tip="Fold the innermost modules that are open", needs="clusters"),
    ActionSpec("fold_around", "Fold the module around", "Graph", "fold_around", ("Ctrl+Backspace",),
               tip="Fold the module that what is selected stands in", needs="clusters"),
    ActionSpec("unfold_path", "Unfold the path to the node", "Graph", "unfold_path", ("Ctrl+Shift+Return",),
               "unfold-path", "Open the modules that hide the selected node, or the point that is shown", "clusters",
               ends_group=True),
    ActionSpec("filter_parameters", "Parameters and buffers", "Graph/Leave out", "filter_parameters", checkable=True,
               tip="Dim or hide what stands for a tensor with a name", needs="graph"),
    ActionSpec("filter_views", "Views and reshapes", "Graph/Leave out", "filter_views", checkable=True,
               tip="Dim or hide ops that only look at their input in another way", needs="graph"),
    ActionSpec("filter_data", "Data and inputs without gradient", "Graph/Leave out", "filter_data", checkable=True,
               tip="Dim or hide data, masks and inputs that want no gradient", needs="graph"),
    ActionSpec("filter_hides", "Hide instead of dim", "Graph/Leave out", "filter_hides", checkable=True,
               tip="Leave no trace of what is left out", needs="graph"),
    ActionSpec("open_table", "Table in a large window", "Window", "open_table", ("Ctrl+Shift+T",), "list",
               "All nodes with everything known and measured of them", "graph"),
    ActionSpec("restore_docks", "Restore panels", "Window", "restore_docks",
               tip="Put every panel back where it was at the first start"),
    ActionSpec("shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", ("F1",), "question",
               "Every key that gradviz knows"),
    ActionSpec("about", "About gradviz", "Help", "show_about", (), "info", "Version, licences, what runs the engine"),
)  # fmt: skip


def spec(action_id: str) -> ActionSpec:
    """The table's row.

    Raises:
        UnknownNameError: there is no such action.
    """
    for row in TABLE:
        if row.id == action_id:
            return row
    raise UnknownNameError("action", action_id, [row.id for row in TABLE])


class Actions(QObject):
    """The `QAction`s of the table, joined to the object that does them."""

    def __init__(self, target: object, parent: QObject | None = None) -> None:
        """`target` has a method for every `calls`; a missing one is an error at the start, not at the click."""
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        for row in TABLE:
            self._actions[row.id] = self._made(row, getattr(target, row.calls))

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[spec(action_id).id]

    def __iter__(self) -> Iterator[tuple[ActionSpec, QAction]]:
        return ((row, self._actions[row.id]) for row in TABLE)

    def update(self, reasons: Callable[[str], str]) -> None:
        """Enable each action whose condition holds; `reasons` says why one does not, and empty if it does."""
        for row, action in self:
            reason = reasons(row.needs) if row.needs else ""
            action.setEnabled(not reason)
            action.setToolTip(self._tip(row, reason))

    def _made(self, row: ActionSpec, handler: Callable[[], None]) -> QAction:
        action = QAction(translated(row.text), self)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        if row.icon:
            action.setIcon(icons.icon(row.icon))
            action.setIconVisibleInMenu(False)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setToolTip(self._tip(row, ""))
        action.setStatusTip("")
        # The checked state that Qt sends along is of no interest: the handler's name says what is wanted.
        action.triggered.connect(lambda _checked=False: handler())
        return action

    @staticmethod
    def _tip(row: ActionSpec, reason: str) -> str:
        key = f" ({key_text(row.keys[0])})" if row.keys else ""
        head = f"{translated(row.text).rstrip('…')}{key}"
        rest = reason or translated(row.tip)
        return f"{head}\n{rest}" if rest else head


def key_text(key: str) -> str:
    """A key as people write it on this system: `Ctrl+F`, `⌘F`."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def translated(text: str) -> str:
    """A text of the table in the person's language."""
    return QCoreApplication.translate("actions", text)
