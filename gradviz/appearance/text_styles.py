"""The type scale: every way in which text is set, by name. `gui.style.fonts.font` makes a `QFont` of a style.

* Inter: `HEADLINE` for an empty page, `TITLE` for a dialog or a card, `BODY` (`BODY_MEDIUM`, `STRONG`) for what is read
  and for controls, `CAPTION` (`CAPTION_MEDIUM`, `CAPTION_STRONG`) for labels, rows and notes, `SMALL` (`SMALL_MEDIUM`,
  `SMALL_STRONG`) for heads of tables and axes, `TAG` for the flag of a node.
* JetBrains Mono: `CODE` (`CODE_STRONG`) for code and numbers, `CODE_SMALL` (`CODE_SMALL_STRONG`) beside captions,
  `CODE_LARGE` for the number that a card or a box is about.
"""

from __future__ import annotations

from typing import NamedTuple


class TextStyle(NamedTuple):
    """One way of setting text: `size` in pixels at 100 %, `weight` as in CSS, and which of the two families."""

    size: float
    weight: int = 400
    mono: bool = False


HEADLINE = TextStyle(20, 600)
TITLE = TextStyle(16, 600)
STRONG = TextStyle(13, 600)
BODY_MEDIUM = TextStyle(13, 500)
BODY = TextStyle(13)
CAPTION_STRONG = TextStyle(12, 600)
CAPTION_MEDIUM = TextStyle(12, 500)
CAPTION = TextStyle(12)
SMALL_STRONG = TextStyle(11, 600)
SMALL_MEDIUM = TextStyle(11, 500)
SMALL = TextStyle(11)
TAG = TextStyle(10, 700)
CODE_LARGE = TextStyle(13, mono=True)
CODE_STRONG = TextStyle(12, 600, mono=True)
CODE = TextStyle(12, mono=True)
CODE_SMALL_STRONG = TextStyle(11, 600, mono=True)
CODE_SMALL = TextStyle(11, mono=True)
