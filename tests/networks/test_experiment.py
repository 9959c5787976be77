"""An experiment's phases and facts, for models of every shape."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from gradviz.engine.capture.ops import flatten
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment, check_loss, mean_of_squares


class Pair(NamedTuple):
    first: torch.Tensor
    note: str


@dataclass
class Result:
    logits: torch.Tensor
    hidden: list[torch.Tensor]
    extra: str | None = None


def test_a_tuple_is_arguments_and_a_dict_is_keywords() -> None:
    x = torch.ones(2)
    assert Experiment(lambda a, b: a + b, (x, x)).forward().tolist() == [2, 2]
    assert Experiment(lambda a, b: a - b, {"a": x, "b": x}).forward().tolist() == [0, 0]


def test_without_a_loss_it_is_the_mean_of_squares_of_every_floating_point_leaf() -> None:
    output = Result(torch.full((2, 2), 3.0), [torch.tensor([1.0, 1.0]), torch.tensor([5])])
    assert mean_of_squares({"result": output, "pair": Pair(torch.tensor(2.0), "note")}).item() == 9 + 1 + 4


def test_what_lies_in_itself_is_gone_through_once() -> None:
    inner = [torch.tensor(2.0)]
    output: dict[str, Any] = {"a": inner, "b": inner}
    output["c"] = [*inner, output]
    assert mean_of_squares(output).item() == 4 + 4 + 4
    assert [leaf.item() for leaf in flatten(output)] == [2, 2, 2]
    experiment = Experiment(lambda **inputs: inputs["a"][0], output)
    assert list(experiment.named_tensors()) == ["a[0]", "b[0]", "c[0]"]
    with pytest.raises(GradvizError, match="refer back to themselves"):
        experiment.move_to("meta")


def test_an_output_without_floating_point_has_no_default_loss() -> None:
    with pytest.raises(GradvizError, match="loss of your own"):
        mean_of_squares([torch.tensor([1]), None, "text"])


def test_a_loss_takes_targets_only_if_there_are_some() -> None:
    x = torch.ones(3)
    assert Experiment(lambda x: x, x, loss=lambda out: out.sum()).compute_loss(x).item() == 3
    assert Experiment(lambda x: x, x, targets=x, loss=lambda out, y: (out * y).sum()).compute_loss(x).item() == 3


def test_data_and_parameters_go_by_the_names_a_person_knows() -> None:
    model = nn.BatchNorm1d(2)
    experiment = Experiment(model, {"image": torch.ones(2), "mask": torch.ones(1)}, targets=(torch.ones(1), "text"))
    assert list(experiment.named_tensors()) == [
        "image", "mask", "y[0]", "weight", "bias", "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip


def test_tied_weights_keep_both_names() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    named = Experiment(model, torch.ones(2)).named_parameters()
    assert named["0.weight"] is named["1.weight"]


def test_batches_follow_each_other_and_begin_again_when_they_end() -> None:
    experiment = Experiment(lambda x: x, None, batches=lambda: iter([(1, 10), (2, 20)]))
    seen = []
    for _ in range(3):
        experiment.next_batch()
        seen.append((experiment.inputs, experiment.targets))
    assert seen == [(1, 10), (2, 20), (1, 10)]


def test_batches_that_hold_nothing_are_refused_in_a_sentence() -> None:
    with pytest.raises(GradvizError, match="gives no batch"):
        Experiment(lambda x: x, None, batches=lambda: iter(())).next_batch()


def test_gradients_are_zeroed_by_the_networks_own_hand_where_it_has_one() -> None:
    w = torch.ones(2, requires_grad=True)
    w.grad = torch.ones(2)
    own = Experiment(lambda x: x * w, w, parameters={"w": w}, zero_grad=lambda: w.grad.zero_())
    own.zero_gradients()
    assert own.gradients()["w"].tolist() == [0, 0]
    Experiment(lambda x: x * w, w, parameters={"w": w}).zero_gradients()
    assert w.grad is None


@pytest.mark.parametrize(
    ("optimizer", "update", "expected"),
    [
        (None, None, ("SGD", {})),
        (None, lambda rate: None, ("Manual", {})),
        ("Adam", None, ("Adam", {})),
        (("AdamW", {"lr": 0.1}), None, ("AdamW", {"lr": 0.1})),
        (torch.optim.RMSprop, None, ("RMSprop", {})),
    ],
)
def test_the_default_optimizer_has_a_name_and_options(optimizer, update, expected) -> None:
    assert Experiment(lambda x: x, None, optimizer=optimizer, update=update).default_optimizer == expected


def test_moving_keeps_a_parameter_the_same_object_with_its_gradient() -> None:
    w = torch.ones(2, requires_grad=True)
    experiment = Experiment(lambda x: x * w, torch.ones(2), parameters={"w": w})
    experiment.forward().sum().backward()
    experiment.move_to("cpu")
    assert experiment.named_parameters()["w"] is w
    assert w.grad.tolist() == [1, 1]


def test_moving_takes_data_nested_in_containers_and_later_batches_along() -> None:
    batches = lambda: iter([({"x": [torch.ones(2)]}, Pair(torch.ones(1), "note"))])  # noqa: E731
    experiment = Experiment(lambda x: x, torch.ones(2), targets=Result(torch.ones(1), []), batches=batches)
    experiment.move_to("meta")
    assert experiment.inputs.is_meta
    assert experiment.targets.logits.is_meta
    experiment.next_batch()
    assert experiment.inputs["x"][0].is_meta
    assert experiment.targets.first.is_meta
    assert experiment.targets.note == "note"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_model_goes_on_from_the_same_weights_on_a_gpu() -> None:
    model = nn.Linear(3, 1)
    experiment = Experiment(model, torch.ones(2, 3))
    before = model.weight.detach().clone()
    experiment.move_to("cuda:0")
    experiment.compute_loss(experiment.forward()).backward()
    assert torch.equal(model.weight.detach().cpu(), before)
    assert model.weight.grad.is_cuda


def test_gradients_by_hand_are_read_from_the_model() -> None:
    def model(x):
        return x

    model.w = torch.ones(1)

    def backward(x, y):
        model.grad_w = x * y

    experiment = Experiment(model, 2.0, targets=3.0, parameters=("w",), backward=backward)
    assert not experiment.has_autograd
    assert experiment.gradients() == {}
    experiment.backward(None)
    assert experiment.gradients() == {"w": 6.0}


def test_what_cannot_be_an_experiment_is_refused_in_a_sentence() -> None:
    with pytest.raises(GradvizError, match="cannot be called"):
        Experiment(SimpleNamespace(), None)
    with pytest.raises(GradvizError, match="no attribute 'w9'"):
        Experiment(lambda x: x, None, parameters=("w9",))
    with pytest.raises(GradvizError, match="choose an optimizer"):
        Experiment(lambda x: x, None).manual_update(0.1)


def test_batches_may_be_a_loader_itself_and_begin_again_at_its_end() -> None:
    experiment = Experiment(lambda x: x, batches=[(torch.tensor(1), None), (torch.tensor(2), "y")])
    seen = []
    for _ in range(3):
        experiment.next_batch()
        seen.append((int(experiment.inputs), experiment.targets))
    assert seen == [(1, None), (2, "y"), (1, None)]


@pytest.mark.parametrize("inputs", [(number for number in (1, 2)), DataLoader([1, 2])])
def test_inputs_that_give_batches_are_refused_with_the_argument_that_takes_them(inputs) -> None:
    with pytest.raises(GradvizError, match="which gives batches; pass it"):
        Experiment(lambda x: x, inputs)


def test_a_batch_that_is_a_dict_is_inputs_alone() -> None:
    experiment = Experiment(lambda **names: names, None, batches=lambda: iter([{"a": 1, "b": 2}]))
    experiment.next_batch()
    assert experiment.forward() == {"a": 1, "b": 2}
    assert experiment.targets is None


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        (lambda: iter([torch.ones(2, 3)]), "gave a Tensor; let it yield pairs"),
        (lambda: iter([(1, 2, 3)]), "gave a tuple of 3"),
        (lambda: iter([]), "gives no batch"),
        (lambda: None, "made nothing"),
    ],
)
def test_batches_that_are_no_pairs_are_refused_with_the_cure(batches, said: str) -> None:
    with pytest.raises(GradvizError, match=said):
        Experiment(lambda x: x, None, batches=batches).next_batch()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batches": iter([(1, 2)])}, "cannot be begun again; pass the DataLoader or list itself"),
        ({"batches": 3}, "`batches` is a int"),
        ({"loss": nn.MSELoss}, "the class MSELoss; pass an instance"),
        ({"loss": "mse"}, "The loss is a str; pass a function"),
        ({"optimizer": ("Adam", 1, 2)}, "not of a name and its options"),
        ({"parameters": [torch.ones(1)]}, "holds no names"),
    ],
)
def test_what_an_experiment_cannot_be_made_of_is_said_when_it_is_made(options, said: str) -> None:
    with pytest.raises(GradvizError, match=said):
        Experiment(lambda x: x, None, **options)


def test_a_complex_loss_is_refused() -> None:
    experiment = Experiment(lambda x: x, None)
    with pytest.raises(GradvizError, match="complex"):
        check_loss(experiment, torch.ones((), dtype=torch.cfloat))


def test_a_loss_that_is_a_module_moves_with_the_model() -> None:
    loss = nn.CrossEntropyLoss(weight=torch.ones(2))
    Experiment(nn.Linear(3, 2), torch.ones(1, 3), targets=torch.tensor([0]), loss=loss).move_to("meta")
    assert loss.weight is not None and loss.weight.device.type == "meta"
