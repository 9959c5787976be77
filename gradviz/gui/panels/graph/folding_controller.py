"""The folding of the graph on the canvas: requests placements, keeps the view in place, shows depth and path."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.gui.panels.graph.breadcrumbs import Breadcrumbs, crumbs
from gradviz.gui.panels.graph.depth_card import DepthCard
from gradviz.gui.panels.graph.waiting_cards import NoteCard, ProgressCard
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.scene.view.keyboard_navigation import cluster_around
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.folding import open_at_depth
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import BreakpointRecord

LARGE = 60
"""A graph of fewer nodes is taken in at a glance: it gets the card for its depth once something of it is folded."""


class FoldingController(QObject):
    """Folds and unfolds the session's graph, and fills the cards that show how."""

    placement_requested = Signal(object, object)
    placement_cancelled = Signal()
    path_changed = Signal()
    """The path at the upper left appeared, disappeared or changed."""
    cluster_shown = Signal(int)
    """A cluster was chosen elsewhere: by a search, the path, a row of a list."""

    def __init__(self, session: Session, view: GraphView, filters: list[QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self.folding = session.folding
        self.depth = DepthCard(filters)
        self.crumbs = Breadcrumbs()
        self.progress, self.note = ProgressCard(), NoteCard()
        self._pending: int | None = None
        """The node to bring into sight with the next placement."""
        self._pending_cluster: int | None = None
        self._placed: frozenset[int] | None = None
        """What was open in the drawing that is shown."""
        self._last_opened = -1
        """The cluster, or the node's cluster, that was opened last: the path leads to it when nothing is selected."""
        view.cards.dock.add_top(self.depth, self.depth.fit_to)
        view.cards.dock.add_top(self.crumbs, self.crumbs.fit_to)
        view.cards.add_passing(self.progress, self.note)
        self.progress.height_changed.connect(view.framing.place_cards)
        self.depth.hide()
        self.folding.changed.connect(self.request_placement)
        view.cluster_toggled.connect(self.toggle)
        view.cluster_clicked.connect(lambda _key: self._show_path())
        view.cluster_menu_requested.connect(self._open_menu)
        session.selection.changed.connect(self._show_path)
        self.depth.depth_requested.connect(self._set_depth)
        self.depth.fold_all_requested.connect(self.fold_all)
        self.depth.unfold_all_requested.connect(self.unfold_all)
        self.depth.path_requested.connect(self.unfold_path)
        self.crumbs.cluster_chosen.connect(self.show_cluster)
        self.progress.cancelled.connect(self._cancel)

    def request_placement(self) -> None:
        """Ask for a placement of the session's graph as it is folded now."""
        graph = self._session.engine.graph
        if graph is not None:
            self.folding.take(graph, self._session.selection.graph_target)
            self.progress.begin(len(graph))
            self.placement_requested.emit(graph, self.folding.opened)

    def open_clusters(self, graph: Graph) -> frozenset[int] | None:
        """Return the open clusters of a graph; None for all."""
        self.folding.take(graph, self._session.selection.graph_target)
        return self.folding.opened

    def prepare(self, graph: Graph) -> None:
        """Fill the cards before the drawing of this graph: what the view shows depends on what they cover."""
        self._show_path_in(graph)

    def finish_placement(self, placement: Placement) -> None:
        """Show what was waiting for the placement, which is on the canvas now."""
        self.progress.end()
        self.note.show_notes(placement.notes)
        self._placed = self.folding.opened
        self._show_path()
        node, self._pending = self._pending, None
        cluster, self._pending_cluster = self._pending_cluster, None
        if node is not None:
            self._view.framing.reveal(node)
        elif cluster is not None:
            self._view.framing.reveal_cluster(cluster)

    def show_cleared(self) -> None:
        """Show that the canvas is empty."""
        self._show_path()

    def stop_waiting(self) -> None:
        """Stop waiting for a placement: there is none."""
        self.progress.end()

    def toggle(self, cluster_or_group: int) -> None:
        """Fold or unfold one cluster or group, in its place."""
        graph, drawing = self.folding.graph, self._view.drawing
        if graph is not None and drawing is not None:
            if len(drawing.members_with(cluster_or_group)) > 1:  # one of a stack opens beside it: bring it into sight
                self._pending_cluster = cluster_or_group
            self._last_opened = cluster_or_group if cluster_or_group < len(graph.clusters) else -1
        self.folding.toggle(cluster_or_group)

    def fold_siblings(self, cluster: int) -> None:
        """Fold a module and those like it beside it into one box, in its place."""
        group = self.folding.group_of(cluster)
        if group is not None:
            self._view.framing.keep_in_place(cluster)
            self.folding.fold_siblings(group)

    def open_inside(self, cluster: int) -> None:
        """Open a module and everything in it, in its place."""
        self._last_opened = cluster
        self._view.framing.keep_in_place(cluster)
        self.folding.open_inside(cluster)

    def fold_all(self) -> None:
        """Draw each outermost module as one box."""
        self._reset_view()
        self._last_opened = -1
        self.folding.fold_all()

    def unfold_all(self) -> None:
        """Draw what is inside of every module."""
        self._keep_selected()
        self._last_opened = -1
        self.folding.unfold_all()

    def show_node(self, node_id: int) -> None:
        """Bring a node into sight, unfolding what hides it."""
        drawing = self._view.drawing
        box = drawing.box_of(node_id) if drawing is not None else None
        if drawing is None or (box is not None and not drawing.folded[box]):
            self._view.framing.center_on(node_id)
            return
        self._pending = node_id
        if box is not None:
            self._view.framing.keep_in_place(drawing.key_of(box))
        graph = self.folding.graph
        self._last_opened = graph.node(node_id).cluster if graph is not None and node_id in graph else -1
        self.folding.open_to(node_id)

    def show_cluster(self, cluster: int) -> None:
        """Select a cluster and bring it into sight, unfolding what hides it; -1 shows the whole."""
        if cluster < 0:
            self._view.framing.fit()
            return
        drawing = self._view.drawing
        if drawing is None:
            return
        self._session.selection.select(None)
        self._view.marks.select_cluster(cluster)
        self._show_path()
        self.cluster_shown.emit(cluster)
        if drawing.place_of_cluster(cluster) is not None and len(drawing.members_with(cluster)) <= 1:
            self._view.framing.reveal_cluster(cluster)
            return
        self._pending_cluster = cluster
        self._view.framing.keep_in_place(cluster)
        self.folding.open_to_cluster(cluster)

    def unfold_path(self) -> None:
        """Unfold what hides the selected node, or else the point that is shown."""
        point = self._session.engine.point
        node = self._session.selection.node_id
        if node is None and point is not None:
            node = point.node
        if node is not None:
            self.show_node(node)
        elif self._view.marks.selected_cluster is not None:
            self.show_cluster(self._view.marks.selected_cluster)

    def deepen(self, step: int) -> None:
        """Open everything one step deeper (`step` 1) than the deepest that is open, or one less deep (-1)."""
        depth, most = self.folding.depth
        self._set_depth(min(max(depth + step, 0), most))

    def fold_around(self) -> None:
        """Fold the module around the selection, or a selected module itself if it is open."""
        drawing, key, node = self._view.drawing, self._view.marks.selected_cluster, self._session.selection.node_id
        if drawing is None:
            return
        for group in self.folding.groups_of_node(node) if node is not None else ():
            self._view.framing.keep_node_in_place(node)  # type: ignore[arg-type]
            self.folding.toggle(group)
            return
        if key is not None and drawing.rect_of_cluster(key) is not None:
            around: int | None = key
        else:
            box = drawing.box_of(node) if node is not None else drawing.box_of_key(key) if key is not None else None
            around = cluster_around(drawing, box) if box is not None else None
        if around is not None:
            self._view.framing.keep_in_place(around)
            self._view.marks.select_cluster(around)
            self.toggle(around)

    def _set_depth(self, depth: int) -> None:
        self._reset_view()
        self._last_opened = -1
        self.folding.set_depth(depth)

    def _reset_view(self) -> None:
        if self._session.selection.node_id is None:
            self._view.framing.reset()
        else:
            self._keep_selected()

    def _keep_selected(self) -> None:
        """Keep the selection in its place while all of the graph changes around it."""
        drawing, node = self._view.drawing, self._session.selection.node_id
        if drawing is None:
            return
        if node is not None:
            self._view.framing.keep_node_in_place(node, or_whole=True)
        elif self._view.marks.selected_cluster is not None:
            self._view.framing.keep_in_place(self._view.marks.selected_cluster)
        else:
            self._view.framing.reset()

    def _open_menu(self, key: int, place: QPoint) -> None:
        drawing = self._view.drawing
        if drawing is not None:
            cluster_menu(drawing, key, self, self._session, self._view).popup(place)

    def _cancel(self) -> None:
        """Go back to what is drawn."""
        self.progress.end()
        self.placement_cancelled.emit()
        self.folding.restore(self._placed)
        self._show_path()

    def _show_path(self) -> None:
        graph, drawing = self._session.engine.graph, self._view.drawing
        if graph is None or drawing is None or drawing.graph is not graph:
            self.depth.hide()
            self.crumbs.set_crumbs([])
            self._view.framing.place_cards()
            self.path_changed.emit()
        else:
            self._show_path_in(graph)

    def _show_path_in(self, graph: Graph) -> None:
        depth, most = self.folding.depth
        opened = self.folding.opened
        shown = most > 0 and (len(graph) >= LARGE or opened is not None)
        exact = opened is None or opened == open_at_depth(graph, depth)
        self.depth.show_depth(depth, most, exact=exact)
        self.depth.setVisible(shown)
        cluster = self._last_opened if self._last_opened < len(graph.clusters) else -1
        node = self._session.selection.node
        if node is not None:
            cluster = node.cluster
        elif self._view.marks.selected_cluster is not None and self._view.marks.selected_cluster < len(graph.clusters):
            cluster = self._view.marks.selected_cluster
        whole = self._session.selection.graph_target.rpartition("/")[2]
        line = crumbs(graph, opened, cluster, whole)
        self.crumbs.set_crumbs(line if shown and len(line) > 1 else [])
        self._view.framing.place_cards()
        self.path_changed.emit()

    @property
    def shows_path(self) -> bool:
        """Whether the path is shown, so that a caption is not needed."""
        return not self.crumbs.isHidden()


def cluster_menu(drawing: Drawing, key: int, folds: FoldingController, session: Session, parent: QWidget) -> QMenu:
    """Return the menu for the cluster or group `key`; it deletes itself when it is closed."""
    menu = lettered(QMenu(parent))
    menu.setToolTipsVisible(True)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    graph, box = drawing.graph, drawing.box_of_key(key)
    is_open = drawing.rect_of_cluster(key) is not None
    if is_open:
        menu.addAction(tr("Fold\tLeft"), lambda: folds.toggle(key))
    elif box is not None and drawing.box_count[box] > 1:
        text = tr("Draw all {0} one by one\tRight").format(int(drawing.box_count[box]))
        menu.addAction(text, lambda: folds.toggle(drawing.fold_id(box)))
    elif box is not None:
        menu.addAction(tr("Unfold\tRight"), lambda: folds.toggle(key))
    if key >= len(graph.clusters):
        return menu
    if box is None or drawing.box_count[box] == 1:
        menu.addAction(tr("Unfold all inside"), lambda: folds.open_inside(key))
        if folds.folding.group_of(key) is not None:
            menu.addAction(tr("Fold with its siblings into one"), lambda: folds.fold_siblings(key))
    cluster = graph.clusters[key]
    if cluster.kind == "module" and cluster.path:
        menu.addSeparator()
        record = BreakpointRecord(0, "module", text=cluster.path)
        menu.addAction(tr("Breakpoint on this module"), lambda: session.breakpoints.toggle(record))
        menu.addAction(tr("Copy path"), lambda: QGuiApplication.clipboard().setText(cluster.path))
    return menu
