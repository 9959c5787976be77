"""The layout's process: placements survive the way, the newest wins, unknown graphs are asked for."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np

from gradviz.export.overlay_shading import LegendContent, Shade, Shading
from gradviz.layout.layout import place
from gradviz.layout_process import worker
from gradviz.layout_process.messages import (
    AnyAnswer,
    PictureAnswer,
    PictureRequest,
    PlacementAnswer,
    PlaceRequest,
    RefusalAnswer,
    SeenPlacement,
    answer_decoder,
    encode,
    pack,
    request_decoder,
    unpack,
)
from tests.helpers.graphs import dynamic, two_layers


def answers_to(*requests: PlaceRequest | PictureRequest) -> list[AnyAnswer]:
    sent: list[AnyAnswer] = []
    worker.Worker(sent.append).handle(requests)
    return sent


def request(generation: int = 1, *, known: bool = False) -> PlaceRequest:
    graph = dynamic(2)
    return PlaceRequest(generation, graph.signature, None if known else graph.record)


def test_a_placement_comes_back_from_bytes_as_it_was():
    placement = place(dynamic(2))
    again = unpack(pack(placement))
    for field in dataclasses.fields(placement):
        ours, theirs = getattr(placement, field.name), getattr(again, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
            np.testing.assert_array_equal(ours, theirs)
        else:
            assert ours == theirs


def test_an_empty_placement_comes_back_too():
    from tests.helpers.graphs import GraphBuilder

    again = unpack(pack(place(GraphBuilder().build())))
    assert again.points.shape == (0, 2) and again.edge_start.tolist() == [0]


def test_of_several_placements_asked_for_only_the_last_is_made():
    answers = answers_to(request(1), request(2), request(3))
    assert [answer.generation for answer in answers] == [3]


def test_a_picture_is_never_superseded():
    picture = PictureRequest(1, "two-layers", two_layers().record, format="svg")
    answers = answers_to(picture, request(2))
    assert isinstance(answers[0], PictureAnswer) and answers[0].picture.startswith(b"<?xml")
    assert isinstance(answers[1], PlacementAnswer)


def test_what_is_seen_is_drawn_as_it_is_placed_and_colored():
    placement = place(two_layers())
    placement = dataclasses.replace(placement, box_title=("seen",) * len(placement.box_title))
    seen = SeenPlacement(pack(placement), Shading({2: Shade("#123456")}, LegendContent("Size", "of the first output")))
    picture = PictureRequest(1, "two-layers", two_layers().record, format="svg", seen=seen)
    (again,) = request_decoder().feed(encode(picture))
    (answer,) = answers_to(again)
    assert isinstance(answer, PictureAnswer)
    assert all(part in answer.picture for part in (b">seen<", b"#123456", b">of the first output<"))


def test_a_graph_that_was_sent_once_is_known_by_its_signature():
    sent: list[AnyAnswer] = []
    served = worker.Worker(sent.append)
    served.handle([request(1)])
    served.handle([request(2, known=True)])
    assert [type(answer) for answer in sent] == [PlacementAnswer, PlacementAnswer]


def test_an_unknown_signature_is_asked_for():
    (answer,) = answers_to(request(1, known=True))
    assert isinstance(answer, RefusalAnswer) and answer.unknown_graph


def test_a_picture_that_cannot_be_is_refused_with_a_sentence():
    (answer,) = answers_to(PictureRequest(1, "two-layers", two_layers().record, format="gif"))
    assert isinstance(answer, RefusalAnswer) and "svg" in answer.message and not answer.unknown_graph


def test_the_process_answers_frames_and_ends_with_its_input():
    asked = encode(request(7)) + encode(PictureRequest(8, "dynamic-2", format="dot"))
    done = subprocess.run(
        [sys.executable, "-m", "gradviz.layout_process"], input=asked, capture_output=True, timeout=60
    )
    answers = list(answer_decoder().feed(done.stdout))
    assert done.returncode == 0
    assert [answer.generation for answer in answers] == [7, 8]
    assert isinstance(answers[0], PlacementAnswer) and len(unpack(answers[0].placement).box_node) == 21
