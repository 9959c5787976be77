"""The fallback without Graphviz: ranks by the longest path, boxes of a rank side by side in order of execution."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from gradviz.layout.dot import Sheet, falling
from gradviz.layout.shape import Points


def lay_out(sheet: Sheet) -> tuple[Points, list[Points]]:
    """As `dot.lay_out`, in linear time; lines may cross boxes."""
    ranks = _ranks(sheet)
    rows: dict[int, list[int]] = {}
    for block in range(len(sheet.blocks)):
        rows.setdefault(ranks[block], []).append(block)
    centres = np.zeros((len(sheet.blocks), 2))
    y = 0.0
    for rank in sorted(rows):
        members = rows[rank]
        tallest = max(sheet.blocks[b].height for b in members)
        ends = list(accumulate(sheet.blocks[b].width + sheet.column_gap for b in members))
        for b, end in zip(members, ends, strict=True):
            centres[b] = end - sheet.column_gap - sheet.blocks[b].width / 2 - ends[-1] / 2, y + tallest / 2
        y += tallest + sheet.rank_gap
    paths = [falling(sheet, centres, line) for line in sheet.lines]
    return centres, paths


def _ranks(sheet: Sheet) -> list[int]:
    count = len(sheet.blocks)
    after: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for line in sheet.lines:
        if line.tail != line.head:
            after[line.tail].append(line.head)
            waits[line.head] += 1
    ranks = [0] * count
    ready = [b for b in range(count) if not waits[b]]
    while ready:
        block = ready.pop()
        for follower in after[block]:
            ranks[follower] = max(ranks[follower], ranks[block] + 1)
            waits[follower] -= 1
            if not waits[follower]:
                ready.append(follower)
    if sheet.first:
        for block in set(range(count)) - set(sheet.first):
            ranks[block] = max(ranks[block], 1)
    last = max(ranks, default=0) + 1
    for block in sheet.last:
        ranks[block] = last
    return ranks
