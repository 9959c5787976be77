"""Builds graphs for tests: `make_graph("x:data -> mm; w1:parameter -> mm; mm -> loss")`."""

from __future__ import annotations

from itertools import pairwise

from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeKind, NodeRecord, ParameterRecord

_NEGATIVE = ("parameter", "leaf", "data", "loss")


class GraphBuilder:
    """Collects nodes, edges and clusters by name; ids are given in order of mention."""

    def __init__(self, kind: str = "autograd") -> None:
        self.kind = kind
        self.nodes: dict[str, NodeRecord] = {}
        self.edges: list[EdgeRecord] = []
        self.clusters: list[ClusterRecord] = []

    def cluster(self, path: str, class_name: str = "Module", parent: int = -1, use: int = 1, uses: int = 1) -> int:
        self.clusters.append(ClusterRecord(path, class_name, parent, use, uses))
        return len(self.clusters) - 1

    def node(
        self,
        key: str,
        kind: NodeKind = "function",
        *,
        name: str = "",
        cluster: int = -1,
        shape: tuple[int, ...] | None = None,
        note: str = "",
        type_name: str = "",
    ) -> int:
        """The id of node `key`, which is made if it is not there."""
        if key not in self.nodes:
            negative = kind in _NEGATIVE
            number = sum((node.id < 0) == negative for node in self.nodes.values())
            name = name or key.partition("#")[0]
            auto = f"{name.title().replace('_', '')}Backward0" if kind == "function" else ""
            self.nodes[key] = NodeRecord(
                id=-1 - number if negative else number,
                kind=kind,
                name=name,
                type_name=type_name or auto,
                cluster=cluster,
                shape=shape,
                note=note,
                names=(name,) if kind in ("parameter", "leaf") else (),
            )
        return self.nodes[key].id

    def edge(self, source: str, target: str, output_nr: int = 0, shape: tuple[int, ...] | None = None) -> None:
        head = self.nodes[target].id
        slot = sum(edge.target == head for edge in self.edges)
        tail = self.nodes[source]
        self.edges.append(EdgeRecord(tail.id, head, output_nr, slot, shape if shape is not None else tail.shape))

    def build(self, signature: str = "test") -> Graph:
        record = GraphRecord(
            signature,
            self.kind,  # type: ignore[arg-type]
            tuple(self.nodes.values()),
            tuple(self.edges),
            tuple(self.clusters),
        )
        return Graph(record)


def make_graph(text: str) -> Graph:
    """A graph from chains like `a -> b -> c; w:parameter -> b`: names once given a kind keep it."""
    builder = GraphBuilder()
    for chain in text.split(";"):
        keys = []
        for word in chain.split("->"):
            key, _, kind = word.strip().partition(":")
            builder.node(key, kind or ("loss" if key == "loss" else "function"))  # type: ignore[arg-type]
            keys.append(key)
        for source, target in pairwise(keys):
            builder.edge(source, target)
    return builder.build()


def linear(builder: GraphBuilder, path: str, source: str, n: int, m: int, *, parent: int = -1, call: str = "") -> str:
    """One call of an nn.Linear from `m` to `n` features; shared parameters where it is called again."""
    use = int(call or 1)
    cluster = builder.cluster(path, "Linear", parent, use, max(use, 1))
    weight, bias, tag = f"{path}.weight", f"{path}.bias", f"{path}{call}"
    builder.node(weight, "parameter", cluster=cluster, shape=(n, m))
    builder.node(f"t#{tag}", cluster=cluster, shape=(m, n))
    builder.node(bias, "parameter", cluster=cluster, shape=(n,))
    builder.node(f"addmm#{tag}", cluster=cluster, shape=(64, n))
    builder.edge(bias, f"addmm#{tag}")
    builder.edge(source, f"addmm#{tag}")
    builder.edge(weight, f"t#{tag}")
    builder.edge(f"t#{tag}", f"addmm#{tag}")
    return f"addmm#{tag}"


