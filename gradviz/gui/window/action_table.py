"""The table of actions: id, text, menu, callable, keys, icon, tip and condition of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gradviz.gui.actions.actions import ActionRow
from gradviz.gui.actions.conditions import Conditions, name_of_pause, name_of_run
from gradviz.gui.controllers.appearance_controller import AppearanceController
from gradviz.gui.controllers.cause_controller import CauseController
from gradviz.gui.controllers.export_controller import ExportController
from gradviz.gui.controllers.find_controller import FindController
from gradviz.gui.controllers.measuring_controller import MeasuringController
from gradviz.gui.controllers.opening_controller import OpeningController
from gradviz.gui.controllers.pane_ring import PaneRing
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.controllers.selection_commands import SelectionCommands
from gradviz.gui.controllers.stepping_controller import SteppingController
from gradviz.gui.controllers.stop_cards_controller import StopCardsController
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.session.breakpoint_editing import BREAK_ON_NONFINITE
from gradviz.gui.session.session import Session
from gradviz.gui.style.theme import Choice, Theme
from gradviz.gui.window.language_controller import LanguageController
from gradviz.gui.window.recording_controller import RecordingController
from gradviz.language import LANGUAGES, tr, translatable

Rows = tuple[ActionRow, ...]
_GO_TO = "Window/" + translatable("Go to")
_INTERFACE = "View/" + translatable("Interface")
_RECORDING = "Run/" + translatable("Recording")
_BREAKPOINTS = "Run/" + translatable("Breakpoints")
_LEAVE_OUT = "Graph/" + translatable("Leave out")
_THEMES: tuple[tuple[Choice, str, str, str], ...] = (
    ("system", translatable("System"), "monitor", translatable("Light or dark as the desktop is")),
    ("light", translatable("Light"), "sun", translatable("Always light")),
    ("dark", translatable("Dark"), "moon", translatable("Always dark")),
)


def file_menu(opening: OpeningController, exports: ExportController, can: Conditions,
              close: Callable[[], object]) -> Rows:  # fmt: skip
    """Open, export, quit."""
    return (
        ActionRow("open_file", tr("Open…"), "File", opening.open_file, ("Ctrl+O",), "open",
                  tr("Open a Python file, an exported program, or weights")),
        ActionRow("open_target", tr("Open by name…"), "File", opening.ask_for_target, ("Ctrl+Shift+O",),
                  tip=tr("Name a file or package.module, and the factory in it"), ends_group=True),
        ActionRow("export_picture", tr("Export picture…"), "File", exports.export_picture, ("Ctrl+E",), "export",
                  tr("Write the graph as SVG, PDF, PNG, DOT or JSON"), can.use_graph),
        ActionRow("export_loss", tr("Export loss…"), "File", exports.export_loss, ("Ctrl+Shift+E",), "chart-line",
                  tr("Write the loss as PNG, SVG or CSV"), can.export_loss),
        ActionRow("export_nodes", tr("Export nodes…"), "File", exports.export_nodes, (), "list",
                  tr("Write all nodes with all columns of the table as CSV"), can.use_graph),
        ActionRow("export_modules", tr("Export modules…"), "File", exports.export_modules, (), "cube",
                  tr("Write the totals by module as CSV"), can.use_graph),
        ActionRow("export_reach", tr("Export reach…"), "File", exports.export_reach, (), "tree-structure",
                  tr("Write which parameters get a gradient, and why not, as CSV or text"), can.use_graph,
                  ends_group=True),
        ActionRow("quit", tr("Quit"), "File", close, ("Ctrl+Q",), tip=tr("End the engine and close the window")),
    )  # fmt: skip


def edit_menu(selection: SelectionCommands, finder: FindController, can: Conditions,
              open_palette: Callable[[], object]) -> Rows:  # fmt: skip
    """Copy, find, and the command palette."""
    return (
        ActionRow("copy_node", tr("Copy node as text"), "Edit", selection.copy, ("Ctrl+C",), "copy",
                  tr("Put what the inspector says on the clipboard"), can.use_node, ends_group=True),
        ActionRow("find", tr("Find node…"), "Edit", finder.focus, ("Ctrl+F",), "find",
                  tr("Find nodes by name, op, module or shape"), can.use_graph),
        ActionRow("find_next", tr("Find next"), "Edit", partial(finder.step, 1), ("F3", "Ctrl+G"),
                  tip=tr("Go to the next match"), needs=finder.reason_without_matches),
        ActionRow("find_previous", tr("Find previous"), "Edit", partial(finder.step, -1), ("Shift+F3", "Ctrl+Shift+G"),
                  tip=tr("Go to the match before"), needs=finder.reason_without_matches, ends_group=True),
        ActionRow("palette", tr("Command palette…"), "Edit", open_palette, ("Ctrl+K", "Ctrl+Shift+P"), "command",
                  tr("Find any action, network or node by typing a part of its name"), listed=False),
    )  # fmt: skip


def view_menu(graph: GraphPanel, measures: MeasuringController, cards: StopCardsController, can: Conditions,
              theme: Theme, set_theme: Callable[[Choice], object]) -> Rows:  # fmt: skip
    """Zoom, colors, cards and theme."""
    coloring = measures.coloring
    return (
        ActionRow("zoom_in", tr("Zoom in"), "View", graph.view.zoom_in, ("Ctrl+=", "Ctrl++"), "plus",
                  tr("Draw the graph larger"), can.use_graph),
        ActionRow("zoom_out", tr("Zoom out"), "View", graph.view.zoom_out, ("Ctrl+-",), "minus",
                  tr("Draw the graph smaller"),
                  can.use_graph),
        ActionRow("zoom_reset", tr("Actual size"), "View", graph.view.zoom_reset, ("Ctrl+1",),
                  tip=tr("Draw the graph at 100 %"), needs=can.use_graph),
        ActionRow("fit", tr("Fit"), "View", graph.view.framing.fit, ("Ctrl+0",), "fit",
                  tr("Show the whole graph; on the canvas F does it too"), can.use_graph, ends_group=True),
        ActionRow("color_by", tr("Choose colours…"), "View", measures.open_chooser, ("Ctrl+B",),
                  tip=tr("Colour the nodes by what is known or measured of them"), needs=can.use_graph),
        ActionRow("reset_scale", tr("Fit colour scale"), "View", coloring.reset_scale, ("Ctrl+Shift+B",),
                  tip=tr("Let the scale span the values of now; while training it only grows"),
                  needs=coloring.reason_without_scale, ends_group=True),
        ActionRow("show_derivative", tr("Derivative at a stop"), "View", cards.toggle_derivative, ("Ctrl+D",),
                  tip=tr("The card with the formula of the node and of its backward"),
                  checked=lambda: cards.derivative_wanted),
        ActionRow("projector", tr("Large formulas"), "View", cards.toggle_projector,
                  tip=tr("Formulas that can be read on a projector"), checked=lambda: cards.projector, ends_group=True),
        *(ActionRow(f"theme_{choice}", tr(text), "View/Theme", partial(set_theme, choice), icon=icon, tip=tr(tip),
                    checked=partial(_is_chosen, theme, choice))
          for choice, text, icon, tip in _THEMES),
    )  # fmt: skip


def size_menu(appearance: AppearanceController) -> Rows:
    """Return the rows of the size of the whole interface, and of its motion."""
    return (
        ActionRow("larger", tr("Larger"), _INTERFACE, appearance.larger, ("Ctrl+Alt+=", "Ctrl+Alt++"),
                  tip=tr("Show everything larger, for a projector"), needs=appearance.reason_not_larger),
        ActionRow("smaller", tr("Smaller"), _INTERFACE, appearance.smaller, ("Ctrl+Alt+-",),
                  tip=tr("Show everything smaller"), needs=appearance.reason_not_smaller),
        ActionRow("usual_size", tr("As the system asks"), _INTERFACE, partial(appearance.set_percent, 100),
                  ("Ctrl+Alt+0",), tip=tr("Show everything at 100 %"), ends_group=True),
        ActionRow("motion", tr("Animations"), _INTERFACE, appearance.toggle_motion,
                  tip=tr("Let folds and the view glide to their places; none where the system wants none"),
                  checked=lambda: appearance.moves),
    )  # fmt: skip


def language_menu(languages: LanguageController) -> Rows:
    """Return the rows of the languages, each called by its own name."""

    def is_chosen(code: str) -> bool:
        return languages.chosen == code

    return tuple(
        ActionRow(f"language_{code or 'system'}", name, "View/Language", partial(languages.choose, code),
                  tip=tr("Takes effect at the next start, which is offered"), checked=partial(is_chosen, code))
        for code, name in {"": tr("System"), **LANGUAGES}.items()
    )  # fmt: skip


def run_menu(session: Session, steps: SteppingController, selection: SelectionCommands, causes: CauseController,
             race: RacePanel, recording: RecordingController, can: Conditions) -> Rows:  # fmt: skip
    """Train, step, stop, and set breakpoints."""
    return (
        ActionRow("run", tr("Run"), "Run", session.run, ("F5",), "play-fill",
                  tr("Train to the end, or to a breakpoint"), can.start, now=partial(name_of_run, session)),
        ActionRow("pause", tr("Pause"), "Run", session.pause, ("F6",), "pause-fill", tr("Hold as soon as can be"),
                  can.pause, now=partial(name_of_pause, session)),
        ActionRow("run_one", tr("One iteration"), "Run", session.run_one, ("F7",), "one-iteration",
                  tr("Run one forward, backward and update, and hold"), can.run),
        ActionRow("step_back", tr("Step back"), "Run", session.steps.step_back, ("Shift+F10",), "step-back",
                  tr("Look at the point before; the engine stays where it is"), can.step_back),
        ActionRow("step_over", tr("Next"), "Run", session.steps.step_over, ("F10",), "next",
                  tr("Run one op or node, over the module that begins here"), can.run),
        ActionRow("step_in", tr("Step in"), "Run", session.step_in, ("F11",), "step-in",
                  tr("Run one op or node, and stop"), can.run),
        ActionRow("step_out", tr("Step out"), "Run", session.steps.step_out, ("Shift+F11",), "step-out",
                  tr("Run to the end of the module"), can.run),
        ActionRow("run_to", tr("Run to here"), "Run", selection.run_to, ("Ctrl+F10",), "run-to",
                  tr("Run until the selected node is next"), can.run_to),
        ActionRow("next_phase", tr("Next phase"), "Run", session.steps.next_phase, ("F8",), "next-phase",
                  tr("Run to the first point of forward, backward or update"), can.run),
        ActionRow("next_iteration", tr("Next iteration"), "Run", session.steps.next_iteration, ("Shift+F8",),
                  "next-iteration", tr("Run to the first op of the next iteration"), can.run),
        ActionRow("back_to_iteration", tr("Back to iteration…"), "Run", steps.ask_for_iteration, ("Ctrl+F7",),
                  tip=tr("Stop before the first op of an iteration that has run; in the plot, a click with the right"
                         " button"), needs=can.go_back),
        ActionRow("find_first", tr("When did it first…"), "Run", steps.ask_when, ("Ctrl+Shift+F7",),
                  tip=tr("Stop in the first iteration of this run that met a condition"), needs=can.go_back),
        ActionRow("keep_checkpoint", tr("Keep a checkpoint"), _RECORDING, session.checkpoints.keep, (), "stack",
                  tr("Keep the state of the run in its recording, to go on from there another time; the Runs panel"
                     " resumes it"), session.checkpoints.why_not),
        ActionRow("back_to_now", tr("Back to now"), "Run", lambda: session.steps.move_cursor(None), ("Ctrl+Shift+F10",),
                  tip=tr("Look again at where the engine stands"), needs=can.return_to_now, ends_group=True),
        *_breakpoint_rows(session, steps, selection, can),
        *_cause_rows(session, selection, causes, can),
        ActionRow("budget", tr("Memory for looking back…"), "Run", steps.ask_for_budget,
                  tip=tr("How much of the past values of an iteration is held, to be shown again")),
        ActionRow("recording", tr("Recording…"), _RECORDING, recording.open,
                  tip=tr("Whether and where runs are recorded, checkpoints, and when old runs are removed")),
        ActionRow("race", tr("Race…"), "Run", race.ask, ("Ctrl+R",), "chart-line",
                  tr("Let optimizers, learning rates and seeds run side by side from the same weights"), race.why_not,
                  ends_group=True),
        ActionRow("reset", tr("Reset"), "Run", session.opening.reset, ("Ctrl+Shift+F5",), "reset",
                  tr("Begin again from iteration 0; the curve so far stays for comparison"), can.use_engine,
                  ends_group=True),
        ActionRow("restart_engine", tr("Restart engine"), "Run", session.opening.restart_engine, (), "engine",
                  tr("End the engine process and start a new one; curves and graph stay")),
    )  # fmt: skip


def _breakpoint_rows(
    session: Session, steps: SteppingController, selection: SelectionCommands, can: Conditions
) -> Rows:
    """Return the rows that set breakpoints."""
    return (
        ActionRow("toggle_breakpoint", tr("Breakpoint on this node"), _BREAKPOINTS,
                  selection.toggle_breakpoint, ("F9",),
                  tip=tr("Stop before the selected node, in forward and backward; press again to remove"),
                  needs=can.stop_at_node),
        ActionRow("break_on_op", tr("Breakpoint on this kind of op"), _BREAKPOINTS, selection.break_on_op,
                  tip=tr("Stop before every op of the selected node's kind"), needs=can.stop_at_node),
        ActionRow("break_on_module", tr("Breakpoint on this module"), _BREAKPOINTS, selection.break_on_module,
                  tip=tr("Stop on entering the module of the selected node"), needs=can.stop_at_module),
        ActionRow("add_breakpoint", tr("Add breakpoint…"), _BREAKPOINTS, steps.add_breakpoint, ("Ctrl+F9",), "plus",
                  tr("On a line, an op, a module, a phase, an iteration, or a condition on values")),
        ActionRow("break_on_nan", tr("Break on NaN"), "Run", partial(session.breakpoints.toggle, BREAK_ON_NONFINITE),
                  ("Ctrl+Shift+F9",), "warning-circle",
                  tr("Stop where a NaN or Inf begins that reaches the loss, a gradient or an update; training runs on"
                     " at full speed"),
                  checked=lambda: session.breakpoints.breaks_on_nonfinite),
    )  # fmt: skip


def _cause_rows(session: Session, selection: SelectionCommands, causes: CauseController, can: Conditions) -> Rows:
    """Return the rows that ask why: where a NaN comes from, whether a derivative is right, what moved in a spike."""
    return (
        ActionRow("blame", tr("Where does it come from?"), "Run", causes.ask, ("Ctrl+Shift+W",), "question",
                  tr("The way of a NaN or Inf, from the op that made the first to where it was noticed"),
                  can.ask_for_cause),
        ActionRow("blame_node", tr("Where does this NaN come from?"), "Run", causes.ask_of_node,
                  tip=tr("The way of the NaN or Inf that the selected node, or its gradient, holds"),
                  needs=can.ask_for_cause_of_node),
        ActionRow("check", tr("Check derivative"), "Run", selection.check_derivative, ("Ctrl+Shift+D",), "check",
                  tr("Compare what the selected node's backward computes with differences of its forward, on a copy"),
                  can.check_derivative),
        ActionRow("spike", tr("What moved in the spike?"), "Run", session.causes.ask_for_spike,
                  tip=tr("Modules whose step or gradient is farthest above their own history, and the rows of the "
                         "batch, each run alone"), needs=can.ask_for_spike),
    )  # fmt: skip


def graph_menu(graph: GraphPanel, selection: SelectionCommands, can: Conditions) -> Rows:
    """Select, highlight, fold and filter."""

    def no_highlight() -> str:
        return "" if graph.highlighted else tr("Nothing is highlighted.")

    return (
        ActionRow("select_loss", tr("Go to the loss"), "Graph", selection.go_to_loss, ("Ctrl+L",),
                  tip=tr("Select where backward starts"), needs=can.use_graph),
        ActionRow("center", tr("Centre on the selected node"), "Graph", selection.center, ("Ctrl+Return",),
                  tip=tr("Bring the selected node to the middle"), needs=can.use_node),
        ActionRow("show_source", tr("Show source line"), "Graph", selection.show_source, ("Ctrl+U",), "file-code",
                  tr("Show the line of code that made the selected node"), can.use_node, ends_group=True),
        ActionRow("highlight_ancestors", tr("Highlight ancestors"), "Graph", partial(graph.highlight, True, False),
                  ("Ctrl+Up",), "arrow-up", tr("Everything that the selected node is computed from"), can.use_node),
        ActionRow("highlight_descendants", tr("Highlight descendants"), "Graph", partial(graph.highlight, False, True),
                  ("Ctrl+Down",), "arrow-down", tr("Everything that is computed from the selected node"), can.use_node),
        ActionRow("highlight_path", tr("Highlight both"), "Graph", partial(graph.highlight, True, True), ("Ctrl+H",),
                  "tree-structure", tr("Everything before and after the selected node"), can.use_node),
        ActionRow("highlight_gradient", tr("Highlight the gradient's way"), "Graph", selection.highlight_gradient,
                  ("Ctrl+J",),
                  tip=tr("Everything that a gradient passes on its way from the loss to the selected node"),
                  needs=can.use_node),
        ActionRow("clear_highlight", tr("Clear highlight"), "Graph", partial(graph.highlight, False, False),
                  ("Ctrl+Shift+H",), "eye", tr("Show the whole graph at full strength again"), no_highlight,
                  ends_group=True),
        ActionRow("fold_all", tr("Fold all modules"), "Graph", graph.fold_all, ("Ctrl+Shift+[",), "fold-all",
                  tr("Draw each module as one box"), can.fold),
        ActionRow("unfold_all", tr("Unfold all modules"), "Graph", graph.unfold_all, ("Ctrl+Shift+]",), "unfold-all",
                  tr("Draw what is inside of every module"), can.fold),
        ActionRow("fold_deeper", tr("One level deeper"), "Graph", partial(graph.folds.deepen, 1), ("Ctrl+]",),
                  tip=tr("Open the modules inside of those that are open"), needs=can.fold),
        ActionRow("fold_shallower", tr("One level less deep"), "Graph", partial(graph.folds.deepen, -1), ("Ctrl+[",),
                  tip=tr("Fold the innermost modules that are open"), needs=can.fold),
        ActionRow("fold_around", tr("Fold the module around"), "Graph", graph.folds.fold_around, ("Ctrl+Backspace",),
                  tip=tr("Fold the module that what is selected stands in"), needs=can.fold),
        ActionRow("unfold_path", tr("Unfold the path to the node"), "Graph", graph.folds.unfold_path,
                  ("Ctrl+Shift+Return",), "unfold-path",
                  tr("Open the modules that hide the selected node, or the point that is shown"), can.fold,
                  ends_group=True),
        ActionRow("filter_parameters", tr("Parameters and buffers"), _LEAVE_OUT,
                  partial(graph.marks.toggle_filter, "parameters"),
                  tip=tr("Dim or hide what stands for a tensor with a name"), needs=can.use_graph,
                  checked=partial(graph.marks.filters_kind, "parameters")),
        ActionRow("filter_views", tr("Views and reshapes"), _LEAVE_OUT,
                  partial(graph.marks.toggle_filter, "views"),
                  tip=tr("Dim or hide ops that only look at their input in another way"), needs=can.use_graph,
                  checked=partial(graph.marks.filters_kind, "views")),
        ActionRow("filter_data", tr("Data and inputs without gradient"), _LEAVE_OUT,
                  partial(graph.marks.toggle_filter, "data"),
                  tip=tr("Dim or hide data, masks and inputs that want no gradient"), needs=can.use_graph,
                  checked=partial(graph.marks.filters_kind, "data")),
        ActionRow("filter_hides", tr("Hide instead of dim"), _LEAVE_OUT, graph.marks.toggle_hides,
                  tip=tr("Leave no trace of what is left out"), needs=can.use_graph, checked=lambda: graph.marks.hides),
    )  # fmt: skip


def window_menu(measures: MeasuringController, panels: PanelsController, ring: PaneRing, can: Conditions) -> Rows:
    """Rows that follow the panels."""
    return (
        ActionRow("next_pane", tr("Next pane"), _GO_TO, partial(ring.step, 1), ("Ctrl+F6",),
                  tip=tr("Tool bar, panels and canvas in turn")),
        ActionRow("previous_pane", tr("Previous pane"), _GO_TO, partial(ring.step, -1), ("Ctrl+Shift+F6",),
                  tip=tr("Tool bar, panels and canvas the other way round")),
        ActionRow("go_canvas", tr("Canvas"), _GO_TO, ring.go_to_canvas, ("Alt+0",), tip=tr("The keys go to the graph"),
                  ends_group=True),
        *(ActionRow(f"go_{row.id}", row.title, _GO_TO, partial(ring.go_to, row.id), row.keys,
                    tip=tr("Bring the panel to the front; the keys go to it"))
          for row in panels.rows),
        *(ActionRow(f"panel_{row.id}", row.title, "Window", partial(panels.toggle, row.id),
                    tip=tr("Show or hide this panel"), checked=partial(panels.is_visible, row.id),
                    listed=False, ends_group=row is panels.rows[-1])
          for row in panels.rows),
        ActionRow("open_table", tr("Table in a large window"), "Window", measures.open_window, ("Ctrl+Shift+T",),
                  "list",
                  tr("All nodes with everything known and measured of them"), can.use_graph),
        ActionRow("restore_docks", tr("Restore panels"), "Window", panels.restore_first,
                  tip=tr("Put every panel back where it was at the first start")),
    )  # fmt: skip


def help_menu(start_tour: Callable[[], object], open_lesson: Callable[[], object], open_manual: Callable[[], object],
              report: Callable[[], object], open_shortcuts: Callable[[], object],
              open_about: Callable[[], object]) -> Rows:  # fmt: skip
    """Tour, lesson, manual, keys, reports and version."""
    return (
        ActionRow("tour", tr("Tour of the window"), "Help", start_tour, (), "eye",
                  tr("Five steps through the window, with the network dynamic")),
        ActionRow("lesson", tr("Lesson of this network"), "Help", open_lesson, (), "question",
                  tr("What to look at and what to press"), ends_group=True),
        ActionRow("manual", tr("Manual"), "Help", open_manual, (), "file-code",
                  tr("The README, with the manuals it leads to")),
        ActionRow("shortcuts", tr("Keyboard shortcuts"), "Help", open_shortcuts, ("F1",), "question",
                  tr("Every key that gradviz knows"), ends_group=True),
        ActionRow("report", tr("Report a problem…"), "Help", report, (), "warning-octagon",
                  tr("Copy the versions and where the log is, for a report")),
        ActionRow("about", tr("About gradviz"), "Help", open_about, (), "info",
                  tr("Version, licences, what runs the engine")),
    )  # fmt: skip


def _is_chosen(theme: Theme, choice: Choice) -> bool:
    return theme.choice == choice
