"""A `graphviz.Digraph` that draws itself with the Graphviz that pip installed, where there is no `dot` program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import graphviz


class RenderableDigraph(graphviz.Digraph):
    """Behaves as its base; where that finds no `dot`, pygraphviz draws, and nothing has to be installed by hand."""

    def pipe(self, format: str | None = None, **options: Any) -> bytes | str:
        """Return the picture's bytes, or with `encoding` its text, as the base gives them."""
        try:
            return super().pipe(format, **options)
        except graphviz.ExecutableNotFound:
            picture = _draw(self.source, format or self.format, options.get("engine") or self.engine)
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
        """Write the source and the picture, as the base does. Returns the picture's path."""
        try:
            return super().render(
                filename, directory=directory, view=view, cleanup=cleanup, format=format, outfile=outfile, **options
            )
        except graphviz.ExecutableNotFound:
            # The base has checked everything and saved the source.
            kind = format or (Path(outfile).suffix[1:] if outfile is not None else self.format)
            path = Path(self.filepath).with_name(Path(outfile).name) if outfile else Path(f"{self.filepath}.{kind}")
            path.write_bytes(_draw(self.source, kind, options.get("engine") or self.engine))
            if cleanup:
                Path(self.filepath).unlink()
            if view:
                graphviz.view(path)
            return str(path)


def _draw(source: str, kind: str, engine: str) -> bytes:
    import pygraphviz

    from gradviz.export.fontconfig import own_fonts

    with own_fonts():
        drawing = pygraphviz.AGraph(string=source)
        picture = drawing.draw(format=kind, prog=engine)
        drawing.close()
    return picture
