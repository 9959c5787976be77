"""Names, docstrings and comments are written in plain engineering English: the terms that the field searches for."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A word of the project's former dialect, and what is written instead. Sentences for users are not searched.
INSTEAD = {
    "a person, persons?, people, who looks, whoever": "user",
    "tells?, telling, told, hears?, heard, says": "emit, notify, report, send, receive",
    "stands?, standing, stood": "stop, be paused, current stop; or plain 'is'",
    "keepers?, shelf, shelves": "cache, store",
    "births?": "node creation",
    "joints?": "controller",
    "intent, desk": "step request, services",
    "sealing": "signature",
    "cures?": "error hint",
    "deaf": "isolated, dispatch modes disabled",
    "hugging, abreast, insides": "detour routing, in columns, level layout",
    r"colour\w*, grey": "color, gray, as Qt and torch have it",
}
_WORDS = re.compile(r"\b(" + "|".join(word for words in INSTEAD for word in words.split(", ")) + r")\b", re.IGNORECASE)


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Docstrings and comments of a source, and its names split into words, each with its line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif token.type == tokenize.NAME:
            yield token.start[0], re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", token.string).replace("_", " ")


def findings(text: str) -> list[tuple[int, str]]:
    return [(line, found[0]) for line, each in prose(text) for found in _WORDS.finditer(each)]


@pytest.mark.parametrize(
    "word", ["def hear_all(): ...", "# it is told", '"""What a person sees."""', "class Keeper: ..."]
)
def test_dialect_is_found(word: str) -> None:
    assert len(findings(word)) == 1


@pytest.mark.parametrize("word", ['say("Nothing is told")', "# threshold, understanding", "shelved = 1"])
def test_sentences_for_users_and_parts_of_words_are_not(word: str) -> None:
    assert not findings(word)


def test_sources_are_written_in_plain_engineering_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in sorted((ROOT / "gradviz").rglob("*.py"))
        for line, word in findings(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"write instead: {INSTEAD}"