def two_layers() -> Graph:
    """The `autograd` lesson: two matrices, a clamp, the sum of squares."""
    b = GraphBuilder()
    b.node("x", "data", shape=(64, 1000))
    b.node("w1", "parameter", shape=(1000, 100))
    b.node("mm", shape=(64, 100))
    b.node("clamp", shape=(64, 100), type_name="ClampBackward1")
    b.node("w2", "parameter", shape=(100, 10))
    b.node("mm#2", shape=(64, 10))
    b.node("y", "data", shape=(64, 10))
    b.node("sub", shape=(64, 10))
    b.node("pow", shape=(64, 10))
    b.node("sum", shape=())
    b.node("loss", "loss", shape=())
    for source, target in (("x", "mm"), ("w1", "mm"), ("mm", "clamp"), ("clamp", "mm#2"), ("w2", "mm#2")):
        b.edge(source, target)
    for source, target in (("mm#2", "sub"), ("y", "sub"), ("sub", "pow"), ("pow", "sum"), ("sum", "loss")):
        b.edge(source, target)
    return b.build("two-layers")


def dynamic(middle: int = 2) -> Graph:
    """The `dynamic` lesson: input, `middle` uses of one shared middle Linear, output."""
    b = GraphBuilder()
    root = b.cluster("", "DynamicNet")
    b.node("x", "data", shape=(64, 1000))
    last = linear(b, "input_linear", "x", 100, 1000, parent=root)
    for use in range(middle + 1):
        clamp = f"clamp#{use}"
        b.node(clamp, cluster=root, shape=(64, 100), type_name="ClampBackward1")
        b.edge(last, clamp)
        last = clamp
        if use < middle:
            last = linear(b, "middle_linear", last, 100, 100, parent=root, call=str(use + 1))
    b.clusters = [
        c if c.path != "middle_linear" else ClusterRecord(c.path, c.class_name, c.parent, c.use, middle)
        for c in b.clusters
    ]
    last = linear(b, "output_linear", last, 10, 100, parent=root)
    b.node("mse_loss", shape=())
    b.node("y", "data", shape=(64, 10))
    b.node("loss", "loss", shape=())
    for source, target in ((last, "mse_loss"), ("y", "mse_loss"), ("mse_loss", "loss")):
        b.edge(source, target)
    return b.build(f"dynamic-{middle}")


def repeated_blocks(count: int, nodes: int) -> Graph:
    """`count` equal clusters one after the other, each a chain of `nodes` nodes with one shortcut over it."""
    b = GraphBuilder()
    records, edges = [], []
    for block in range(count):
        b.cluster(f"h.{block}", "Block")
        for k in range(nodes):
            i = block * nodes + k
            records.append(
                NodeRecord(i, "function", "add" if k == nodes - 1 else "mm", "MmBackward0", cluster=block, shape=(4, 4))
            )
            if i:
                edges.append(EdgeRecord(i - 1, i))
        if block:
            edges.append(EdgeRecord(block * nodes - 1, block * nodes + nodes - 1, 0, 1))
    return Graph(GraphRecord(f"blocks-{count}-{nodes}", "autograd", tuple(records), tuple(edges), tuple(b.clusters)))


