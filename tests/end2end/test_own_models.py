"""A person's models in a real window with a real engine: those that open, and those that must not take it along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from gradviz.gui.app import App
from gradviz.gui.dialogs.weights_dialog import WeightsDialog
from gradviz.gui.session.settings import Settings

_LONG = 60_000

_GOOD = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body, self.unused = nn.Linear(3, width), nn.Linear(2, 2)
    def forward(self, x):
        return self.body(x).relu()

def build(width=4):
    return Net(width), torch.randn(5, 3)
"""

# Name → code, and words that the sentence must have.
_BAD = {
    "raises": ("def build():\n    raise ValueError('no data')\n", "no data"),
    "nonsense": ("def build():\n    return 3\n", "returned an int"),
    "nothing": ("def build():\n    pass\n", "its return is missing"),
    "needs": ("def build(width):\n    return width\n", "needs width"),
    "syntax": ("def build(:\n", "is no Python"),
    "imports": ("import no_such_module_here\ndef build(): return 1, 2\n", "does not have"),
    "leaves": ("import sys\ndef build():\n    sys.exit(3)\n", "sys.exit(3)"),
    "empty": ("x = 1\n", "no function called build"),
    "arity": (
        "import torch\ndef build():\n    return torch.nn.Linear(3, 2), (torch.randn(1, 3), 1)\n",
        "was called with 2 values",
    ),
    "vector": (
        "import torch\ndef build():\n    return torch.nn.Linear(3, 2), torch.randn(1, 3), lambda y: y\n",
        "starts from one number",
    ),
    "device": (
        "import torch\ndef build():\n    return torch.nn.Linear(3, 2), torch.randn(1, 3, device='meta')\n",
        "inputs are on meta",
    ),
}


class Opener:
    """A window in which a person says yes."""

    def __init__(self, qapp: QApplication, qtbot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.app = App(qapp, Settings(folder / "settings.ini"), "nn")
        qtbot.addWidget(self.app.window)
        self.app.window.show()
        self.session = self.app.session
        self.banner = self.app.window.graph_panel.banner

    def write(self, name: str, code: str) -> Path:
        path = self.folder / f"{name}.py"
        path.write_text(code)
        return path

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=_LONG)

    def phase(self, *names: str) -> None:
        self.until(lambda: self.session.state.phase in names)

    def open(self, path: Path) -> None:
        """Open, and press Open in the question."""
        opening = self.app.window.opening
        opening.open(str(path))
        self.until(lambda: opening.consent is not None)
        assert opening.consent is not None
        opening.consent.open_button.click()
        self.until(lambda: self.session.state.setup.target.startswith(str(path)))

    def press(self, text: str) -> None:
        buttons = [b for b in self.banner.findChildren(QPushButton) if b.text() == text and not b.isHidden()]
        buttons[-1].click()


@pytest.fixture
def opener(qapp: QApplication, qtbot, tmp_path: Path):
    opener = Opener(qapp, qtbot, tmp_path)
    yield opener
    opener.app.close()
    qapp.setStyleSheet("")


def test_a_factory_opens_after_a_yes_trains_and_takes_up_its_file_as_it_changes(opener: Opener) -> None:
    opener.phase("ready")
    path = opener.write("good", _GOOD + "open(__file__ + '.ran', 'a').write('x')\n")
    ran = Path(f"{path}.ran")
    opening, session = opener.app.window.opening, opener.session
    opening.open(str(path))
    opener.until(lambda: opening.consent is not None)
    assert not ran.exists()
    opening.consent.leave_button.click()
    opener.until(lambda: opening.consent is None)
    assert not ran.exists() and session.state.phase == "ready" and session.state.setup.target == "nn"

    opener.open(path)
    opener.phase("ready")
    assert ran.exists() and session.state.title == "good.py:build"
    assert opening.reach.table is not None and (opening.reach.table.reached, opening.reach.table.total) == (2, 4)
    assert "No loss was given" in opening.banners.banner.text
    session.run_one()
    opener.until(lambda: len(session.state.scalars) == 1 and session.state.phase == "paused")

    form = opener.app.window.networks.form
    form.sizes.field("width").setText("7")
    form.sizes.field("width").editingFinished.emit()
    session.opening.reset()
    opener.phase("ready")
    assert session.engine.opened.parameters[0].shape == (7, 3)

    path.write_text(_GOOD.replace("nn.Linear(2, 2)", "nn.Linear(2, 5)"))
    opener.until(lambda: opening.banners.banner.title == "good.py has changed")
    session.opening.reopen()
    opener.phase("ready")
    assert session.engine.opened.parameters[2].shape == (5, 2)


