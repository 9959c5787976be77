"""Widths of the drawing's texts, without Qt: from the advances of the two shipped fonts."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Face = Literal["title", "text", "mono"]
"""Inter semibold, Inter regular, JetBrains Mono."""

# Advances of U+0020 to U+007E in thousandths of the size, read from Inter-SemiBold.otf and Inter-Regular.otf.
_TITLE = (
    "248 309 396 643 649 844 663 213 393 393 543 673 295 466 290 379 667 481 621 652 666 632 648 587 646 "
    "648 290 295 673 673 673 544 999 724 657 744 724 608 586 755 744 275 561 677 566 906 741 775 643 776 "
    "651 649 660 734 724 1007 690 705 653 393 379 393 481 468 497 575 630 577 630 593 377 625 613 261 261 "
    "569 261 898 610 608 625 625 397 549 380 608 576 837 562 576 562 393 358 393 673 "
)
_TEXT = (
    "281 278 403 631 638 812 639 222 362 362 500 659 280 460 276 357 625 464 605 636 642 608 624 571 616 "
    "624 276 280 659 659 659 507 936 676 651 727 719 598 587 743 740 264 543 652 562 889 753 761 635 761 "
    "639 638 642 741 676 949 642 665 625 362 357 362 469 452 497 564 621 558 621 582 361 609 591 237 237 "
    "544 237 869 585 597 609 609 372 523 364 581 557 812 540 557 541 362 327 362 659 "
)
_MORE = {
    "title": {
        "×": 673,
        "…": 806,
        "−": 673,
        "·": 290,
        "→": 955,
        "←": 955,
        "↓": 955,
        "↑": 955,
        "µ": 652,
        "é": 593,
        "–": 500,
        "—": 1000,
    },
    "text": {
        "×": 659,
        "…": 821,
        "−": 659,
        "·": 276,
        "→": 955,
        "←": 955,
        "↓": 955,
        "↑": 955,
        "µ": 622,
        "é": 582,
        "–": 500,
        "—": 1000,
    },
}
_UNKNOWN = {"title": 680, "text": 650, "mono": 600}
_MONO = 600
_WIDE, _FIRST_WIDE = 1000, "\u2e80"
"""From there on (Chinese, Japanese, Korean) characters are as wide as they are high, in every face."""


def _table(face: str, advances: str) -> dict[str, int]:
    return {chr(32 + i): int(advance) for i, advance in enumerate(advances.split())} | _MORE[face]


_ADVANCES = {"title": _table("title", _TITLE), "text": _table("text", _TEXT)}


@lru_cache(maxsize=8192)
def width(text: str, face: Face, size: float) -> float:
    """Return the width of one line; both in pixels. Kerning is left out: it never widens a name."""
    if text.isascii() and face == "mono":
        return len(text) * _MONO * size / 1000
    advances, unknown = _ADVANCES.get(face, {}), _UNKNOWN[face]
    wide = sum(_WIDE if character >= _FIRST_WIDE else advances.get(character, unknown) for character in text)
    return wide * size / 1000
