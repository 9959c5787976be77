"""The texts in other languages: one catalogue, whole, with the placeholders of the sources."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

import pytest

from gradviz import language

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "resources" / "translations").glob("gradviz_*.ts"))
COLLECT = ["-locations", "none", "-no-obsolete", "-tr-function-alias", "QT_TR_NOOP+=translatable", "-extensions", "py"]


@pytest.fixture
def chinese() -> Iterator[None]:
    """The language of this process, Chinese for one test."""
    before = language.language()
    language.use_language("zh_CN")
    yield
    language.use_language(before)


def messages(path: Path) -> dict[tuple[str, str], ElementTree.Element]:
    return {
        (message.findtext("source", ""), message.findtext("comment", "")): message
        for message in ElementTree.parse(path).iter("message")
    }


def placeholders(text: str) -> list[str]:
    fields = [
        f"{{{name}!{conversion}:{spec}}}" for _, name, spec, conversion in Formatter().parse(text) if name is not None
    ]
    return sorted(fields + re.findall(r"%[sd%]", text))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pyside6-lupdate finds in the sources now."""
    path = tmp_path_factory.mktemp("translations") / "collected.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([tool, *COLLECT, ROOT / "gradviz", "-ts", path], check=True, capture_output=True)
    return path


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_of_the_sources_is_translated(path: Path, collected: Path) -> None:
    known = {key for key, message in messages(path).items() if message.find("translation").get("type") is None}
    missing = [
        text for text, meaning in messages(collected) if (text, meaning) not in known and (text, "") not in known
    ]
    assert missing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_the_placeholders(path: Path) -> None:
    broken = []
    for (text, _), message in messages(path).items():
        translation = message.findtext("translation", "")
        if placeholders(text) != placeholders(translation):
            broken.append((text, translation))
    assert broken == []


def test_texts_are_translated_into_the_language_in_use(chinese: None) -> None:
    assert language.tr("Run") == "运行"
    assert language.tr("no text of ours") == "no text of ours"


def test_texts_stay_as_they_are_in_english() -> None:
    assert language.tr("Run") == "Run"


@pytest.mark.parametrize(("name", "code"), [("zh_CN.UTF-8", "zh_CN"), ("zh", "zh_CN"), ("de_DE", "en"), ("C", "en")])
def test_the_language_is_that_of_the_system_where_none_is_chosen(
    name: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(language.VARIABLE)
    monkeypatch.setenv("LC_ALL", name)
    language.language.cache_clear()
    assert language.language() == code
    language.language.cache_clear()


def test_sentences_are_joined_as_their_writing_has_it() -> None:
    assert language.join_sentences(["It moved.", "", "It fits."]) == "It moved. It fits."
    assert language.join_sentences(["它移动了。", "", "它合适。"]) == "它移动了。它合适。"
    assert language.join_sentences([]) == ""