def test_a_helper_is_not_run_before_a_yes_and_a_changed_torch_gets_another_engine(opener: Opener) -> None:
    opener.phase("ready")
    opening, session = opener.app.window.opening, opener.session
    helper = opener.write(
        "helper", "import torch\nopen(__file__ + '.ran', 'a').write('x')\ntorch.Tensor.mine = lambda s: s\n"
    )
    ran = Path(f"{helper}.ran")
    path = opener.write("main", "import importlib\nimportlib.import_module('hel' + 'per')\n" + _GOOD)
    opener.open(path)
    opener.until(lambda: opening.consent is not None)
    assert opening.consent.helpers.text() == "It imports from its folder: helper.py" and not ran.exists()
    opening.consent.open_button.click()
    opener.phase("ready")
    assert ran.read_text() == "x" and session.state.title == "main.py:build"
    before = opener.app.engine.process_id
    session.opening.reset()
    opener.phase("starting")
    opener.phase("ready")
    assert ran.read_text() == "xx" and opener.app.engine.process_id != before
    assert session.opening.consent.question is None


def test_every_bad_factory_ends_in_one_sentence_and_the_window_goes_on(opener: Opener) -> None:
    opener.phase("ready")
    engine = opener.app.engine.process_id
    for name, (code, words) in _BAD.items():
        path = opener.write(name, code)
        opener.open(path)
        opener.phase("failed", "stopped")
        text = opener.banner.text
        assert words in text and "\n" not in text, f"{name}: {text}"
        assert opener.banner.title, name
    opener.app.window.opening.open(str(opener.folder / "missing.py"))
    assert "no file" in opener.banner.text
    path = opener.write("raises", _GOOD)  # corrected
    opener.app.window.opening.open(str(path))
    opener.until(lambda: opener.app.window.opening.consent is not None)
    opener.app.window.opening.consent.open_button.click()
    opener.phase("ready")
    assert opener.banner.isHidden() and opener.app.engine.process_id == engine


def test_endless_loops_and_segfaults_cost_the_engine_and_not_the_window(opener: Opener) -> None:
    opener.phase("ready")
    session, window = opener.session, opener.app.window
    session.opening.lateness._timer.setInterval(200)
    opener.open(opener.write("endless", "def build():\n    while True:\n        pass\n"))
    opener.until(window.opening.card.isVisible)
    before = opener.app.engine.process_id
    window.opening.card.stop_button.click()
    opener.phase("failed")
    assert opener.app.engine.process_id != before
    assert opener.banner.title == "endless.py:build is not open"

    session.opening.lateness._timer.setInterval(3000)
    opener.open(opener.write("crashes", "import ctypes\ndef build():\n    ctypes.string_at(0)\n"))
    opener.phase("dead")
    assert "SIGSEGV" in opener.banner.title and "crashes.py:build" in opener.banner.text
    opener.press("Restart engine")
    opener.phase("failed")
    assert opener.banner.title == "crashes.py:build is not open"
    opener.press("Open nn")
    opener.phase("ready")
    assert session.state.setup.target == "nn" and opener.banner.isHidden()


def test_weights_are_listed_and_loaded_into_the_open_model(opener: Opener) -> None:
    import torch

    opener.phase("ready")
    path = opener.folder / "w.pt"
    torch.save({"0.weight": torch.zeros(100, 1000), "2.bias": torch.zeros(3), "more": torch.zeros(1)}, path)
    window = opener.app.window
    window.opening.open(str(path))
    opener.until(lambda: window.findChild(WeightsDialog) is not None)
    dialog = window.findChild(WeightsDialog)
    opener.until(dialog.load_button.isEnabled)
    assert dialog.table.rowCount() == 3
    dialog.load_button.click()
    opener.until(lambda: dialog.headline.text() == "1 tensor is in nn now")
    text = dialog.rest.toPlainText()
    assert "more" in text and "2.bias" in text and "0.bias" in text
