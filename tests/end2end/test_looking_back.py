"""Looking back, in the real window: each point shows what it showed when the engine stopped there."""

from __future__ import annotations

from gradviz.gui.app import App
from tests.end2end.test_stepping import step
from tests.end2end.test_window_and_engine import drawn, open_app, phase

__all__ = ["open_app"]
_LONG = 60_000


def has_all(app: App) -> bool:
    """Whether the Inspector has all tensors that it asked for, and what the selected node has saved is known."""
    page, selection = app.window.inspector.stop_page, app.session.selection
    node = selection.node
    known = node is None or node.kind != "function" or node.id in app.session.engine.details
    return known and not page._timer.isActive() and not page._asked and not app.window.overlays._place_timer.isActive()


def seen(app: App) -> dict[str, object]:
    """What Inspector and cards say of the point that is shown."""
    page, cards = app.window.inspector.stop_page, app.window.overlays
    tensors = []
    for column in page.tensors.columns:
        if not column.picture.isVisible():
            continue
        answer = column.answer
        norm = answer.statistics.norm if answer is not None and answer.statistics is not None else None
        tensors.append((column.choice.what, column.choice.index, norm))
    return {
        "node": app.session.selection.node_id,
        "order": page._order.text(),
        "tensors": tensors,
        "saved": page.saved._size.text() if page.saved.isVisible() else "",
        "why": cards.stop._why.text(),
        "result": cards.stop._result.text(),
        "derivative": cards.derivative.text().strip() if cards.derivative.isVisible() else "",
    }


def look(qtbot, app: App) -> dict[str, object]:
    """Return what is seen once it does not change any more."""
    last: list[dict[str, object]] = [{}, {}]

    def rests() -> bool:
        last.append(seen(app) if has_all(app) else {})
        return bool(last[-1]) and last[-3] == last[-2] == last[-1]

    qtbot.waitUntil(rests, timeout=_LONG)
    return last[-1]


def test_each_point_of_the_past_shows_what_it_showed_when_it_was_next(qtbot, open_app) -> None:
    app = open_app("nn")
    session = app.session
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    step(qtbot, app, "next_iteration")
    then: dict[int, dict[str, object]] = {}
    while not session.engine.stop.after:
        then[session.engine.point.index] = look(qtbot, app)
        step(qtbot, app, "step_in")
    assert len(then) > 10
    for index in sorted(then, reverse=True):
        session.steps.move_cursor(index)
        assert look(qtbot, app) == then[index]
