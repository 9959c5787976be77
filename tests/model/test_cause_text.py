"""What is written about the links of a chain."""

from __future__ import annotations

from gradviz.model.explanation.cause_text import culprit_of, headline_text, limits_text, line_notes
from gradviz.protocol.cause_records import BlameLink, ExtentRecord

NEAR = ExtentRecord("input", (2,), "float16", -6e4, 6e4, count=2, headroom=1.09)


def link(name: str, **more: object) -> BlameLink:
    return BlameLink("Why.", "forward", 1, 1, name, file="net.py", line=4, **more)  # type: ignore[arg-type]


def test_how_near_the_limit_values_are_is_said_until_one_is_beyond_it() -> None:
    fine = ExtentRecord("output", (2,), "float16", 0, 1, count=2, headroom=65504)
    assert (
        limits_text(link("add", inputs=(NEAR,), outputs=(fine,))) == "float16: 1.09 times what is there would overflow"
    )
    beyond = ExtentRecord("output", (2,), "float16", infs=1, count=2)
    assert limits_text(link("add", inputs=(NEAR,), outputs=(beyond,))) == ""


def test_what_is_meant_is_not_at_fault() -> None:
    nan = ExtentRecord("output", (2,), "float32", nans=1, count=2)
    chain = (link("masked_fill", role="meant"), link("add", role="meant"), link("softmax", outputs=(nan,)))
    assert culprit_of(chain) == 2
    assert headline_text(chain, "") == "softmax, line 4 made the first NaN"
    assert culprit_of(chain[:2]) == 0


def test_lines_have_the_numbers_and_roles_of_their_links() -> None:
    assert line_notes((link("a", role="saved"), link("b"), BlameLink("Why.", "forward"))) == {
        ("net.py", 4): "1 saved · 2"
    }
