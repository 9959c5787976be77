"""The fold state of the graph: kept by module and use, so that it outlives a change of the graph."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.model.graph.folding import depth_of, folding_of, open_around, open_at_depth, open_by_default, toggle_open
from gradviz.model.graph.graph import Graph

_Key = tuple[object, ...]


class FoldState(QObject):
    """The folds of one graph at a time; every change of them emits a signal."""

    changed = Signal()
    """Something was folded or unfolded by the user, or because it must be seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graph: Graph | None = None
        self._target = ""
        self._opened: frozenset[int] = frozenset()
        self._by_hand = False
        self._seen: dict[_Key, bool] = {}
        """Of each cluster and group of the target that was ever drawn, whether it was open."""
        self._largest = 0

    @property
    def graph(self) -> Graph | None:
        """The graph that the folds are of."""
        return self._graph

    @property
    def opened(self) -> frozenset[int] | None:
        """What is open, as `model.folding` counts; None for everything."""
        if self._graph is None or self._opened == folding_of(self._graph).everything:
            return None
        return self._opened

    @property
    def depth(self) -> tuple[int, int]:
        """How deep the deepest open module is, and how deep everything could be open."""
        if self._graph is None:
            return 0, 0
        most = depth_of(self._graph)
        if self.opened is None:
            return most, most
        nesting = folding_of(self._graph).nesting
        shown: set[int] = set()
        for box in nesting.boxes:
            parent = nesting.parent(box)
            if box in self._opened and (parent == -1 or parent in shown):
                shown.add(box)
        return max((nesting.box_depth[box] + 1 for box in shown), default=0), most

    def take(self, graph: Graph, target: str = "") -> None:
        """Take up a graph. If it is of the same `target` as before, what was open stays open; else it is as at first.

        A graph that grows while an iteration is stepped, or that another iteration made otherwise, keeps every module
        as it was last seen; modules that were never seen are as at first.
        """
        before, known = self._graph, self._target == target
        self._graph, self._target = graph, target
        if before is graph:
            return
        if not known:
            self._by_hand, self._largest = False, 0
            self._seen.clear()
        first = open_by_default(graph)
        if self._by_hand or len(graph) < self._largest:
            keys = _keys(graph)
            self._opened = frozenset(i for i, key in enumerate(keys) if self._seen.get(key, i in first))
        else:
            self._opened = first
        self._largest = max(self._largest, len(graph))
        self._remember()

    def toggle(self, cluster_or_group: int) -> None:
        """Fold what is open, open what is folded."""
        if self._graph is not None and 0 <= cluster_or_group < len(folding_of(self._graph).everything):
            self._set(toggle_open(self._graph, self._opened, cluster_or_group))

    def is_open(self, cluster_or_group: int) -> bool:
        """Return whether this cluster, or the members of this group, are not folded themselves."""
        return cluster_or_group in self._opened

    def fold_all(self) -> None:
        """Draw each outermost module as one box, equal ones as one."""
        self.set_depth(0)

    def unfold_all(self) -> None:
        """Draw what is inside of every module."""
        if self._graph is not None:
            self._set(folding_of(self._graph).everything)

    def set_depth(self, depth: int) -> None:
        """Open everything `depth` steps deep, and nothing deeper."""
        if self._graph is not None:
            self._set(open_at_depth(self._graph, depth))

    def open_to(self, node_id: int) -> None:
        """Open what hides a node."""
        if self._graph is not None and node_id in self._graph:
            self._set(open_around(self._graph, self._opened, node_id))

    def open_to_cluster(self, cluster: int) -> None:
        """Open what hides a cluster, so that it is drawn by itself, folded or open as it was."""
        graph = self._graph
        if graph is None or not 0 <= cluster < len(graph.clusters):
            return
        way = graph.cluster_path(cluster)
        opened = set(self._opened) | set(way[:-1])
        group = self.group_of(cluster)
        if group is not None and group not in opened:
            opened.add(cluster)  # one of a stack is drawn by itself as soon as it is open
        self._set(frozenset(opened))

    def open_inside(self, cluster: int) -> None:
        """Open a cluster and all that is in it, stacks in it too."""
        graph = self._graph
        if graph is None or not 0 <= cluster < len(graph.clusters):
            return
        inside, stack = {cluster}, [cluster]
        while stack:
            for child in graph.cluster_children[stack.pop()]:
                inside.add(child)
                stack.append(child)
        folding = folding_of(graph)
        groups = {folding.group_id(number) for number, group in enumerate(folding.groups) if group.home in inside}
        self._set(self._opened | inside | groups)

    def restore(self, opened: frozenset[int] | None) -> None:
        """Open what was open in the drawing that is shown. No signal is emitted, for nothing is to be drawn."""
        if self._graph is not None:
            self._opened = folding_of(self._graph).everything if opened is None else opened
            self._remember()

    def group_of(self, cluster: int) -> int | None:
        """Return the id of the group that a cluster is one of; None for none."""
        if self._graph is None:
            return None
        found = folding_of(self._graph).group_of_cluster.get(cluster)
        return None if found is None else folding_of(self._graph).group_id(found[0])

    def groups_of_node(self, node_id: int) -> list[int]:
        """Return the ids of the open groups of ops and views that a node is drawn out of."""
        graph = self._graph
        if graph is None or node_id not in graph:
            return []
        folding = folding_of(graph)
        pairs = folding.groups_of_node.get(graph.index[node_id], ())
        ids = [folding.group_id(group) for group, _ in pairs if folding.groups[group].kind != "modules"]
        return [number for number in ids if number in self._opened]

    def fold_siblings(self, group: int) -> None:
        """Fold the members of a group, and draw them as one box again."""
        if self._graph is None:
            return
        opened = set(self._opened) | {group}
        self._set(toggle_open(self._graph, opened, group))

    def _remember(self) -> None:
        if self._graph is not None:
            self._seen.update((key, i in self._opened) for i, key in enumerate(_keys(self._graph)))

    def _set(self, opened: frozenset[int]) -> None:
        if opened != self._opened:
            self._opened, self._by_hand = opened, True
            self._remember()
            self.changed.emit()


def _keys(graph: Graph) -> list[_Key]:
    """Return a key for each cluster and group, by its id, that is the same in another graph of the network."""
    clusters = graph.clusters
    keys: list[_Key] = [(cluster.path, cluster.class_name, cluster.use) for cluster in clusters]
    for group in folding_of(graph).groups:
        home = keys[group.home] if group.home != -1 else ()
        if group.anchors:
            keys.append(("group", home, keys[group.anchors[0]]))
        else:
            first = graph.nodes[group.units[0][0]]
            keys.append((group.kind, home, first.name, first.file, first.line, len(group.units[0])))
    return keys
