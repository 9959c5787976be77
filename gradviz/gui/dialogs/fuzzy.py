"""Scores how well a few typed letters fit a name: all in order, better at the start of words and side by side."""

from __future__ import annotations


def score(typed: str, name: str) -> int | None:
    """None if `name` lacks a letter; else the higher the better. Upper and lower case are one; spaces are ignored."""
    wanted = [letter for letter in typed.lower() if not letter.isspace()]
    text = name.lower()
    if not wanted:
        return 0
    if "".join(wanted) in text.replace(" ", ""):
        at = text.find(typed.lower().strip())
        return 1000 - (at if at >= 0 else 100) - len(text) // 8
    total, place, before = 0, 0, -2
    for letter in wanted:
        found = text.find(letter, place)
        if found < 0:
            return None
        starts_word = found == 0 or not text[found - 1].isalnum()
        total += 12 if starts_word else 6 if found == before + 1 else 1
        before, place = found, found + 1
    return total - len(text) // 8
