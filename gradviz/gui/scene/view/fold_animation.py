"""Animation of folding and unfolding a module: drawings between the one before and the one after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.layout.geometry.placement import Placement

UNFOLD_MS = 140
LARGEST = 1200
"""Boxes: a drawing of more is shown at once."""
_STRAIGHT = 24
"""Lines whose ends part further than this would be bent on the way: they come up at its end."""
_LATE = 0.6

Floats = npt.NDArray[np.float32]


class Tween:
    """From one drawing of a graph to another of the same graph."""

    def __init__(self, before: Drawing, after: Drawing, shift: tuple[float, float]) -> None:
        """Prepare the way; a point of the scene before moves by `shift` to stay where it is in the view."""
        self.after = after
        self._end_boxes = after.rect
        self._end_clusters = after.cluster_rect
        move = np.array([*shift, 0, 0], np.float32)
        self._start_clusters = self._clusters(before, move)
        self._start_boxes, self._new = self._boxes(before, move)
        placement = after.placement
        apart = self._start_boxes - self._end_boxes
        center = (apart[:, :2] + apart[:, 2:] / 2).astype(np.float32)
        self._away = self._displaced(placement, center)
        bent = np.abs(center[placement.edge_source] - center[placement.edge_target]).max(axis=1, initial=0) > _STRAIGHT
        self._late = self._new[placement.edge_source] | self._new[placement.edge_target] | bent

    def at(self, share: float) -> Drawing:
        """Return the drawing so far on the way, from 0 to 1."""
        rest = np.float32(1 - share)
        placement = replace(
            self.after.placement,
            box_rect=self._end_boxes + (self._start_boxes - self._end_boxes) * rest,
            cluster_rect=self._end_clusters + (self._start_clusters - self._end_clusters) * rest,
            points=self.after.placement.points + self._away * rest,
            label_position=np.full_like(self.after.placement.label_position, np.nan),
        )
        return Drawing(self.after.graph, placement)

    def opacity(self, share: float) -> tuple[Floats, Floats]:
        """Return the opacity of boxes and of edges: what was hidden before comes up."""
        boxes = np.where(self._new, np.float32(share), np.float32(1)).astype(np.float32)
        late = np.float32(max(share - _LATE, 0) / (1 - _LATE))
        edges = np.where(self._late, late, np.float32(1)).astype(np.float32)
        return boxes, edges

    def _clusters(self, before: Drawing, move: Floats) -> Floats:
        starts = self._end_clusters.copy()
        for row, cluster in enumerate(self.after.placement.cluster_id.tolist()):
            rect = before.rect_of_cluster(cluster)
            if rect is None:
                box = before.box_of_cluster(cluster)
                rect = None if box is None else tuple(before.rect[box].tolist())
            if rect is not None:
                starts[row] = np.array(rect, np.float32) + move
        return starts

    def _boxes(self, before: Drawing, move: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """(B, 4) where each box starts, and (B,) whether it was hidden before."""
        known = _keys(before)
        starts, new = self._end_boxes.copy(), np.zeros(len(self._end_boxes), np.bool_)
        rows = self.after.box_cluster_row
        for key, box in _keys(self.after).items():
            if key in known:
                starts[box] = before.rect[known[key]] + move
                continue
            new[box] = True
            cluster = int(self.after.placement.box_cluster[box])
            opened = before.rect_of_cluster(cluster) if cluster >= 0 else None
            if opened is not None:  # it was open: its border draws together
                starts[box] = np.array(opened, np.float32) + move
            elif rows[box] >= 0:  # it comes out of the box that hid it
                starts[box] = _mapped(self._end_boxes[box], self._end_clusters[rows[box]],
                                      self._start_clusters[rows[box]])  # fmt: skip
        return starts, new

    def _displaced(self, placement: Placement, center: Floats) -> Floats:
        """Return (P, 2) how far each point of a line is from its place at the start: between its ends' distances."""
        counts = np.diff(placement.edge_start)
        edges = np.repeat(np.arange(len(counts)), counts)
        along = (np.arange(len(placement.points)) - placement.edge_start[:-1][edges]) / np.maximum(counts[edges] - 1, 1)
        along = along[:, None].astype(np.float32)
        tail, head = center[placement.edge_source[edges]], center[placement.edge_target[edges]]
        return np.asarray(tail * (1 - along) + head * along, np.float32)


def _keys(drawing: Drawing) -> dict[tuple[int, ...], int]:
    """Return what each box shows, by a key that is the same in both drawings → the box."""
    placement = drawing.placement
    keys: dict[tuple[int, ...], int] = {}
    for box, folded in enumerate(drawing.folded.tolist()):
        if folded:
            key: tuple[int, ...] = (1, drawing.key_of(box))
        else:
            key = (0, int(placement.box_node[box]), int(placement.box_badge[box]))
            while key in keys:  # badges of one leaf, in their order
                key = (*key[:2], key[2] + 1)
        keys[key] = box
    return keys


def _mapped(rect: Floats, frame: Floats, into: Floats) -> Floats:
    """Return `rect` within `frame` as it would lie within `into`."""
    scale = into[2:] / np.maximum(frame[2:], 1)
    return np.concatenate([into[:2] + (rect[:2] - frame[:2]) * scale, rect[2:] * scale])
