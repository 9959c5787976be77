"""Files of weights: listed without running their code, and put into the open model where they fit."""

from __future__ import annotations

import pickle
import struct
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.loading.weight_files import WeightFile, put_weights, read_weights
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.protocol.commands import ListWeights, LoadWeights, Open, Run, StepIn
from gradviz.protocol.events import Failed, LossBatch, StateChanged, WeightsListed, WeightsLoaded
from gradviz.targets.target_spec import read_target
from tests.engine.serving.test_server import kinds, served

SMALL = {"n": 4, "d_in": 3, "h": 2, "d_out": 1}


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wte = nn.Embedding(5, 3)
        self.norm = nn.BatchNorm1d(3)
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.wte(x)))


class Mischief:
    def __reduce__(self) -> Any:
        return (Path.touch, (Path("it-ran"),))


def fit(model: nn.Module, tensors: dict[str, torch.Tensor]):
    return put_weights(Experiment(model, torch.zeros(2, dtype=torch.long)), WeightFile(Path("f"), tensors, ""))


def test_both_kinds_of_file_are_listed(tmp_path: Path) -> None:
    tensors = {"a.weight": torch.ones(2, 3), "b": torch.ones(4, dtype=torch.float16)}
    torch.save(tensors, tmp_path / "w.pt")
    torch.save(tensors, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    save_file(tensors, tmp_path / "w.safetensors")
    for name in ("w.pt", "old.pth", "w.safetensors"):
        listed = served(ListWeights(str(tmp_path / name)))[-1]
        assert isinstance(listed, WeightsListed)
        found = {(r.name, r.shape, r.dtype, r.size) for r in listed.tensors}
        assert found == {("a.weight", (2, 3), "float32", 24), ("b", (4,), "float16", 8)}


def test_the_state_dict_is_found_in_a_checkpoint(tmp_path: Path) -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    content = {"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict(), "epoch": 3}
    torch.save(content, tmp_path / "c.pt")
    file = read_weights(tmp_path / "c.pt")
    assert list(file.tensors) == ["weight", "bias"]
    assert "model_state_dict" in file.message
    assert "epoch" in file.message and "optimizer_state_dict" in file.message
    torch.save({"generator": model.state_dict(), "critic": model.state_dict()}, tmp_path / "two.pt")
    assert "critic.weight" in read_weights(tmp_path / "two.pt").tensors
    torch.save(torch.ones(3), tmp_path / "one.pt")
    assert list(read_weights(tmp_path / "one.pt").tensors) == ["tensor"]


def test_code_in_a_file_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"weights": torch.ones(2), "mischief": Mischief()}, tmp_path / "bad.pt")
    torch.save(Tied(), tmp_path / "whole.pt")
    for name in ("bad.pt", "whole.pt"):
        failed = served(ListWeights(str(tmp_path / name)))[-1]
        assert isinstance(failed, Failed)
        assert "holds code" in failed.message and "state_dict()" in failed.message
    (tmp_path / "raw.pth").write_bytes(pickle.dumps(Mischief()))
    failed = served(ListWeights(str(tmp_path / "raw.pth")))[-1]
    assert isinstance(failed, Failed) and "never runs what is pickled" in failed.message
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_what_is_no_file_of_weights_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("hello")
    (tmp_path / "empty.bin").touch()
    (tmp_path / "text.safetensors").write_text("hello")
    torch.save({"a": torch.ones(100)}, tmp_path / "whole.pt")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "whole.pt").read_bytes()[:200])
    torch.save({"epoch": 1}, tmp_path / "none.pt")
    torch.jit.script(nn.Linear(1, 1)).save(str(tmp_path / "script.pt"))
    names = ["text.pt", "empty.bin", "text.safetensors", "cut.pt", "none.pt", "script.pt", "nowhere.pt"]
    for event, name in zip(served(*(ListWeights(str(tmp_path / name)) for name in names))[1:], names, strict=True):
        assert isinstance(event, Failed), name
        assert name in event.message and "\n" not in event.message


def test_a_file_with_the_name_of_another_kind_is_taken_for_what_it_is(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "safe.bin")
    assert list(read_weights(tmp_path / "safe.bin").tensors) == ["a"]
    torch.save({"a": torch.ones(2)}, tmp_path / "w.safetensors")
    with pytest.raises(GradvizError, match=r"written by torch.save; call it w\.pt"):
        read_weights(tmp_path / "w.safetensors")


def test_weights_alone_open_nothing_and_say_why(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2, 3)}, tmp_path / "w.pt")
    with pytest.raises(GradvizError, match=r"weights and no graph \(1 tensor, 6 numbers\)"):
        Runner(TargetSetup(read_target(str(tmp_path / "w.pt"))))


def test_a_tied_tensor_is_one_and_stays_the_same_object() -> None:
    model = Tied()
    before = dict(model.named_parameters(remove_duplicate=False))
    result = fit(model, {"wte.weight": torch.full((5, 3), 7.0, dtype=torch.float64)})
    assert (result.loaded, result.unexpected, result.mismatched) == (1, (), ())
    assert "head.weight" not in result.missing and "norm.running_mean" in result.missing
    assert dict(model.named_parameters(remove_duplicate=False))["head.weight"] is before["wte.weight"]
    assert model.head.weight.dtype == torch.float32 and bool((model.head.weight == 7).all())


