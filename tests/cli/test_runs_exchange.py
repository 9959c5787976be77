"""`gradviz runs export` and `import` go through the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.cli.main import main


def test_a_csv_comes_in_and_goes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text("step,timestamp,loss\n0,1970-01-01T00:00:01+00:00,0.5\n")
    assert main(["runs", "import", str(source)]) == 0
    number, title, count, _ = capsys.readouterr().out.split()
    assert (title, count) == ("a", "1")
    assert main(["runs", "export", number, "-o", str(target)]) == 0
    assert capsys.readouterr().out.strip() == str(target) and target.read_text() == source.read_text()


@pytest.mark.parametrize("words", [["import", "nowhere.csv"], ["export", "nobody", "-o", "a.csv"]])
def test_what_is_not_there_gets_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", *words]) == 2
    assert capsys.readouterr().err.startswith("gradviz: ")
