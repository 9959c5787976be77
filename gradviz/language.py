"""Translates the texts that users read, in every process, from the catalogues in `resources/translations`."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterable, Sequence
from functools import cache

from gradviz.assets import asset

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""The languages by their codes, each called by its own name. The sources are in English."""
VARIABLE = "GRADVIZ_LANGUAGE"
"""The environment variable that names the language; the processes that are started inherit it."""


def use_language(code: str) -> None:
    """Translate into a language from here on, in the processes started from here on too. Empty: the system's."""
    os.environ[VARIABLE] = code
    language.cache_clear()


@cache
def language() -> str:
    """Return the code of the language in use: that of the environment variable, or the system's, or English."""
    return resolve(os.environ.get(VARIABLE, ""))


def resolve(code: str) -> str:
    """Return the code of the language that `code` means: the system's, or English, where it names none."""
    if code in LANGUAGES:
        return code
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    system = next(filter(None, names), "") or locale.getlocale()[0] or ""
    return "zh_CN" if system.lower().startswith(("zh", "chinese")) else "en"


def tr(text: str, meaning: str = "") -> str:
    """Return `text` in the language in use; as it is where the catalogue has no translation of it.

    Where texts are formatted, the placeholders stay: format what is returned. `meaning` distinguishes texts that are
    the same in English alone. `pyside6-lupdate` collects literal arguments of this function and of `translatable`.
    """
    return tr_into(language(), text, meaning)


def tr_into(code: str, text: str, meaning: str = "") -> str:
    """Return `text`, marked by `translatable`, in another language than the one in use."""
    return text if code == "en" else _find(catalogue(code), text, meaning)


def translatable(text: str, meaning: str = "") -> str:
    """Return `text` itself: it stays in a table, and is translated by `tr` where it is shown."""
    return text


def join_sentences(sentences: Iterable[str]) -> str:
    """Return sentences as one text, with a blank between them where the writing has one; empty ones are left out."""
    text = ""
    for sentence in filter(None, sentences):
        text += f" {sentence}" if text and text[-1] not in "。！？：；" else sentence
    return text


def listed(words: Sequence[str]) -> str:
    """Return `a, b and c`; empty for no words."""
    if len(words) < 2:
        return "".join(words)
    return tr("{words} and {last}").format(words=", ".join(words[:-1]), last=words[-1])


@cache
def catalogue(code: str) -> dict[tuple[str, str], str]:
    """Return the translations of a language by source text and meaning; without those that are not finished."""
    from xml.etree import ElementTree  # not for English, which needs no catalogue

    tree = ElementTree.parse(asset(f"translations/gradviz_{code}.ts"))
    found = {}
    for message in tree.iter("message"):
        translation = message.find("translation")
        if translation is not None and translation.get("type") is None and translation.text:
            found[message.findtext("source", ""), message.findtext("comment", "")] = translation.text
    return found


def _find(texts: dict[tuple[str, str], str], text: str, meaning: str) -> str:
    return texts.get((text, meaning)) or texts.get((text, "")) or text
