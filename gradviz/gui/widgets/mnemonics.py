"""Letters that press a menu's entry or a dialog's control: given by the text in use, so that none meets another.

A text in a script without Latin letters gets its letter in brackets at the end, as is usual there: `文件(&F)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QMenu, QPushButton, QRadioButton, QWidget

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LETTERED = "lettered"
_GIVEN = re.compile(r"\(&\w\)|(?<!&)&(?=[^&])")


def plain(text: str) -> str:
    """Return a text without the mark of its letter."""
    return _GIVEN.sub("", text)


def with_letters(texts: Sequence[str]) -> list[str]:
    """Return the texts with a letter marked in each, as far as there are letters that no other text has."""
    found, taken = [], set[str]()
    for text in map(plain, texts):
        head, tab, rest = text.partition("\t")
        place = next((at for at in _places(head) if head[at].lower() not in taken), None)
        if place is not None:
            taken.add(head[place].lower())
            head = f"{head[:place]}&{head[place:]}"
        elif head and not any(letter in _LETTERS for letter in head.lower()):
            letter = next(letter for letter in _LETTERS if letter not in taken)
            taken.add(letter)
            head = f"{head}(&{letter.upper()})"
        found.append(head + tab + rest)
    return found


def with_letter(text: str, letter: str) -> str:
    """Return the text with this letter marked, in brackets at the end where it has no such letter."""
    place = plain(text).lower().find(letter.lower())
    return f"{text}(&{letter.upper()})" if place < 0 else f"{text[:place]}&{text[place:]}"


def lettered(menu: QMenu) -> QMenu:
    """Return the menu, whose entries get their letters each time that it opens, since they may have changed."""
    menu.setProperty(_LETTERED, True)
    menu.aboutToShow.connect(lambda: _mark(menu.actions()))
    return menu


def mark_dialog(dialog: QWidget) -> None:
    """Give letters to the buttons of a dialog, and to the labels of its fields."""
    kinds = (QPushButton, QCheckBox, QRadioButton)
    controls: list[QAbstractButton | QLabel] = [w for kind in kinds for w in dialog.findChildren(kind) if w.text()]
    controls += [label for label in dialog.findChildren(QLabel) if label.buddy() is not None and label.text()]
    for control, text in zip(controls, with_letters([control.text() for control in controls]), strict=True):
        control.setText(text)


def _mark(actions: Iterable[QAction]) -> None:
    entries = [action for action in actions if not action.isSeparator() and action.text()]
    for action, text in zip(entries, with_letters([action.text() for action in entries]), strict=True):
        inner = action.menu()
        if isinstance(inner, QMenu) and not inner.property(_LETTERED):
            lettered(inner)
        if text != action.text():
            action.setText(text)


def _places(text: str) -> list[int]:
    """Return where a letter may be marked: the beginnings of words first."""
    places = [at for at, letter in enumerate(text) if letter.lower() in _LETTERS]
    return sorted(places, key=lambda at: (at > 0 and text[at - 1].isalnum(), at))
