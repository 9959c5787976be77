"""What is exported comes in again as it was, and what other programs wrote comes in too."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboardX import SummaryWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import RecordWriter

from gradviz.errors import GradvizError
from gradviz.runs.exchange.formats import export_run, import_runs
from gradviz.runs.exchange.rows import from_rows, to_rows
from gradviz.runs.library import RunLibrary
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, Points, RunFacts

SERIES = {
    LOSS: Points(
        np.array([0, 1, 2, 2, 5]), np.array([10.0, 11.5, 12, 12.25, 13]), np.array([0.1, math.nan, math.inf, 3, 4])
    ),
    "norm/0.weight": Points(np.array([1, 5]), np.array([11.5, 13]), np.array([-math.inf, 1 / 3])),
}
steps = st.lists(st.integers(-(2**40), 2**40), max_size=20)


@pytest.fixture
def library(tmp_path: Path) -> RunLibrary:
    return RunLibrary(tmp_path / "runs")


def record(library: RunLibrary, **facts: object) -> str:
    recording = Recording(library.folder, RunFacts(id=new_id(), began=10, **facts), pytest.fail)  # type: ignore[arg-type]
    for name, points in SERIES.items():
        recording.add_points(name, *points)
    recording.close("finished")
    return recording.id


def series_of(library: RunLibrary, run: str) -> dict[str, Points]:
    with library.open(run) as reader:
        return {name: reader.points(name) for name in reader.metrics}


def bring_in(path: Path, library: RunLibrary, said: list[str] | None = None) -> dict[str, dict[str, Points]]:
    """Return the metrics of each run that comes in, by its title."""
    ids = import_runs(path, library.folder, (said if said is not None else []).append)
    return {library.find(each).title: series_of(library, each) for each in ids}


def assert_equal(found: dict[str, Points], *, single: bool = False) -> None:
    assert set(found) == set(SERIES)
    for name, points in SERIES.items():
        assert found[name].steps.tolist() == points.steps.tolist()
        np.testing.assert_array_equal(found[name].times, points.times)
        values = points.values.astype("f4").astype("f8") if single else points.values
        np.testing.assert_array_equal(found[name].values, values)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_comes_in_as_it_went_out(library: RunLibrary, tmp_path: Path, suffix: str) -> None:
    with library.open(record(library)) as reader:
        path = export_run(reader, tmp_path / f"a{suffix}")
    assert_equal(bring_in(path, library)["a"])


def test_a_folder_for_tensorboard_comes_in_in_single_precision(library: RunLibrary, tmp_path: Path) -> None:
    with library.open(run := record(library, name="lr 1/10")) as reader:
        place = export_run(reader, tmp_path / "logs")
    assert place == tmp_path / "logs" / f"lr 1-10 {run}"
    assert_equal(bring_in(tmp_path / "logs", library)[place.name], single=True)


def test_a_csv_has_a_row_for_each_step_and_every_digit(library: RunLibrary, tmp_path: Path) -> None:
    with library.open(record(library)) as reader:
        text = export_run(reader, tmp_path / "a.csv").read_text()
    assert text.splitlines() == [
        "step,timestamp,loss,norm/0.weight",
        "0,1970-01-01T00:00:10+00:00,0.1,",
        "1,1970-01-01T00:00:11.500000+00:00,nan,-inf",
        "2,1970-01-01T00:00:12+00:00,inf,",
        "2,1970-01-01T00:00:12.250000+00:00,3.0,",
        "5,1970-01-01T00:00:13+00:00,4.0,0.3333333333333333",
    ]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from("abc"), steps.filter(len)))
def test_rows_hold_every_point_once(found: dict[str, list[int]]) -> None:
    metrics = {
        name: Points(np.array(each), np.zeros(len(each)), np.arange(len(each)) * 1.0) for name, each in found.items()
    }
    rows = to_rows(metrics)
    assert sorted(rows.steps.tolist()) == rows.steps.tolist()
    for name, points in from_rows(rows).items():
        assert sorted(zip(found[name], range(len(found[name])), strict=True)) == [
            (step, value) for step, value in zip(points.steps.tolist(), points.values.tolist(), strict=True)
        ]


def test_what_torchs_writer_wrote_comes_in_and_what_is_no_scalar_is_counted(
    library: RunLibrary, tmp_path: Path
) -> None:
    for name, rate in (("adam/one", 0.5), ("sgd", 0.25)):
        with SummaryWriter(str(tmp_path / "logs" / name)) as writer:
            for step in range(3):
                writer.add_scalar("Loss/train", rate * step, step)
            writer.add_text("notes", "hello")
    said: list[str] = []
    found = bring_in(tmp_path / "logs", library, said)
    assert {name: series["Loss/train"].values.tolist() for name, series in found.items()} == {
        "adam/one": [0, 0.5, 1],
        "sgd": [0, 0.25, 0.5],
    }
    assert said == [
        "one: 1 entries that are no scalars are left out.",
        "sgd: 1 entries that are no scalars are left out.",
    ]


def test_scalars_of_tensorflow_2_come_in(library: RunLibrary, tmp_path: Path) -> None:
    event = Event(wall_time=1, step=7)
    for name, dtype, parts in (("a", 1, {"float_val": [0.5]}), ("b", 2, {"tensor_content": np.float64(0.1).tobytes()}),
                               ("c", 1, {"float_val": [1, 2]})):  # fmt: skip
        value = event.summary.value.add(tag=name)
        value.metadata.plugin_data.plugin_name = "scalars"
        value.tensor.dtype = dtype
        value.tensor.MergeFrom(type(value.tensor)(**parts))
    writer = RecordWriter(str(tmp_path / "events.out.tfevents.1"))
    writer.write(event.SerializeToString())
    writer.close()
    (series,) = bring_in(tmp_path / "events.out.tfevents.1", library).values()
    assert {name: points.values.tolist() for name, points in series.items()} == {"a": [0.5], "b": [0.1]}


@pytest.mark.parametrize(("cut", "said"), [(slice(None, -5), 0), (slice(None, 150), 1)])
def test_a_file_that_is_cut_or_damaged_comes_in_up_to_there(
    library: RunLibrary, tmp_path: Path, cut: slice, said: int
) -> None:
    with library.open(record(library)) as reader:
        (path,) = export_run(reader, tmp_path / "logs").iterdir()
    path.write_bytes(path.read_bytes()[cut] + b"\x01" * 30 * said)
    sentences: list[str] = []
    (series,) = bring_in(path, library, sentences).values()
    assert series[LOSS].steps.tolist() == SERIES[LOSS].steps.tolist()[: len(series[LOSS].steps)]
    assert len(sentences) == said and all("is damaged from byte" in sentence for sentence in sentences)


def test_a_csv_of_tensorboard_or_a_spreadsheet_comes_in(library: RunLibrary, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\ufeffWall time,Step,Value,note\n1.5,0,2.5,x\n\n2.5,1e1,,y\n", encoding="utf-8")
    said: list[str] = []
    (series,) = bring_in(path, library, said).values()
    assert series["Value"].steps.tolist() == [0] and series["Value"].times.tolist() == [1.5]
    assert said == ["The column note holds no numbers; it is left out."]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "", "has no column called step"),
        ("a.csv", "loss\n1\n", "has no column called step"),
        ("a.csv", "step,loss\nx,1\n", "a.csv, row 2: 'x' is no step"),
        ("a.csv", "step,loss\n1,\n", "has no numbers to show"),
        ("a.csv", "step,note\n1,hello\n", "has no numbers to show"),
        ("a.xls", "", "is no known format; name a file that ends in one of .csv, .parquet, or a folder"),
        ("gone.csv", None, "cannot be read: No such file"),
    ],
)
def test_what_cannot_come_in_is_said_and_leaves_nothing(
    library: RunLibrary, tmp_path: Path, name: str, text: str | None, sentence: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(GradvizError, match=sentence):
        import_runs(path, library.folder, print)
    assert library.runs() == []


def test_a_folder_without_event_files_is_named(library: RunLibrary, tmp_path: Path) -> None:
    with pytest.raises(GradvizError, match="has no event files"):
        import_runs(tmp_path, library.folder, print)


def test_what_cannot_be_written_is_said(library: RunLibrary, tmp_path: Path) -> None:
    with library.open(record(library)) as reader:
        with pytest.raises(GradvizError, match=r"cannot be written: No such file"):
            export_run(reader, tmp_path / "nowhere" / "a.csv")
        with pytest.raises(GradvizError, match="is no known format"):
            export_run(reader, tmp_path / "a.json")


@pytest.mark.parametrize(
    ("columns", "last"), [("Loss/train,lr", 2.0), ("lr,train_loss", 3.0), ("loss,a loss", 2.0), ("acc,lr", 2.0)]
)
def test_an_imported_run_is_summed_up_by_what_is_most_like_a_loss(
    library: RunLibrary, tmp_path: Path, columns: str, last: float
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"step,{columns}\n0,2,3\n")
    (run,) = import_runs(path, library.folder, print)
    assert library.find(run).last == last
