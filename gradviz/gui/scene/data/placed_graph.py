"""A placed graph that can be asked which box shows what: nodes, folded clusters, members of stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gradviz.appearance.boxes import BoxKind
from gradviz.gui.scene.data.placed_arrays import Indices, PlacedArrays
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.model.graph.box_hierarchy import nesting_of
from gradviz.model.graph.folding import folding_of


class Drawing(PlacedArrays):
    """One placed graph, and which box shows or hides each of its nodes and clusters."""

    @cached_property
    def order(self) -> list[int]:
        """The boxes that show nodes, each once, in order of execution."""
        shown = self.box_of_position
        boxes, first = np.unique(shown[shown >= 0], return_index=True)
        return [int(box) for box in boxes[np.argsort(first)]]

    # What is where

    def box_of(self, node_id: int) -> int | None:
        """Return the box that shows a node: its own, its first badge, or the folded cluster that hides it."""
        position = self.graph.index.get(node_id)
        box = -1 if position is None else int(self.box_of_position[position])
        return box if box >= 0 else None

    def box_of_cluster(self, cluster_id: int) -> int | None:
        """Return the folded box that shows a cluster, alone, in a stack, or inside of another; None if it is open."""
        for cluster in reversed(self.graph.cluster_path(cluster_id)):
            if cluster in self._folded_boxes:
                return self._folded_boxes[cluster]
        return None

    def key_of(self, box: int) -> int:
        """Return the key of a folded box among the marks: its (first) cluster, of a box of ops its group's id."""
        cluster = int(self.placement.box_cluster[box])
        return cluster if cluster >= 0 else self.fold_id(box)

    def box_of_key(self, key: int) -> int | None:
        """Return the folded box with this key, or that shows this cluster; None if there is none."""
        if key < len(self.graph.clusters):
            return self.box_of_cluster(key)
        hits = np.nonzero(self.group == key - len(self.graph.clusters))[0]
        return int(hits[0]) if len(hits) else None

    def boxes_that_show(self, node_ids: Iterable[int]) -> npt.NDArray[np.bool_]:
        """(B,) True for the boxes of these nodes, their badges, and the folded boxes that hide one of them."""
        index = self.graph.index
        wanted = np.zeros(len(self.graph), np.bool_)
        wanted[[index[node] for node in node_ids if node in index]] = True
        flags = np.zeros(len(self), np.bool_)
        boxes = self.box_of_position[wanted]
        flags[boxes[boxes >= 0]] = True
        return flags | ((self.node_at >= 0) & wanted[self.node_at] if len(wanted) else flags)

    def count_in_boxes(self, node_ids: Iterable[int]) -> Indices:
        """(B,) how many of these nodes each box shows or hides."""
        index = self.graph.index
        boxes = self.box_of_position[[index[node] for node in node_ids if node in index]]
        return np.bincount(boxes[boxes >= 0], minlength=len(self))

    def place_of_cluster(self, key: int) -> tuple[float, float] | None:
        """Top left of a cluster (or of what has this key), open or folded; None where it is inside a folded one."""
        rect = self.rect_of_cluster(key)
        if rect is not None:
            return rect[0], rect[1]
        box = self._folded_boxes.get(key) if key < len(self.graph.clusters) else self.box_of_key(key)
        if box is None:
            return None
        x, y = self.rect[box, :2].tolist()
        return x, y

    @cached_property
    def box_of_position(self) -> Indices:
        """(N,) the box that shows each node of the graph, by its position; -1 where none does."""
        shown = self.placement.node_box.astype(np.intp)
        if len(shown) != len(self.graph):
            shown = np.full(len(self.graph), -1, np.intp)
            own = np.nonzero((self.node_at >= 0) & ~self.placement.box_badge)[0]
            shown[self.node_at[own]] = own
        badges = np.nonzero((self.node_at >= 0) & self.placement.box_badge)[0][::-1]  # the first badge counts
        only = badges[shown[self.node_at[badges]] < 0]
        shown[self.node_at[only]] = only
        return shown

    @cached_property
    def _folded_boxes(self) -> dict[int, int]:
        """Folded cluster, each member of a stack too → its box."""
        table: dict[int, int] = {}
        for box in np.nonzero(self.folded)[0].tolist():
            for member in self.members(box):
                table[member] = box
        return table

    @cached_property
    def lone_nodes(self) -> dict[int, int]:
        """Cluster that holds a single node, and is drawn as that node → its id."""
        nesting = nesting_of(self.graph)
        table: dict[int, int] = {}
        for position, cluster in enumerate(nesting.raw):
            if cluster != -1 and nesting.manner[cluster] == "lone" and not nesting.is_leaf[position]:
                table.setdefault(cluster, self.graph.nodes[position].id)
        return table

    # What folded boxes represent

    def members(self, box: int) -> Sequence[int]:
        """Return the clusters that a folded box represents, in order: one, several of a stack, none of a box of ops."""
        first, group = int(self.placement.box_cluster[box]), int(self.group[box])
        if group < 0 or first < 0:
            return (first,) if first >= 0 else ()
        anchors = folding_of(self.graph).groups[group].anchors
        start = anchors.index(first)
        return anchors[start : start + int(self.box_count[box])]

    def members_with(self, cluster: int) -> Sequence[int]:
        """Return the members of the stack that a cluster is one of; none if it is alone or hidden elsewhere."""
        box = self._folded_boxes.get(cluster)
        return self.members(box) if box is not None and self.kind[box] == BoxKind.STACK else ()

    def member_numbers(self, box: int) -> dict[int, int]:
        """Return member of a stack → its number, from 0."""
        known = self._numbers.get(box)
        if known is None:
            known = self._numbers[box] = {member: number for number, member in enumerate(self.members(box))}
        return known

    def fold_id(self, box: int) -> int:
        """Return the id that unfolds a folded box, as `model.folding` counts: its cluster, or its group."""
        group = int(self.group[box])
        return folding_of(self.graph).group_id(group) if group >= 0 else int(self.placement.box_cluster[box])

    def member_at(self, box: int, x: float, y: float) -> int | None:
        """Return the member of a stack whose cell is under (x, y), the first of its run; None beside the cells."""
        if self.kind[box] != BoxKind.STACK:
            return None
        left, top, width, height = self.rect[box].tolist()
        members = self.members(box)
        found = stacks.cells((left, top, width, height), len(members))
        for cell, (at_x, at_y, wide, high) in enumerate(found):
            if at_x - 1 <= x <= at_x + wide + 1 and at_y <= y <= at_y + high:
                return members[stacks.run_of(cell, len(found), len(members))[0]]
        return None

    def cells_that_hold(self, node_ids: Iterable[int]) -> dict[int, frozenset[int]]:
        """Return box of a stack → the numbers, from 0, of its members that hide one of these nodes."""
        found: dict[int, set[int]] = {}
        index, cells = self.graph.index, self.placement.node_cell
        if not len(cells):
            return {}
        positions = np.array([index[node] for node in node_ids if node in index], np.intp)
        boxes = self.box_of_position[positions]
        held = (boxes >= 0) & (self.kind[boxes] == BoxKind.STACK)
        for box, cell in zip(boxes[held].tolist(), cells[positions[held]].tolist(), strict=True):
            found.setdefault(box, set()).add(cell)
        return {box: frozenset(numbers) for box, numbers in found.items()}

    @cached_property
    def box_cluster_row(self) -> Indices:
        """(B,) row in `cluster_rect` of the innermost open cluster around each box, -1 for none."""
        nesting = nesting_of(self.graph)
        rows = np.full(len(self.graph.clusters) + 1, -1, np.intp)  # the last is the top
        rows[self.placement.cluster_id] = np.arange(len(self.cluster_rect))
        for cluster in nesting.boxes:
            if rows[cluster] < 0:
                rows[cluster] = rows[nesting.parent(cluster)]
        homes = np.append(nesting.home, -1)[self.node_at]
        for box in np.nonzero(self.folded)[0].tolist():
            group, cluster = int(self.group[box]), int(self.placement.box_cluster[box])
            homes[box] = folding_of(self.graph).groups[group].home if group >= 0 else nesting.parent(cluster)
        result: Indices = rows[homes]
        # Badges are where they are used, and a shared leaf outside the module that owns it.
        x, y, width, height = np.vstack([self.cluster_rect, (-np.inf, -np.inf, np.inf, np.inf)])[result].T
        with np.errstate(invalid="ignore"):
            strays = self.placement.box_badge | (
                (result >= 0)
                & ~((self.rect[:, 0] >= x) & (self.rect[:, 1] >= y) & (self.rect[:, 0] <= x + width)
                    & (self.rect[:, 1] <= y + height))
            )  # fmt: skip
        found = np.nonzero(strays)[0]
        corners = self.rect[found, :2]
        inner = np.full(len(found), -1, np.intp)
        for row, (left, top, wide, high) in enumerate(self.cluster_rect.tolist()):  # parents before children
            inside = (corners >= (left, top)) & (corners <= (left + wide, top + high))
            inner[inside.all(axis=1)] = row
        result[found] = inner
        return result
