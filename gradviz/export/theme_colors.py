"""The colours of exported pictures: those of the window's two themes that a picture needs."""

from __future__ import annotations

from dataclasses import dataclass

from gradviz.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Inks:
    """One theme."""

    canvas: str
    node: str
    node_line: str
    clusters: tuple[str, str]
    cluster_line: str
    edge: str
    text: str
    text3: str
    inverse: str
    inverse_text: str


_INKS = {
    "light": Inks(
        canvas="#F4F5F8",
        node="#FFFFFF",
        node_line="#B9C1CC",
        clusters=("#ECEEF3", "#E4E7ED"),
        cluster_line="#CDD3DC",
        edge="#808B9A",
        text="#191D24",
        text3="#5F6977",
        inverse="#1E232B",
        inverse_text="#FFFFFF",
    ),
    "dark": Inks(
        canvas="#121419",
        node="#252A33",
        node_line="#444C5A",
        clusters=("#191C23", "#1F232B"),
        cluster_line="#363D49",
        edge="#646F80",
        text="#E8EBF0",
        text3="#929BAA",
        inverse="#E8EBF0",
        inverse_text="#14171C",
    ),
}


def inks(theme: str) -> Inks:
    """The colours of `light` or `dark`.

    Raises:
        UnknownNameError: there is no such theme.
    """
    if theme not in _INKS:
        raise UnknownNameError("theme", theme, list(_INKS))
    return _INKS[theme]
