"""Ask for a file to save to, and write it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gradviz.files import write_regular
from gradviz.language import tr


def ask_save_path(
    parent: QWidget, title: str, start: str | Path, kinds: dict[str, str], *, strict: bool = False
) -> str:
    """Return the path that the user chose, with a suffix; empty if there is none.

    `kinds` names the kinds of file by their suffixes; that of `start` is offered first. A name without a suffix gets
    that of the kind that was chosen; where `strict`, one with a suffix of none of them does, too.
    """
    filters = {suffix: f"{name} (*.{suffix})" for suffix, name in kinds.items()}
    offered = Path(start).suffix.removeprefix(".")
    path, chosen = QFileDialog.getSaveFileName(
        parent, title, str(start), ";;".join(filters.values()), filters.get(offered, "")
    )
    suffix = Path(path).suffix.removeprefix(".").lower()
    if path and (suffix not in filters if strict else not suffix):
        path += "." + next((suffix for suffix, text in filters.items() if text == chosen), offered)
    return path


def write_file(path: str | Path, contents: bytes | str) -> str:
    """Write a file, and return the sentence to show: that it was written, or why it cannot be."""
    data = contents if isinstance(contents, bytes) else contents.encode("utf-8", "backslashreplace")
    try:
        write_regular(Path(path), data)
    except OSError as error:
        return unwritable(path, error)
    return tr("Wrote {0}").format(path)


def unwritable(path: str | Path, error: OSError) -> str:
    """Return the sentence that a file cannot be written, with the reason."""
    sentence = tr("{0} cannot be written: {1}. Choose another place.")
    return sentence.format(path, error.strerror or str(error))
