"""Scores how well a few typed letters fit a name: all in order, better at the start of words and side by side."""

from __future__ import annotations


def score(typed: str, name: str) -> int | None:
    """None if `name` lacks a letter; else the higher the better. Upper and lower case are one; spaces are ignored."""
    wanted = [letter for letter in typed.lower() if not letter.isspace()]
    text = name.lower()
    if not wanted:
        return 0
    if "".join(wanted) in text.replace(" ", ""):
        at, starts_word = _place(typed.lower().strip(), text)
        return 1000 + (200 if starts_word else 0) - (at if at >= 0 else 100) - len(text) // 8
    total, place, before = 0, 0, -2
    for letter in wanted:
        found = text.find(letter, place)
        if found < 0:
            return None
        total += 12 if _starts_word(text, found) else 6 if found == before + 1 else 1
        before, place = found, found + 1
    return total - len(text) // 8


def _place(part: str, text: str) -> tuple[int, bool]:
    """Return where `part` is in `text`, preferring the start of a word; -1 if it is nowhere as a whole."""
    first = at = text.find(part)
    while at >= 0:
        if _starts_word(text, at):
            return at, True
        at = text.find(part, at + 1)
    return first, False


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
