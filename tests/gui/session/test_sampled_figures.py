"""What is sampled follows from what is drawn."""

from __future__ import annotations

from gradviz.protocol.commands import SetFigures
from tests.gui.conftest import Desk


def sent(desk: Desk) -> list[SetFigures]:
    return [command for command in desk.commands if isinstance(command, SetFigures)]


def test_the_engine_is_asked_for_what_is_drawn_and_for_nothing_once_nothing_is(desk: Desk) -> None:
    figures = desk.session.figures
    figures.choose("acc/train")
    assert not sent(desk)
    figures.choose("grad_norm/fc")
    figures.choose("layers:activation_zeros")
    figures.set_every(10)
    figures.choose("layers:activation_zeros", chosen=False)
    figures.choose("grad_norm/fc", chosen=False)
    kinds = [(command.kinds, command.every) for command in sent(desk)]
    assert kinds == [(("grad_norm",), 0), (("activations", "grad_norm"), 0), (("activations", "grad_norm"), 10),
                     (("grad_norm",), 10), ((), 10)]  # fmt: skip
    assert figures.chosen == ["acc/train"]


def test_a_new_engine_is_asked_again(desk: Desk) -> None:
    figures = desk.session.figures
    figures.choose("lr")
    figures.on_ready()
    assert [command.kinds for command in sent(desk)] == [("learning_rate",)] * 2