def cells(count: int) -> Graph:
    """`count` calls of one cell with two states and shared weights; the last states go into one op at the end."""
    nodes, edges, clusters = [], [], []
    nodes += [NodeRecord(-1 - k, "parameter", name, names=(name,)) for k, name in enumerate(("cell.w", "cell.b"))]
    for turn in range(count):
        clusters.append(ClusterRecord("cell", "Cell", -1, turn + 1, count))
        first = 6 * turn
        names = ("mm", "add", "tanh", "sigmoid", "mul", "add")
        nodes += [NodeRecord(first + k, "function", name, cluster=turn) for k, name in enumerate(names)]
        edges += [EdgeRecord(-1, first), EdgeRecord(-2, first + 1)]
        inner = ((0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (4, 5))
        edges += [EdgeRecord(first + a, first + b) for a, b in inner]
        if turn:
            edges += [EdgeRecord(first - 1, first), EdgeRecord(first - 2, first + 4)]
    nodes.append(NodeRecord(6 * count, "function", "stack"))
    edges += [EdgeRecord(6 * turn + 5, 6 * count, 0, turn) for turn in range(count)]
    return Graph(GraphRecord(f"cells-{count}", "autograd", tuple(nodes), tuple(edges), tuple(clusters)))


def dense(layers: int) -> Graph:
    """Every layer (an op and a cat) takes the results of all layers before it: as many skips as there can be."""
    nodes, edges = [], []
    for layer in range(layers):
        cat, op = 4 * layer, 4 * layer + 1
        nodes += [NodeRecord(cat, "function", "cat"), *(NodeRecord(op + k, "function", f"op{k}") for k in range(3))]
        edges += [EdgeRecord(4 * earlier + 3, cat, 0, earlier) for earlier in range(layer)]
        edges += [EdgeRecord(cat + k, cat + k + 1) for k in range(3)]
    return Graph(GraphRecord(f"dense-{layers}", "autograd", tuple(nodes), tuple(edges)))


def branches(count: int) -> Graph:
    """One op with `count` outputs, a short chain of other ops on each, and one op that takes them all."""
    nodes, edges = [NodeRecord(0, "function", "unbind", outputs=count)], []
    for branch in range(count):
        first = 1 + 3 * branch
        nodes += [NodeRecord(first + k, "function", f"op{(branch * branch + k) % 7}") for k in range(3)]
        edges += [EdgeRecord(0, first, branch), EdgeRecord(first, first + 1), EdgeRecord(first + 1, first + 2)]
        edges.append(EdgeRecord(first + 2, 3 * count + 1, 0, branch))
    nodes.append(NodeRecord(3 * count + 1, "function", "stack"))
    return Graph(GraphRecord(f"branches-{count}", "autograd", tuple(nodes), tuple(edges)))


def with_views(count: int) -> Graph:
    """A chain of `count` ops of changing names, with three views after each."""
    names = [
        name for k in range(count) for name in (f"op{k * k % 11}", "view", "transpose", "view", "mm", "add", "mul")
    ]
    names += ["exp"] * max(300 - len(names), 0)
    nodes = tuple(NodeRecord(i, "function", name) for i, name in enumerate(names))
    edges = tuple(EdgeRecord(i, i + 1) for i in range(len(names) - 1))
    return Graph(GraphRecord(f"views-{count}", "autograd", nodes, edges))


def nested(depth: int) -> tuple[Graph, tuple[ParameterRecord, ...]]:
    """`depth` modules one in another, each with a parameter and a function after the module inside of it."""
    paths = ["m" + ".m" * level for level in range(depth)]
    clusters = tuple(ClusterRecord(path, "Wrapper", level - 1) for level, path in enumerate(paths))
    last, nodes, edges = -1, [NodeRecord(-1, "data", "x", shape=(2, 4))], list[EdgeRecord]()
    for number, level in enumerate(reversed(range(depth))):
        weight = f"{paths[level]}.weight"
        nodes.append(NodeRecord(-2 - number, "parameter", weight, cluster=level, shape=(4,), names=(weight,)))
        nodes.append(NodeRecord(number, "function", "mul", "MulBackward0", "torch.mul", level, shape=(2, 4)))
        edges += [EdgeRecord(last, number), EdgeRecord(-2 - number, number, 0, 1)]
        last = number
    record = GraphRecord(f"nested-{depth}", "autograd", tuple(nodes), tuple(edges), clusters)
    return Graph(record), tuple(ParameterRecord((f"{path}.weight",), (4,), "float32") for path in paths)


def nodes_in(graph: Graph, cluster: int) -> list[int]:
    """Ids of the nodes directly inside a cluster."""
    return [node.id for node in graph.nodes if node.cluster == cluster]