def test_missing_unexpected_and_mismatched_are_distinguished() -> None:
    model = Tied()
    old = model.norm.weight.detach().clone()
    tensors = {**model.state_dict(), "norm.weight": torch.ones(4), "new": torch.ones(1)}
    del tensors["norm.bias"]
    result = fit(model, tensors)
    assert result.missing == ("norm.bias",)
    assert result.unexpected == ("new",)
    assert result.mismatched == ("norm.weight: the file has 4, the model 3",)
    assert torch.equal(model.norm.weight, old)


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module._orig_mod.", "whatever."])
def test_a_prefix_of_all_names_is_left_out_and_reported(prefix: str) -> None:
    model = Tied()
    result = fit(model, {prefix + name: tensor for name, tensor in model.state_dict().items()})
    assert (result.missing, result.unexpected, result.mismatched) == ((), (), ())
    assert result.loaded == 6
    assert "left out" in result.note


def test_a_prefix_that_the_model_has_is_put_before() -> None:
    model = nn.Sequential(Tied())
    result = fit(model, Tied().state_dict())
    assert (result.missing, result.unexpected) == ((), ())
    assert "'0.'" in result.note


@pytest.mark.parametrize("kind", ["other names", "the same", "without the prefix", "as many prefixes as tensors"])
def test_50_000_tensors_are_compared_in_time_that_grows_with_their_number(kind: str) -> None:
    """With a square in it, this would take minutes."""
    count = 50_000
    tensor = torch.ones(1)
    own = {f"net.t{i}": torch.zeros(1) for i in range(count)}
    names = list(own)
    if kind == "other names":
        names = [f"u{i}.w" for i in range(count)]
    elif kind == "without the prefix":
        names = [f"t{i}" for i in range(count)]
    elif kind == "as many prefixes as tensors":
        own = {f"t{i}.w": torch.zeros(1) for i in range(count)}
        names = ["w"] + [f"v{i}" for i in range(count)]
    experiment = Experiment(lambda x: x, torch.ones(1), parameters=own)
    began = time.process_time()
    result = put_weights(experiment, WeightFile(Path("f"), dict.fromkeys(names, tensor), ""))
    assert time.process_time() - began < 10
    fits = {"other names": 0, "as many prefixes as tensors": 1}.get(kind, count)
    assert (result.loaded, len(result.missing), len(result.unexpected)) == (fits, len(own) - fits, len(names) - fits)


def test_names_that_agree_are_left_alone() -> None:
    model = nn.ModuleDict({"model": nn.Linear(1, 1)})
    assert fit(model, model.state_dict()).note == ""


def test_parameters_without_a_module_take_weights_too() -> None:
    w = torch.zeros(2, requires_grad=True)
    experiment = Experiment(lambda x: w * x, torch.ones(2), parameters={"w": w})
    result = put_weights(experiment, WeightFile(Path("f"), {"w": torch.ones(2)}, ""))
    assert result.loaded == 1 and w.tolist() == [1, 1] and w.requires_grad


def losses(events: list) -> bytes:  # type: ignore[type-arg]
    return b"".join(event.losses for event in events if isinstance(event, LossBatch))


def test_weights_loaded_when_ready_train_as_if_the_factory_had_loaded_them(tmp_path: Path) -> None:
    donor = Runner(TargetSetup(read_target("module"), SMALL, seed=9)).experiment.module
    assert donor is not None
    torch.save(donor.state_dict(), tmp_path / "w.pt")
    events = served(Open(1, "module", SMALL), LoadWeights(str(tmp_path / "w.pt")), Run(5))
    reported = next(event for event in events if isinstance(event, WeightsLoaded))
    assert (reported.run, reported.loaded, reported.missing) == (1, 4, ())
    plain = Runner(TargetSetup(read_target("module"), SMALL))
    plain.experiment.module.load_state_dict(donor.state_dict())  # type: ignore[union-attr]
    assert losses(events) == struct.pack("<5d", *plain.losses(5))


def test_weights_loaded_between_iterations_count_from_the_next(tmp_path: Path) -> None:
    donor = Runner(TargetSetup(read_target("module"), SMALL, seed=9)).experiment.module
    assert donor is not None
    torch.save(donor.state_dict(), tmp_path / "w.pt")
    load = LoadWeights(str(tmp_path / "w.pt"))
    events = served(Open(1, "module", SMALL), Run(2), load, Run(4))
    assert kinds(events)[-1] == "finished 4"
    assert losses(events)[:16] == losses(served(Open(1, "module", SMALL), Run(4)))[:16]
    assert losses(events)[16:] != losses(served(Open(1, "module", SMALL), Run(4)))[16:]


def test_weights_are_refused_inside_an_iteration_and_without_a_model(tmp_path: Path) -> None:
    torch.save({"w": torch.ones(1)}, tmp_path / "w.pt")
    load = LoadWeights(str(tmp_path / "w.pt"))
    events = served(load, Open(1, "nn", SMALL), StepIn(), load)
    refused = [event.message for event in events if isinstance(event, Failed)]
    assert "Nothing is open" in refused[0]
    assert "Finish this iteration" in refused[1]
    assert any(isinstance(event, StateChanged) and event.state == "stopped" for event in events)
