"""`gradviz doctor`: checks what works on this machine, with a remedy for what does not."""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Literal, TextIO

from gradviz.cli.qt_libraries import how_to_install, libraries_named_in, missing_libraries, plugin_of
from gradviz.language import tr, translatable
from gradviz.protocol.process_lifetime import isolation_options

_REMEDY = translatable(
    "run gradviz on a desktop, through ssh -X, or under xvfb-run; gradviz run and gradviz render need no screen"
)


def why_no_screen(environment: Mapping[str, str], platform: str) -> str:
    """Return one sentence with a remedy; empty if there is a screen, or if that is not known."""
    if not platform.startswith("linux"):
        return ""
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen not in ("", "xcb"):
        return ""
    display = environment.get("DISPLAY", "")
    if environment.get("WAYLAND_DISPLAY") and chosen != "xcb":
        return ""
    if not display:
        return tr("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): {remedy}.").format(
            remedy=tr(_REMEDY)
        )
    if not _answers(display):
        return tr("There is no screen here (DISPLAY is {display}, and nothing answers there): {remedy}.").format(
            display=display, remedy=tr(_REMEDY)
        )
    return ""


def _answers(display: str) -> bool:
    """Whether an X server listens at a local display; True for a display elsewhere, which only Qt can judge."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    # Most servers listen at the abstract name too, and some at that alone.
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2.0)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


Verdict = Literal["ok", "note", "broken"]

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined: `what` is its name, `found` what was seen, `remedy` what helps."""

    verdict: Verdict
    what: str
    found: str
    remedy: str = ""


def examine(out: TextIO) -> int:
    """Examine everything and print a line for each. Return 1 if something that gradviz needs is broken, else 0."""
    broken = False
    for check in _CHECKS:
        for finding in check():
            broken |= finding.verdict == "broken"
            print(f"{finding.verdict:<7} {finding.what:<12} {finding.found}", file=out)
            if finding.remedy:
                print(f"{'':<20} → {finding.remedy}", file=out)
    return 1 if broken else 0


def _python() -> Iterator[Finding]:
    yield Finding("ok", "Python", f"{platform.python_version()}, {platform.platform()}")


def _distribution() -> Iterator[Finding]:
    """Check that no other project's package of the same name lies over this one: pip would mix their files."""
    try:
        other = metadata.distribution("gradviz")
    except metadata.PackageNotFoundError:
        return
    yield Finding(
        "broken",
        "gradviz",
        tr("a distribution called gradviz {version} is installed, whose files are in the same folder").format(
            version=other.version
        ),
        tr("python -m pip uninstall gradviz, then install gradviz-desktop again"),
    )


def _torch() -> Iterator[Finding]:
    code = "import torch; print(torch.__version__)"
    done = _ask(code)
    if done.returncode != 0:
        yield Finding(
            "broken", "torch", _last_line(done.stderr), tr("reinstall it: python -m pip install --force torch")
        )
        return
    yield Finding("ok", "torch", done.stdout.strip())
    code = "from gradviz.engine.loading.devices import devices\nfor d in devices(): print(d.id, d.title)"
    done = _ask(code)
    if done.returncode != 0:
        yield Finding("note", "devices", _last_line(done.stderr), tr("check the GPU's driver; cpu works without"))
        return
    for line in done.stdout.splitlines():
        yield Finding("ok", "device", line)


def _qt() -> Iterator[Finding]:
    done = _ask("import PySide6; print(PySide6.__version__); from PySide6 import QtWidgets, QtSvg")
    if done.returncode != 0:
        yield Finding("broken", "Qt", _last_line(done.stderr), _remedy_for(done.stderr))
        return
    yield Finding("ok", "Qt", f"PySide6 {done.stdout.strip()}")
    yield from _platform("offscreen")
    reason = why_no_screen(os.environ, sys.platform)
    if reason:
        sentence, _, remedy = reason.partition(": ")
        yield Finding("note", "screen", tr("{sentence}; the window cannot open").format(sentence=sentence), remedy)
    elif os.environ.get("QT_QPA_PLATFORM", "") != "offscreen":
        yield from _platform(os.environ.get("QT_QPA_PLATFORM", ""))


def _platform(name: str) -> Iterator[Finding]:
    """Check that Qt can start on a platform; in another process, since Qt aborts where it cannot."""
    code = "from PySide6.QtWidgets import QApplication; a = QApplication([]); print(a.platformName())"
    environment = {**os.environ, "QT_QPA_PLATFORM": name} if name else dict(os.environ)
    done = _ask(code, environment)
    if done.returncode == 0:
        yield Finding("ok", "Qt platform", done.stdout.strip())
        return
    missing = missing_libraries(plugin_of(name or "xcb"))
    remedy = how_to_install(missing) if missing else _remedy_for(done.stderr)
    found = tr("{value} does not start").format(value=name or "xcb") + (
        tr(": {missing} missing").format(missing=", ".join(missing)) if missing else ""
    )
    yield Finding("broken", "Qt platform", found, remedy)


def _graphviz() -> Iterator[Finding]:
    code = (
        "import pygraphviz as p; g = p.AGraph(directed=True); g.add_edge('a', 'b'); g.layout('dot');"
        "assert g.get_node('a').attr['pos']; print('pygraphviz', p.__version__)"
    )
    done = _ask(code)
    if done.returncode == 0:
        yield Finding("ok", "Graphviz", done.stdout.strip())
    else:
        remedy = tr("its wheels carry Graphviz: python -m pip install --force-reinstall --only-binary :all: pygraphviz")
        yield Finding("broken", "Graphviz", _last_line(done.stderr), remedy)


def _resources() -> Iterator[Finding]:
    from gradviz.assets import asset

    missing = []
    for name in ("fonts/Inter-Regular.otf", "fonts/JetBrainsMono-Regular.ttf", "icons"):
        try:
            asset(name)
        except FileNotFoundError:
            missing.append(name)
    if missing:
        yield Finding(
            "broken", "resources", tr("{missing} missing").format(missing=", ".join(missing)), tr("reinstall gradviz")
        )
    else:
        yield Finding("ok", "resources", tr("fonts and icons are in place"))


_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_python, _distribution, _torch, _qt, _graphviz, _resources)


def _ask(code: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh interpreter: what it imports may crash."""
    command = [sys.executable, *isolation_options(), "-c", code]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(
            command, 1, "", tr("no answer in {patience:.0f} seconds").format(patience=_PATIENCE)
        )


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else tr("it ended without a word")


def _remedy_for(complaint: str) -> str:
    if missing := libraries_named_in(complaint):
        return how_to_install(missing)
    return tr("reinstall it: python -m pip install --force-reinstall PySide6-Essentials")
