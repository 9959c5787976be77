"""A graph as DOT source, one DOT cluster per module: what `gradviz.dot` returns; and Graphviz with our own fonts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import graphviz

from gradviz.appearance.palette import LIGHT
from gradviz.assets import asset
from gradviz.language import tr
from gradviz.layout.geometry import box_texts
from gradviz.model.graph.box_hierarchy import Nesting, nesting_of
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.protocol.records import NodeRecord

_FONTS = ("Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")


@contextmanager
def _own_fonts() -> Iterator[None]:
    """Let fontconfig see our fonts alone while this lasts, so that a picture is the same on every machine.

    Do nothing where the user chooses fonts by `FONTCONFIG_FILE`.
    """
    if "FONTCONFIG_FILE" in os.environ:
        yield
        return
    os.environ["FONTCONFIG_FILE"] = str(Path(_font_folder().name) / "fonts.conf")
    try:
        with _without_warnings():
            yield
    finally:
        del os.environ["FONTCONFIG_FILE"]


@cache
def _font_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with copies of the fonts for this process: fontconfig leaves marks beside fonts."""
    folder = tempfile.TemporaryDirectory(prefix="gradviz-fonts-", ignore_cleanup_errors=True)
    for name in _FONTS:
        shutil.copy(asset("fonts") / name, folder.name)
    table = f"<fontconfig><dir>{folder.name}</dir><cachedir>{folder.name}</cachedir></fontconfig>"
    (Path(folder.name) / "fonts.conf").write_text(f"<?xml version='1.0'?>{table}", encoding="utf-8")
    return folder


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Hold back fontconfig's warnings about the system's tables, which are none of ours; let all else through."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            captured.seek(0)
            rest = b"".join(line for line in captured if not line.startswith(b"Fontconfig warning"))
            if rest:
                os.write(2, rest)


class RenderableDigraph(graphviz.Digraph):  # type: ignore[misc, unused-ignore]  # graphviz has no types
    """A `Digraph` that pygraphviz draws where there is no `dot` program: nothing has to be installed by hand."""

    def pipe(self, format: str | None = None, **options: Any) -> bytes | str:
        """Return the picture's bytes, or with `encoding` its text, as the base gives them."""
        try:
            result: bytes | str = super().pipe(format, **options)
            return result
        except graphviz.ExecutableNotFound:
            picture = draw_source(self.source, format or self.format, options.get("engine") or self.engine)
            return picture.decode(options["encoding"]) if options.get("encoding") else picture

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> str:
        """Write the source and the picture, as the base does. Return the picture's path."""
        try:
            path: str = super().render(
                filename, directory=directory, view=view, cleanup=cleanup, format=format, outfile=outfile, **options
            )
            return path
        except graphviz.ExecutableNotFound:
            # The base has checked everything and saved the source.
            kind = format or (Path(outfile).suffix[1:] if outfile is not None else self.format)
            file = Path(self.filepath).with_name(Path(outfile).name) if outfile else Path(f"{self.filepath}.{kind}")
            file.write_bytes(draw_source(self.source, kind, options.get("engine") or self.engine))
            if cleanup:
                Path(self.filepath).unlink()
            if view:
                graphviz.view(file)
            return str(file)


def draw_source(source: str, kind: str, engine: str, background: str = "") -> bytes:
    """Return the picture of DOT source as Graphviz's `engine` draws it, over a background of drawing operations."""
    import pygraphviz

    with _own_fonts():
        drawing = pygraphviz.AGraph(string=source)
        if background:  # set, not written into the source: Graphviz's reader takes no string longer than 16 kB
            drawing.graph_attr["_background"] = background
        picture: bytes = drawing.draw(format=kind, prog=engine)
        drawing.close()
    return picture


_NODE = {"shape": "box", "style": "rounded,filled", "fillcolor": "white", "color": LIGHT.line2, "fontname": "Helvetica"}
_BY_KIND = {
    "parameter": {"shape": "hexagon", "style": "filled", "fillcolor": LIGHT.forward.tint},
    "leaf": {"shape": "ellipse", "style": "filled"},
    "data": {"shape": "ellipse", "style": "dashed"},
    "stub": {"shape": "ellipse", "style": "dotted"},
    "custom": {"shape": "note", "style": "filled"},
    "opaque": {"shape": "box3d", "style": "filled"},
    "loss": {"style": "rounded,filled", "fillcolor": LIGHT.inverse, "fontcolor": "white"},
    "output": {"style": "rounded,filled", "fillcolor": LIGHT.update.tint},
}


def digraph(graph: Graph) -> graphviz.Digraph:
    """Return the whole graph, nothing folded; nodes in order of execution, parallel edges each on their own."""
    nesting = nesting_of(graph)
    whole = RenderableDigraph(
        graph_attr={"ranksep": "0.4", "fontname": "Helvetica"}, node_attr=_NODE, edge_attr={"color": LIGHT.edge}
    )
    bodies: dict[int, graphviz.Digraph] = {-1: whole}
    for cluster in nesting.boxes:
        bodies[cluster] = graphviz.Digraph(name=f"cluster_{cluster}", graph_attr=_cluster(graph, nesting, cluster))
    for node in graph.nodes:
        home = int(nesting.home[graph.index[node.id]])
        bodies[home].node(_name(node.id), _label(graph, nesting, node), **_BY_KIND.get(node.kind, {}))
    for cluster in reversed(nesting.boxes):
        bodies[nesting.parent(cluster)].subgraph(bodies[cluster])
    for edge in graph.edges:
        outputs = graph.node(edge.source).outputs
        more = {"taillabel": str(edge.output_nr), "fontsize": "10"} if outputs > 1 else {}
        whole.edge(_name(edge.source), _name(edge.target), **more)
    return whole


def _cluster(graph: Graph, nesting: Nesting, cluster: int) -> dict[str, str]:
    record = graph.clusters[cluster]
    title = box_texts.cluster_title(graph, cluster, nesting.parent(cluster))
    text = title if title == record.class_name else f"{title}  {record.class_name}"
    if record.uses > 1:
        text += "  " + tr("use {use} of {uses}").format(use=record.use, uses=record.uses)
    fill = LIGHT.cluster[nesting.box_depth[cluster] % 2]
    return {
        "label": graphviz.escape(text),
        "labeljust": "l",
        "style": "rounded,filled",
        "fillcolor": fill,
        "color": LIGHT.cluster_border,
    }


def _label(graph: Graph, nesting: Nesting, node: NodeRecord) -> str:
    title = box_texts.box_title(graph, node, int(nesting.home[graph.index[node.id]]), nesting.cluster_of_lone(node.id))
    # Edges carry no shapes here, so the leaves do.
    subtitle = shape_text(node.shape) if node.kind == "parameter" else box_texts.box_subtitle(graph, node)
    return str(graphviz.escape(title)) + (f"\\n{graphviz.escape(subtitle)}" if subtitle else "")


def _name(node_id: int) -> str:
    # Negative numbers are awkward as DOT names; letters keep leaves and functions apart.
    return f"n{node_id}" if node_id >= 0 else f"leaf{-node_id}"
