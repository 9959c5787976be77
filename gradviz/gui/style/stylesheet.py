"""The style sheet: what a QPalette cannot say about bars, tabs, buttons, fields, lists, scroll bars and cards.

Widgets ask for a look by a dynamic property, set before they are shown:

* `QPushButton`, `QToolButton`: `primary` true for the one filled button; `flat_icon` true for an icon alone
* `QLabel`: `role` of `headline`, `title`, `strong`, `caption`, `label`, `head`, `mono`, `mono_caption`, `link`, `error`
  or `warning`; `chip` true for a small rounded tag; `key` true for a key cap
* `QFrame`: `card` true for a card over the canvas; `tint` of `error` or `warning` for a banner; `line` true for a
  separator of one pixel; `ground` of `panel`, `window`, `canvas` or `raised`
* fields (`QLineEdit`, spin boxes, combo boxes): `mono` true for numbers and code
"""

from __future__ import annotations

from dataclasses import fields
from string import Template

from gradviz.appearance.palette import Palette
from gradviz.gui.style.fonts import MONO_FAMILY, UI_FAMILY

_BARS = """
QMainWindow, QDialog { background: $panel; }
QMenuBar { background: $window; color: $text2; padding: 3px 8px 0 8px; border: none; }
QMenuBar::item { background: transparent; padding: 2px 8px; border-radius: 5px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $panel; color: $text; border: 1px solid $line2; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 5px; }
QMenu::item:selected { background: $row_tint; color: $text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url("$picture_check_menu"); }
QMenu::right-arrow { image: url("$picture_right"); width: 12px; height: 12px; margin-right: 6px; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $line; padding: 0 8px; spacing: 4px; }
QToolBar::separator { background: $line2; width: 1px; margin: 6px 9px; }
QToolBar QFrame[bar="true"] { border: none; border-left: 1px solid $line2; margin-left: 8px; }
QToolBar QToolButton { padding: 5px; border: 1px solid transparent; border-radius: 6px; color: $text; }
QToolBar QToolButton:hover { background: $hover; }
QToolBar QToolButton:pressed { background: $line; }
QToolBar QToolButton:checked { background: $row_tint; color: $accent; }
QToolBar QToolButton:focus { border-color: $accent; }
QToolBar QToolButton:disabled { color: $disabled; background: transparent; }
QStatusBar { background: $window; color: $text2; border-top: 1px solid $line; min-height: 27px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $text2; font-size: 12px; }
QSizeGrip { image: none; width: 0; height: 0; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }
QDockWidget { color: $text; titlebar-close-icon: url("$picture_close"); }
QDockWidget::title { background: $panel; padding: 8px 16px; border-bottom: 1px solid $line; text-align: left; }
QToolTip { background: $raised; color: $text; border: 1px solid $line2; padding: 4px 6px; }
"""

_TABS = """
QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }
QTabWidget::tab-bar { left: 10px; }
QTabBar { background: $panel; border: none; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text2; font-weight: 500; padding: 8px 2px 7px 2px; margin: 0 9px;
    border: none; border-bottom: 2px solid transparent; min-height: 18px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $disabled; }
QTabBar QToolButton { background: $panel; border: none; }
"""

_BUTTONS = """
QPushButton { background: transparent; color: $text; border: 1px solid $line2; border-radius: 6px; padding: 0 14px;
    min-height: 30px; font-weight: 600; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:checked { background: $row_tint; color: $accent; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled; border-color: $line; background: transparent; }
QPushButton[primary="true"], QPushButton:default, QToolButton[primary="true"], QToolBar QToolButton[primary="true"] {
    background: $accent_fill; color: $on_accent; border: 1px solid $accent_fill; font-weight: 600; }
QToolButton[primary="true"], QToolBar QToolButton[primary="true"] { border-radius: 6px; padding: 4px 12px;
    min-height: 22px; }
QPushButton[primary="true"]:hover, QPushButton:default:hover, QToolBar QToolButton[primary="true"]:hover {
    background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:pressed, QPushButton:default:pressed, QToolBar QToolButton[primary="true"]:pressed {
    background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[primary="true"]:focus, QPushButton:default:focus, QToolBar QToolButton[primary="true"]:focus {
    border: 2px solid $accent; }
QPushButton[primary="true"]:disabled, QPushButton:default:disabled, QToolBar QToolButton[primary="true"]:disabled {
    background: transparent; color: $disabled; border: 1px solid $line; }
QToolBar QToolButton[primary="false"] { background: $raised; color: $text; border: 1px solid $line2;
    border-radius: 6px; padding: 4px 12px; min-height: 22px; font-weight: 600; }
QToolBar QToolButton[primary="false"]:hover { background: $hover; }
QToolBar QToolButton[primary="false"]:disabled { background: transparent; color: $disabled; border-color: $line; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 3px;
    color: $text2; }
QToolButton:hover { background: $hover; color: $text; }
QToolButton:pressed { background: $line; }
QToolButton:checked { background: $hover; color: $text; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $disabled; background: transparent; }
QToolButton::menu-indicator { image: none; }
QToolButton[card="true"] { background: $panel; border: 1px solid $line; border-radius: 8px; padding: 4px 10px; }
QToolButton[chooser="true"] { padding-right: 24px; }
QToolButton[chooser="true"]::menu-indicator { image: url("$picture_down"); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 7px; }
QToolButton[card="true"]:hover { background: $hover; }
QToolButton[card="true"]:checked { background: $row_tint; }
QToolButton[card="true"]:focus { border-color: $accent; }
"""

