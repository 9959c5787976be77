"""Turn module calls into the clusters of a graph: only those with something inside, parents before children."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gradviz.engine.capture.module_calls import ModuleCall, ModuleCalls
from gradviz.language import tr
from gradviz.protocol.records import ClusterRecord


class Clusters:
    """The clusters of one graph. A call in which no node was made is left out."""

    def __init__(self, modules: ModuleCalls, used: Iterable[int]) -> None:
        """Make clusters of the calls at the positions `used`, which made a node (-1 counts for none)."""
        calls = modules.calls
        kept: set[int] = set()
        for position in used:
            while position != -1 and position not in kept:
                kept.add(position)
                position = calls[position].parent
        # Calls are recorded as they begin, so a parent always comes before its children.
        self._index = {position: i for i, position in enumerate(sorted(kept))}
        self._index[-1] = -1
        uses = _uses(modules, kept)
        totals = {calls[position].path: use for position, use in uses.items()}
        self.records = tuple(self._record(calls[position], uses[position], totals) for position in sorted(kept))

    def of_call(self, position: int) -> int:
        """Return the cluster of the call at `position`."""
        return self._index[position]

    def of_calls(self, positions: Iterable[int]) -> list[int]:
        """Return the cluster of the call at each position."""
        return [self._index[position] for position in positions]

    def common(self, clusters: Collection[int]) -> int:
        """Return the innermost cluster around all of `clusters`; -1 if only the whole graph is."""
        if len(clusters) == 1:
            return next(iter(clusters))
        paths = [self._path(cluster) for cluster in clusters]
        shared = -1
        for level in zip(*paths, strict=False):
            if len(set(level)) > 1:
                break
            shared = level[0]
        return shared

    def _path(self, cluster: int) -> list[int]:
        path = []
        while cluster != -1:
            path.append(cluster)
            cluster = self.records[cluster].parent
        return path[::-1]

    def _record(self, call: ModuleCall, use: int, totals: dict[str, int]) -> ClusterRecord:
        parent = self._index[call.parent]
        return ClusterRecord(
            call.path, call.class_name, parent, use, totals[call.path], kind=call.kind, note=call.note and tr(call.note)
        )


def _uses(modules: ModuleCalls, kept: Collection[int]) -> dict[int, int]:
    """Return position of a call → which use of its module it is, in order.

    Uses are counted within one forward. In a graph that two forwards made, those of the earlier one come first.
    """
    calls = modules.calls
    earlier = [position for position in sorted(kept) if position < modules.earlier]
    own = range(modules.earlier, len(calls))
    if len(earlier) in (0, len(kept)):
        return {position: calls[position].use for position in (*earlier, *own)}
    uses: dict[int, int] = {}
    counts: dict[str, int] = {}
    for position in (*earlier, *own):
        path = calls[position].path
        uses[position] = counts[path] = counts.get(path, 0) + 1
    return uses
