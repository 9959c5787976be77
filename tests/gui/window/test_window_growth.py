"""The window does not grow: what is opened again and again makes no more widgets and objects than it did before."""

from __future__ import annotations

import gc
from collections import Counter
from functools import partial
from pathlib import Path
from weakref import ref

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton

from gradviz.client.code_consent import code_of
from gradviz.gui.panels.inspector.stop_inspector import SavedRow
from gradviz.gui.widgets.banner import Banner
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Event, GraphChanged, NodeDetails, Opened, StateChanged
from gradviz.protocol.records import HyperparameterRecord, OptimizerChoice, OptimizerRecord, OptionRecord, SavedRecord
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk
from tests.helpers.fake_engine import DEVICES, OPTIMIZERS, graph_record

_KINDS = (
    HyperparameterRecord("width", 4),
    HyperparameterRecord("deep", False),
    HyperparameterRecord("name", "net"),
    HyperparameterRecord("rate", 0.5),
)


def counts(desk: Desk) -> Counter[str]:
    """Widgets, Qt objects of the window, and Python objects of ours and of Qt's by their type."""
    everything = len(desk.window.findChildren(QObject))  # first: Python objects come into being for them
    gc.collect()
    found = Counter(
        f"{type(one).__module__}.{type(one).__name__}"
        for one in gc.get_objects()
        if str(type(one).__module__).partition(".")[0] in ("gradviz", "PySide6")
    )
    found["widgets"] = len(QApplication.allWidgets())
    found["objects of the window"] = everything
    return found