_FIELDS = """
QLineEdit, QAbstractSpinBox, QComboBox { background: $raised; color: $text; border: 1px solid $line2;
    border-radius: 5px; padding: 0 8px; min-height: 24px; selection-background-color: $accent_fill;
    selection-color: $on_accent; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $text3; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { background: transparent; color: $disabled;
    border-color: $line; }
QLineEdit[mono="true"], QAbstractSpinBox[mono="true"], QComboBox[mono="true"] {
    font-family: "$mono"; font-size: 12px; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $error; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0 0 0 6px;
    background: transparent; }
QComboBox::drop-down { border: none; width: 24px; subcontrol-origin: border; subcontrol-position: center right; }
QComboBox::down-arrow { image: url("$picture_down"); width: 14px; height: 14px; }
QComboBox::down-arrow:disabled { image: url("$picture_down_off"); }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line2; padding: 4px; outline: none; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 5px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { background: transparent; border: none; width: 18px; }
QAbstractSpinBox::up-arrow { image: url("$picture_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$picture_down"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off { image: url("$picture_up_off"); }
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off { image: url("$picture_down_off"); }
QCheckBox { spacing: 8px; color: $text; background: transparent; }
QCheckBox:disabled { color: $disabled; }
QCheckBox::indicator, QTreeWidget::indicator { width: 14px; height: 14px; border: 1px solid $line2;
    border-radius: 4px; background: $raised; }
QCheckBox::indicator:hover { border-color: $text3; }
QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QTreeWidget::indicator:checked { background: $accent_fill; border-color: $accent_fill;
    image: url("$picture_check"); }
QCheckBox::indicator:indeterminate { background: $accent_fill; border-color: $accent_fill;
    image: url("$picture_partly"); }
QCheckBox::indicator:disabled { background: transparent; border-color: $line; }
QCheckBox::indicator:checked:disabled { image: url("$picture_check_off"); }
QSlider::groove:horizontal { height: 2px; background: $line2; border-radius: 1px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 1px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 6px; background: $accent; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; text-align: right; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
"""

_LISTS = """
QAbstractItemView { background: $panel; color: $text; border: none; outline: none; alternate-background-color: $panel;
    selection-background-color: $row_tint; selection-color: $text; }
QListView::item, QTreeView::item { min-height: 26px; padding: 0 6px; }
QListView::item { border-radius: 5px; }
QTableView::item { padding: 0 6px; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $row_tint; color: $text; }
QTableView { gridline-color: $line; }
QHeaderView::section { background: $panel; color: $text3; border: none; border-bottom: 1px solid $line;
    padding: 4px 8px; font-size: 11px; font-weight: 600; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 8px; height: 8px;
    subcontrol-origin: margin; subcontrol-position: top center; }
QHeaderView::up-arrow { image: url("$picture_up"); }
QHeaderView::down-arrow { image: url("$picture_down"); }
QPlainTextEdit, QTextEdit, QTextBrowser { background: $panel; color: $text; border: none;
    selection-background-color: $row_tint; selection-color: $text; }
QPlainTextEdit[field="true"] { background: $raised; border: 1px solid $line2; border-radius: 5px; padding: 0 4px;
    font-family: "$mono"; font-size: 12px; }
QPlainTextEdit[field="true"]:hover { border-color: $text3; }
QPlainTextEdit[field="true"]:focus { border-color: $accent; }
QPlainTextEdit[field="true"][invalid="true"] { border-color: $error; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: transparent; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

_ROLES = """
QLabel { background: transparent; }
QLabel[role="headline"] { font-size: 20px; font-weight: 600; color: $text; }
QLabel[role="title"] { font-size: 16px; font-weight: 600; color: $text; }
QLabel[role="strong"] { font-weight: 600; color: $text; }
QLabel[role="label"] { font-size: 12px; color: $text2; }
QLabel[role="caption"] { font-size: 12px; color: $text3; }
QLabel[role="head"] { font-size: 11px; font-weight: 600; color: $text3; }
QLabel[role="mono"] { font-family: "$mono"; font-size: 12px; color: $text; }
QLabel[role="mono_caption"] { font-family: "$mono"; font-size: 11px; color: $text3; }
QLabel[role="link"] { color: $accent; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[chip="true"] { background: $raised; color: $text2; border-radius: 9px; padding: 2px 8px; font-size: 12px; }
QLabel[key="true"] { background: $raised; color: $text2; border: 1px solid $line2; border-radius: 4px;
    padding: 0 5px; font-size: 12px; }
QLabel:disabled { color: $disabled; }
QFrame[card="true"] { background: $panel; border: 1px solid $line; border-radius: 8px; }
QFrame[line="true"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[tint="error"] { background: $error_tint; border: none; border-radius: 6px; }
QFrame[tint="warning"] { background: $warning_tint; border: none; border-radius: 6px; }
QFrame[tint="note"] { background: $raised; border: none; border-radius: 6px; }
QWidget[ground="panel"] { background: $panel; }
QWidget[ground="window"] { background: $window; }
QWidget[ground="canvas"] { background: $canvas; }
QWidget[ground="raised"] { background: $raised; }
"""


def build(palette: Palette, pictures: dict[str, str]) -> str:
    """Return the whole sheet in the colors of `palette`; `pictures` gives the paths of the arrows and ticks by name.

    Raises:
        KeyError: a picture or a color that the sheet uses is missing.
    """
    words = {field.name: getattr(palette, field.name) for field in fields(palette)}
    words |= {f"picture_{name.replace('-', '_')}": path for name, path in pictures.items()}
    words |= {"mono": MONO_FAMILY, "family": UI_FAMILY}
    return Template(_BARS + _TABS + _BUTTONS + _FIELDS + _LISTS + _ROLES).substitute(words)
