"""Lines of JSON: read into requests, or refused in a sentence, however they are nested and whatever is in them."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.terminal.json_requests import Request, RequestError, read_request

DEEPEST = 100

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values, st.booleans())
def test_an_id_of_any_json_value_comes_back(value: object, ascii_only: bool) -> None:
    line = json.dumps({"command": "graph", "id": value}, ensure_ascii=ascii_only)
    assert read_request(line) == Request(command="graph", id=value)


@pytest.mark.parametrize("opening", ["[", '{"[": '])
@pytest.mark.parametrize("recursion_limit", [400, 100_000])
def test_the_depth_that_is_read_does_not_depend_on_the_interpreter(opening: str, recursion_limit: int) -> None:
    def nested(depth: int) -> str:
        return f'{{"command": "reach", "id": {opening * depth}1{ {"[": "]"}.get(opening, "}") * depth }}}'

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(recursion_limit)
    try:
        request = read_request(nested(DEEPEST - 1))  # the line's own braces are one more
        assert json.loads(json.dumps(request.id)) == request.id
        for depth in (DEEPEST, 2000, 50_000):
            with pytest.raises(RequestError, match="more than 100 deep"):
                read_request(nested(depth))
        with pytest.raises(RequestError, match="more than 100 deep"):
            read_request("[" * 50_000)
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("text", ["[" * 500, '"' + "{" * 500, "\\" + "[" * 500, '\\"' + "[" * 500 + "\\"])
def test_brackets_in_a_text_are_no_nesting(text: str) -> None:
    assert read_request(json.dumps({"command": "reach", "id": text})).id == text


@given(st.text(st.sampled_from('[]{}"\\ ,:a1'), max_size=300) | st.text())
def test_any_other_line_is_refused_in_a_sentence(line: str) -> None:
    with pytest.raises(RequestError) as refused:  # none of these names a command
        read_request(line)
    assert str(refused.value).endswith(".") and refused.value.id is None


@pytest.mark.parametrize("iteration", [-1, 2**53 + 1, 10**400])
def test_an_iteration_that_cannot_be_is_refused(iteration: int) -> None:
    line = f'{{"command": "set_breakpoints", "breakpoints": [{{"kind": "iteration", "iteration": {iteration}}}]}}'
    with pytest.raises(RequestError, match="iteration"):
        read_request(line)