def grown(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    # A document makes its frame anew with each text; that `findChildren` saw the former ones is not the window's doing.
    return {name: count for name, count in (after - before).items() if name != "PySide6.QtGui.QTextFrame"}


def test_opening_the_networks_again_makes_nothing_more(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.show()

    def every_network() -> None:
        for network in NETWORKS:
            desk.session.opening.open(network.id)
            assert desk.session.engine.opened.target == network.id
        desk.commands.clear()

    every_network()
    every_network()
    before = counts(desk)
    for _ in range(3):
        every_network()
    assert grown(before, counts(desk)) == {}


def test_opening_models_with_other_forms_again_makes_nothing_more(desk: Desk, tmp_path: Path) -> None:
    models = []
    for number in range(8):
        models.append(tmp_path / f"model{number}.py")
        models[-1].write_text("def build():\n    return 1, 2\n")
        desk.session.opening.consent.given.give(code_of(read_target(str(models[-1]))))

    def answer(command: Open) -> list[Event]:
        number = models.index(Path(command.target.partition(":")[0]))
        kept = tuple(record for place, record in enumerate(_KINDS * 2) if (number >> place % 3) & 1)
        records = tuple(replace(record, name=f"{record.name}{place}") for place, record in enumerate(kept))
        options = tuple(OptionRecord(f"option{place}", "float", 0.5, common=place < 2) for place in range(number % 4))
        own = OptimizerRecord("Own", (OptionRecord("lr", "float", 1e-3), *options))
        opened = Opened(command.run, command.target, command.target, "cpu", OptimizerChoice("Own", {"lr": 0.01}),
                        DEVICES, (*OPTIMIZERS, own), (), None, "factory", hyperparameters=records,
                        notes=(f"A note of {command.target}.",))  # fmt: skip
        graph = GraphChanged(command.run, 0, f"own{number}", graph_record(f"own{number}"))
        return [opened, graph, StateChanged(command.run, "ready", 0, 1.0)]

    desk.fake.own = answer
    desk.engine_ready()
    desk.window.show()

    def every_model() -> None:
        for model in models:
            desk.session.opening.open(str(model))
            assert desk.session.engine.opened.target == f"{model}:build"
        desk.commands.clear()

    every_model()
    every_model()
    before = counts(desk)
    for _ in range(3):
        every_model()
    assert grown(before, counts(desk)) == {}


def test_a_form_that_was_used_for_another_model_forgets_what_was_typed(desk: Desk, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.py", "two.py")]
    for path in paths:
        path.write_text("def build():\n    return 1, 2\n")
        desk.session.opening.consent.given.give(code_of(read_target(str(path))))

    def answer(command: Open) -> list[Event]:
        name = Path(command.target.partition(":")[0]).stem
        opened = Opened(command.run, command.target, name, "cpu", OptimizerChoice("Manual", {"lr": 0.01}), DEVICES,
                        OPTIMIZERS, (), None, "factory", hyperparameters=(HyperparameterRecord(name, 4),))  # fmt: skip
        return [opened, GraphChanged(command.run, 0, name, graph_record(name)), StateChanged(command.run, "ready", 0)]

    desk.fake.own = answer
    desk.engine_ready()
    sizes = desk.window.networks.form.sizes
    desk.session.opening.open(str(paths[0]))
    field = sizes.field("one")
    field.setText("many")
    field.editingFinished.emit()
    assert sizes.row("one").sentence and field.property("invalid") is True
    field.setText("half typ")
    sent = len(desk.commands)
    desk.session.opening.open(str(paths[1]))
    assert sizes.field("two") is field  # the widget, now of another value
    assert (field.text(), field.accessibleName(), field.property("invalid")) == ("4", "two", False)
    assert not sizes.row("two").sentence and not sizes.row("two").isHidden()
    field.setText("7")
    field.editingFinished.emit()
    assert desk.session.state.setup.hyperparameters == {"two": 7}
    assert not [one for one in desk.commands[sent:] if isinstance(one, Open) and "one" in one.hyperparameters]


def test_tab_follows_the_order_of_the_options_on_the_screen(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.show()
    options = desk.window.networks.form.options
    desk.window.networks.form.optimizer.chosen.emit("Adam")
    desk.window.networks.form.optimizer.chosen.emit("SGD")
    one = options.row("lr").field
    for name in ("momentum", "nesterov"):
        one = one.nextInFocusChain()
        while one is not options.row(name).field:
            assert one not in [options.row(other).field for other in ("lr", "momentum", "nesterov")]
            one = one.nextInFocusChain()


@pytest.mark.parametrize("count", [1, 3])
def test_the_buttons_of_a_banner_and_the_rows_of_saved_tensors_are_used_again(qtbot, count: int) -> None:
    banner, row, pressed = Banner(), SavedRow(), []
    qtbot.addWidget(banner)
    qtbot.addWidget(row)
    for turn in range(5):
        texts = [f"button {turn}.{number}" for number in range(count)]
        banner.show_message(
            "note", "info", "title", "text", [(text, partial(pressed.append, text), False) for text in texts]
        )
        saved = tuple(SavedRecord(f"saved {turn}.{number}", (turn,), "float32", 4) for number in range(count))
        row.show_details(NodeDetails("one", 1, "held", saved))
    buttons = banner.findChildren(QPushButton)
    assert len(buttons) == count and [button.text() for button in buttons] == texts
    buttons[-1].click()
    assert pressed == [texts[-1]]
    assert len(row._links.in_use) == len(row._notes.in_use) == len(row._shapes.in_use) == count
    with qtbot.waitSignal(row.opened) as opened:
        row._links.in_use[-1].click()
    assert opened.args == [f"saved 4.{count - 1}"]


def test_a_pool_gives_its_widgets_in_the_order_in_which_they_were_made(qtbot) -> None:
    made: list[QPushButton] = []

    def make() -> QPushButton:
        made.append(QPushButton())
        qtbot.addWidget(made[-1])
        return made[-1]

    pool = WidgetPool(make)
    first = [pool.take() for _ in range(3)]
    pool.release()
    assert [pool.take()] == first[:1]
    pool.release()
    assert [pool.take() for _ in range(4)] == made and made[:3] == first


def test_a_window_that_is_gone_is_let_go(qapp: QApplication, tmp_path: Path) -> None:
    desk = Desk(qapp, tmp_path / "settings.ini")
    desk.engine_ready()
    desk.window.show()
    window = ref(desk.window)
    desk.window.close()
    for gone in (desk.window, desk.session, desk.theme):
        gone.deleteLater()
    del desk, gone
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert window() is None
