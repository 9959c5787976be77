"""The card with a node's derivative: its forward formula, and what backward computes for each input; at an update, the
parameter's step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION, CODE, STRONG, TextStyle
from gradviz.gui.panels.graph.check_content import fill_check
from gradviz.gui.panels.graph.formula import Formula, split
from gradviz.gui.panels.graph.update_content import fill_update
from gradviz.gui.style import fonts
from gradviz.gui.widgets.buttons import LinkButton, icon_button
from gradviz.gui.widgets.card import CARD_WIDTH, FoldingCard, separator
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.model.derivative.derivatives import Derivative, GradientLine, Hop, Token
from gradviz.protocol.explanations import CheckRecord, UpdateRecord

_SIDE = 17
_PROJECTOR_WIDTH = 440
_PROJECTOR, _PROJECTOR_TITLE = 1.25, 1.3


class DerivativeCard(FoldingCard):
    """Shows a `Derivative`; hidden when there is none. Escape and the cross ask to close it."""

    closed = Signal()
    """The user closed the card; it is hidden already."""
    check_requested = Signal()
    """The shown derivative is to be checked."""
    state_requested = Signal(str)
    """Name of what the optimizer keeps that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(1, 9, 1, 1))
        self._derivative: Derivative | None = None
        self._update: UpdateRecord | None = None
        """Shown in place of a derivative."""
        self._check: CheckRecord | None = None
        """Shown in place of both."""
        self._saved = self._remark = ""
        self._projector = False
        self._headings = ("", "", "")
        """The texts of the head, from the whole to what there is always room for."""
        self._title = ElidedLabel("text", fonts.font(STRONG))
        self._close = icon_button("close", self.tr("Close the derivative"), self._dismiss, size=14)
        self._close.setToolTip(self.tr("Close"))
        self.head.setContentsMargins(_SIDE - 1, 0, 9, 0)
        self.head.addWidget(self._title, 1)
        for button in (self.caret, self._close):
            self.head.addWidget(button)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Formulas"))
        self._scroll.viewport().setAutoFillBackground(False)
        self.rest_body.addWidget(self._scroll)
        self.hide()

    def set_derivative(self, derivative: Derivative | None, saved: str = "", remark: str = "") -> None:
        """Show a node's derivative, a sentence on what it saved, and a `remark` that is added to the rule's note."""
        shown = self._check is None and self._update is None
        if shown and (derivative, saved, remark) == (self._derivative, self._saved, self._remark):
            return
        self._derivative, self._saved, self._remark = derivative, saved, remark
        self._update = self._check = None
        self._fill()
        self.setVisible(derivative is not None and self.parent() is not None)

    def set_update(self, update: UpdateRecord) -> None:
        """Show the optimizer's step of a parameter."""
        if (update, None) != (self._update, self._check):
            self._update, self._derivative, self._check = update, None, None
            self._fill()
        self.setVisible(self.parent() is not None)

    def set_check(self, check: CheckRecord) -> None:
        """Show the check of a derivative."""
        if check != self._check:
            self._check, self._update, self._derivative = check, None, None
            self._fill()
        self.setVisible(self.parent() is not None)

    def set_projector(self, projector: bool) -> None:
        """Show formulas of 22 pixels on a wider card, for a lecture hall, or the usual ones."""
        if projector != self._projector:
            self._projector = projector
            self.full_width = _PROJECTOR_WIDTH if projector else CARD_WIDTH
            self.setFixedWidth(self.full_width)
            self._title.set_text_font(fonts.font(STRONG, scale=_PROJECTOR_TITLE if projector else 1))
            self._fill()

    def wanted_height(self) -> int:
        """Return the height of all formulas, at most what is available."""
        content = self._scroll.widget()
        if content is None or self.is_folded:
            return self.head_height
        layout = content.layout()
        assert layout is not None
        layout.activate()
        head = max(self._title.sizeHint().height(), self._close.sizeHint().height())
        margins = self.body.contentsMargins()
        needed = head + layout.totalHeightForWidth(self.width() - 2) + margins.top() + margins.bottom()
        scrolled = needed > self._available
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus if scrolled else Qt.FocusPolicy.NoFocus)
        # Left to itself, a bar that was there while the card grew would stay: it narrows the formulas, and what wraps
        # because of it is then too high to go without it.
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if scrolled else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._scroll.setVerticalScrollBarPolicy(bar)
        return min(needed, max(self._available, 80))

    def text(self) -> str:
        """Return the text of the card, a line for each formula, shape and path."""
        content = self._scroll.widget()
        parts = content.findChildren(QWidget) if content is not None else []
        lines = [part.text() for part in parts if isinstance(part, (Formula, WrappingLabel, ElidedLabel))]
        return "\n".join([self._headings[0], *lines])

    def _head_forms(self) -> list[int]:
        buttons = self.caret.sizeHint().width() + self.head.spacing()
        closing = self._close.sizeHint().width() + self.head.spacing()
        widths = [self._title.width_of(heading) for heading in self._headings]
        return [width + buttons + (closing if width != widths[-1] else 0) for width in widths]

    def _show_folded(self, folded: bool, width: int) -> None:
        form = self._form_for(width) if folded else 0
        self._title.setText(self._headings[form])
        self._close.setHidden(form == len(self._headings) - 1)
        self.setToolTip(self._headings[0] if form else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the card by Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
        else:
            super().keyPressEvent(event)

    def _dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def _fill(self) -> None:
        derivative, update = self._derivative, self._update
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(_SIDE - 1, 0, _SIDE - 1, 13)
        column.setSpacing(0)
        if self._check is not None:
            self._headings = self.tr("Derivative checked"), self.tr("Derivative"), "∂"
            fill_check(column, self._check)
        elif update is not None:
            self._headings = self.tr("Update of {name}").format(name=update.parameter), self.tr("Update"), "Δ"
            fill_update(column, update, projector=self._projector, open_state=self.state_requested.emit)
        elif derivative is not None:
            whole = self.tr("Derivative of {name}").format(name=derivative.title)
            self._headings = whole, self.tr("Derivative"), "∂"
            self._fill_derivative(column, derivative)
        else:
            self._scroll.takeWidget()
            return
        self._show_folded(self.is_folded, self.width())
        self._scroll.setWidget(content)
        content.setAutoFillBackground(False)
        self.setAccessibleName(self._headings[0])
        self.setAccessibleDescription(self.text())
        self.settle()

    def _fill_derivative(self, column: QVBoxLayout, derivative: Derivative) -> None:
        if derivative.known:
            self._fill_forward(column, derivative)
            for line in derivative.gradients:
                self._fill_gradient(column, line)
        else:
            column.addSpacing(4)
            text = derivative.note or self.tr("No rule for {name} here.").format(name=derivative.title)
            column.addWidget(self._paragraph("text2", text))
        note = f"{derivative.note} {self._remark}".strip() if derivative.known else ""
        for text in filter(None, (note, self._saved)):
            self._separate(column)
            column.addWidget(self._paragraph("text2", text))
        if derivative.checkable:
            link = LinkButton(self.tr("Check this derivative"), padding=0)
            link.clicked.connect(self.check_requested)
            column.addSpacing(6)
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _fill_forward(self, column: QVBoxLayout, derivative: Derivative) -> None:
        left, right = split(derivative.forward)
        self._add_formula(column, left, right, "forward", derivative.forward_shapes)
        if derivative.named:
            column.addSpacing(4)
            self._add_formula(column, *split(derivative.named), "forward", "")

    def _fill_gradient(self, column: QVBoxLayout, line: GradientLine) -> None:
        self._separate(column)
        left = (Token("grad ", "text"), Token(line.input, "variable"))
        self._add_formula(column, left, line.formula, "backward" if line.route else "text3", line.shapes)
        column.addWidget(self._paragraph("text3", self.route_text(line.route)))

    def _add_formula(
        self, column: QVBoxLayout, left: Sequence[Token], right: Sequence[Token], role: str, shapes: str
    ) -> None:
        formula = Formula()
        formula.set_projector(self._projector)
        formula.set_formula(left, right, role)
        column.addWidget(formula)
        column.addSpacing(0 if not self._projector else 2)
        if shapes:
            column.addWidget(self._paragraph("text2", shapes, CODE))

    def _separate(self, column: QVBoxLayout) -> None:
        column.addSpacing(8)
        column.addWidget(separator())
        column.addSpacing(7)

    def _paragraph(self, role: str, text: str, style: TextStyle = CAPTION) -> WrappingLabel:
        font = fonts.font(style, scale=_PROJECTOR if self._projector else 1)
        return WrappingLabel(role, font, text, padding=1.5)

    def route_text(self, route: Sequence[Hop]) -> str:
        """Return where a gradient goes: `to t, then term 1 of 2 for middle_linear.weight`."""
        if not route:
            return self.tr("wants no gradient, so none is computed")
        shown = list(route)
        texts = [self._hop(hop) for hop in shown]
        if len(texts) > 3:  # of a long path through views the ends are enough
            texts[1:-1] = [self.tr("{count} more views").format(count=len(texts) - 2)]
        return self.tr(", then ").join(texts)

    def _hop(self, hop: Hop) -> str:
        term, terms = hop.term
        if terms > 1:
            return self.tr("term {term} of {terms} for {name}").format(term=term, terms=terms, name=hop.name)
        return self.tr("to {name}").format(name=hop.name)
