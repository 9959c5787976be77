"""Every command and every example in README.md and docs/ does what the text says; every link leads somewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradviz.cli import main as cli
from gradviz.networks.catalogue import NETWORKS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PROMPT = re.compile(r"\(gradviz[ \d-]*\) (.*)")
_SUBCOMMANDS = (
    "run",
    "debug",
    "render",
    "lesson",
    "networks",
    "devices",
    "optimizers",
    "doctor",
    "desktop",
    "runs",
    "compare",
)
_LINK = re.compile(r"\]\(([^)#\s]+)\)")


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block: its language, the file that it is the text of, and its text."""

    document: Path
    language: str
    file: str
    text: str

    @property
    def title(self) -> str:
        return f"{self.document.name}: {self.text.splitlines()[0][:50]}"


BLOCKS = [
    CodeBlock(document, *found.groups())
    for document in DOCUMENTS
    for found in _BLOCK.finditer(document.read_text(encoding="utf-8"))
]


def blocks_of(language: str, containing: str = "") -> list[CodeBlock]:
    return [block for block in BLOCKS if block.language == language and containing in block.text]


def commands_of(block: CodeBlock) -> list[str]:
    return block.text.replace("\\\n", " ").splitlines()


def opens_window(command: str) -> bool:
    words = command.split()
    return words[0] == "gradviz" and words[1:2] not in [[each] for each in _SUBCOMMANDS]


COMMANDS = [
    (block, command) for block in blocks_of("sh", "gradviz") for command in commands_of(block) if "pip" not in command
]


def run(words: list[str], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command line that may call `gradviz`, in `folder`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(words, cwd=folder, env=environment, input=text, capture_output=True, text=True, timeout=110)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the files that the document shows."""
    document = request.node.callspec.params["block"].document
    for block in BLOCKS:
        if block.document == document and block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("block", "command"), [pair for pair in COMMANDS if not opens_window(pair[1])], ids=lambda value: str(value)[:60]
)
def test_a_command_of_the_documents_succeeds(block: CodeBlock, command: str, folder: Path) -> None:
    command = command.replace("resources/examples", f"{ROOT}/resources/examples")
    shell = f'gradviz() {{ "{sys.executable}" -m gradviz "$@"; }}; {command}'
    done = run(["bash", "-o", "pipefail", "-c", shell], folder)
    assert done.returncode == 0, done.stderr
    for file in re.findall(r" -o (\S+)", command):
        assert (folder / file).stat().st_size > 100


@pytest.mark.parametrize(
    ("block", "command"), [pair for pair in COMMANDS if opens_window(pair[1])], ids=lambda value: str(value)[:60]
)
def test_a_command_that_opens_the_window_names_a_target_that_is_found(
    block: CodeBlock, command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, list[str]]] = []

    def note(program: list[str], target: str, arguments: list[str], python: str) -> int:
        opened.append((target, list(arguments)))
        return 0

    monkeypatch.setattr("gradviz.gui.start.main", note)
    monkeypatch.setattr("gradviz.cli.doctor.why_no_screen", lambda *_: "")
    monkeypatch.setattr("gradviz.cli.qt_libraries.why_qt_cannot_start", lambda *_: "")
    monkeypatch.chdir(folder)
    words = command.split()[1:]
    assert cli.main(words) == 0
    words = words[1:] if words[0] == "open" else words
    assert opened == [(words[0], words[1:])]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_table_of_lessons_has_a_row_for_each_network(readme: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+ \|$", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [network.id for network in NETWORKS]


@pytest.mark.parametrize("block", blocks_of("python"), ids=lambda block: block.title)
def test_an_example_runs_as_plain_python(block: CodeBlock, folder: Path) -> None:
    done = run([sys.executable, "-c", block.text], folder)
    assert done.returncode == 0, done.stderr


def sessions() -> list[list[str]]:
    """The lines of each session in a terminal, which begins with `$ gradviz` and may go on in later blocks."""
    found: list[list[str]] = []
    for line in [line for block in blocks_of("console", "(gradviz") for line in block.text.splitlines()]:
        if line.startswith("$ gradviz "):
            found.append([])
        found[-1].append(line)
    return found


@pytest.mark.parametrize("lines", sessions(), ids=lambda lines: lines[0].split()[-1])
def test_a_session_in_the_terminal_goes_as_the_manual_shows_it(lines: list[str], tmp_path: Path) -> None:
    commands = [found[1] for line in lines if (found := _PROMPT.match(line))]
    assert len(commands) > 2
    words = [word.replace("resources/", f"{ROOT}/resources/") for word in lines[0].split()[2:]]
    done = run([sys.executable, "-m", "gradviz", *words], tmp_path, "\n".join(commands))
    printed = iter(_without_numbers(done.stdout.splitlines()))
    shown = _without_numbers([line for line in lines if not line.startswith(("(gradviz", "$", "…"))])
    assert not [line for line in shown if line not in printed]


def _without_numbers(lines: list[str]) -> list[str]:
    """Times differ from run to run, and last digits from machine to machine."""
    return [re.sub(r"[-\d.]+( m?µ?s)?|\s+", " ", line) for line in lines]


def test_the_json_lines_of_the_manual_come_in_this_order(tmp_path: Path) -> None:
    block = next(block for block in blocks_of("sh", "--json") if block.document.stem == "json-protocol")
    shell = f'gradviz() {{ "{sys.executable}" -m gradviz "$@"; }}; {block.text}'
    events = iter(map(json.loads, run(["bash", "-c", shell], tmp_path).stdout.splitlines()))
    shown = next(b for b in blocks_of("json") if b.document == block.document).text.splitlines()
    for line in shown:
        wanted = {
            name: value
            for name, value in json.loads(line.replace(", …", "")).items()
            if not isinstance(value, dict | list) and name not in ("torch", "python", "gradviz")
        }
        assert any(wanted == {name: event.get(name) for name in wanted} for event in events), line


def test_every_json_command_of_the_manual_is_known(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "json-protocol.md").read_text(encoding="utf-8")
    table = manual[manual.index("## Commands") : manual.index("## Events")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(names) > 12
    lines = "\n".join(json.dumps({"command": name, "id": name}) for name in [*names, "no_such"] if name != "quit")
    done = run([sys.executable, "-m", "gradviz", "debug", "autograd", "--json", "--steps", "2"], tmp_path, lines)
    failures = {e.get("id"): e["message"] for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "failed"}
    unknown = failures.pop("no_such").replace("no_such", "{}")
    assert not [name for name, message in failures.items() if message == unknown.format(name)]


def test_the_manual_of_the_command_line_has_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    manual = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for command in ("open", *_SUBCOMMANDS):
        assert f"`gradviz {command}" in manual or f"`gradviz [{command}]" in manual
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        options = set(re.findall(r"(?<![\w-])--[a-z]+", capsys.readouterr().out)) - {"--help", "--version", "--output"}
        assert not [option for option in options if option not in manual]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_leads_to_a_file(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert not [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_a_file_that_is_named_exists(name: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    named = {found for found in re.findall(r"`([\w./]+)`", text) if "/" in found and "NAME" not in found}
    assert len(named) > 5
    folders = (ROOT, ROOT / "gradviz", ROOT / "gradviz" / "engine")
    assert not [each for each in named if not any((f / each).exists() or (f / f"{each}.py").exists() for f in folders)]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 190
