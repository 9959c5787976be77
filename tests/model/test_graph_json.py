"""The graph in plain values: whole, with reach and regions, and JSON takes it without Graphviz."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec

from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_json import as_json
from gradviz.protocol.records import GraphRecord, ReachRecord, UnexplainedRecord
from tests.helpers.graphs import dynamic, make_graph


def changed(graph: Graph, **fields: object) -> dict[str, Any]:
    record: GraphRecord = msgspec.structs.replace(graph.record, **fields)
    return json.loads(json.dumps(as_json(Graph(record))))


def test_a_shared_parameter_is_of_the_module_that_owns_it():
    graph = make_graph("weight:parameter -> t -> mm; weight -> mm")
    nodes = [msgspec.structs.replace(node, names=("a.b.weight",)) if node.id < 0 else node for node in graph.nodes]
    data = changed(graph, nodes=tuple(nodes))
    assert [node["module"] for node in data["nodes"] if node["module"]] == ["a.b"]


def test_a_region_differs_from_a_module_and_has_its_note():
    graph = dynamic(1)
    note = "Recomputed in backward."
    clusters = [msgspec.structs.replace(graph.clusters[0], kind="region", note=note), *graph.clusters[1:]]
    data = changed(graph, clusters=tuple(clusters))
    assert [(c["kind"], c["note"]) for c in data["clusters"][:2]] == [("region", note), ("module", "")]
    assert [c["id"] for c in data["clusters"]] == list(range(len(graph.clusters)))


def test_reach_and_what_is_unexplained_are_in_it():
    lost = ReachRecord(-2, ("b", "tied.b"), (3,), "float32", False, "detached", "behind detach()", "m.py", 7)
    unsure = ReachRecord(-3, ("c",), (), "float32", None)
    unknown = UnexplainedRecord(4, "op", "made by compiled code")
    data = changed(dynamic(1), reach=(lost, unsure), unexplained=(unknown,))
    assert data["reach"][0] == {
        "names": ["b", "tied.b"],
        "node": -2,
        "shape": [3],
        "reached": False,
        "reason": "detached",
        "text": "behind detach()",
        "file": "m.py",
        "line": 7,
    }
    assert (data["reach"][1]["reached"], data["reach"][1]["reason"]) == (None, None)
    assert data["unexplained"] == [{"node": 4, "what": "op", "text": "made by compiled code"}]


def test_a_script_gets_graphs_without_graphviz_being_loaded():
    code = "import gradviz.terminal.json_events, sys; print('pygraphviz' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
