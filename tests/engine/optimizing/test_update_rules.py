"""The terms of each optimizer's step add up to the step that torch takes, whatever its options are."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.engine.optimizing.optimizer_table import optimizer_classes
from gradviz.engine.optimizing.step_terms import Situation, Step, double
from gradviz.engine.optimizing.update_rules import has_rule, step_of

_RATES, _SHARES = st.sampled_from([1e-3, 0.01, 0.3]), st.sampled_from([0.0, 0.1, 0.5, 0.9])
_DECAYS, _FLAGS = st.sampled_from([0.0, 0.01, 0.2]), st.booleans()
_BETAS = st.tuples(st.sampled_from([0.5, 0.9]), st.sampled_from([0.9, 0.999]))
_OPTIONS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": _SHARES, "dampening": _SHARES, "nesterov": _FLAGS, "weight_decay": _DECAYS, "maximize": _FLAGS},
    "Adam": {"betas": _BETAS, "weight_decay": _DECAYS, "amsgrad": _FLAGS, "maximize": _FLAGS,
             "decoupled_weight_decay": _FLAGS},
    "AdamW": {"betas": _BETAS, "weight_decay": _DECAYS, "amsgrad": _FLAGS, "maximize": _FLAGS},
    "NAdam": {"betas": _BETAS, "weight_decay": _DECAYS, "momentum_decay": st.sampled_from([0.004, 0.1]),
              "decoupled_weight_decay": _FLAGS, "maximize": _FLAGS},
    "RAdam": {"betas": _BETAS, "weight_decay": _DECAYS, "decoupled_weight_decay": _FLAGS, "maximize": _FLAGS},
    "Adamax": {"betas": _BETAS, "weight_decay": _DECAYS, "maximize": _FLAGS},
    "RMSprop": {"alpha": st.sampled_from([0.9, 0.99]), "momentum": _SHARES, "centered": _FLAGS,
                "weight_decay": _DECAYS, "maximize": _FLAGS},
    "Adagrad": {"lr_decay": _DECAYS, "weight_decay": _DECAYS, "maximize": _FLAGS,
                "initial_accumulator_value": st.sampled_from([0.0, 0.1])},
    "Adadelta": {"rho": st.sampled_from([0.5, 0.9]), "weight_decay": _DECAYS, "maximize": _FLAGS},
    "ASGD": {"lambd": st.sampled_from([1e-4, 0.1]), "weight_decay": _DECAYS, "maximize": _FLAGS,
             "t0": st.sampled_from([1.0, 1e6])},
    "Rprop": {"etas": st.just((0.5, 1.2)), "maximize": _FLAGS},
    "Adafactor": {"weight_decay": _DECAYS, "d": st.sampled_from([1.0, 3.0]), "maximize": _FLAGS},
    "Muon": {"weight_decay": _DECAYS, "momentum": _SHARES, "nesterov": _FLAGS,
             "adjust_lr_fn": st.sampled_from([None, "match_rms_adamw"])},
}  # fmt: skip


def step_and_truth(name: str, options: dict[str, Any], parameter: torch.Tensor, steps: int,
                   gradient: Any) -> tuple[Step, torch.Tensor]:  # fmt: skip
    """Take `steps` steps; return the last as the rule has it, and as torch took it."""
    optimizer = optimizer_classes()[name]([parameter], **options)
    for step in range(steps):
        parameter.grad = gradient(step)
        if step == steps - 1:
            state = copy.deepcopy(dict(optimizer.state.get(parameter, {})))
            group = optimizer.param_groups[0]
            found = step_of(name, Situation(parameter.detach().clone(), parameter.grad.clone(), state, group))
            before = double(parameter.detach().clone())
        optimizer.step()
    return found, double(parameter) - before


@pytest.mark.parametrize("name", [name for name in _OPTIONS if name in optimizer_classes()])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_terms_add_up_to_torchs_step(name: str, data: st.DataObject) -> None:
    options = data.draw(st.fixed_dictionaries({"lr": _RATES, **_OPTIONS[name]}))
    if name == "SGD" and options["nesterov"]:
        options |= {"momentum": options["momentum"] or 0.9, "dampening": 0.0}
    number = torch.Generator().manual_seed(data.draw(st.integers(0, 1000)))
    shape = (4, 3) if name == "Muon" else data.draw(st.sampled_from([(4, 3), (5,), (2, 3, 2)]))
    parameter = torch.randn(shape, dtype=torch.float64, generator=number).requires_grad_()
    found, truth = step_and_truth(
        name, options, parameter, data.draw(st.integers(1, 8)),
        lambda _: torch.randn(shape, dtype=torch.float64, generator=number),
    )  # fmt: skip
    rounding = 2e-2 if name == "Muon" else 1e-6  # Muon computes in bfloat16; some keep float32 numbers of their own
    torch.testing.assert_close(found.terms.total, truth, rtol=rounding, atol=rounding * float(truth.abs().max()))
    assert set(found.terms.parts) == set(found.term_formulas)
    assert found.formulas[-1].startswith("w ← ")


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax", "Rprop"])
def test_complex_parameters_are_pairs_of_real_ones(name: str) -> None:
    number = torch.Generator().manual_seed(1)
    parameter = torch.randn(3, dtype=torch.complex128, generator=number).requires_grad_()
    found, truth = step_and_truth(
        name, {"lr": 0.1}, parameter, 3, lambda _: torch.randn(3, dtype=torch.complex128, generator=number)
    )
    torch.testing.assert_close(found.terms.total, truth, rtol=1e-6, atol=1e-9)


def test_sparse_gradients_move_the_rows_they_have() -> None:
    table = torch.randn(5, 2, requires_grad=True, generator=torch.Generator().manual_seed(0))
    rows = torch.tensor([[1, 3, 1]])

    def gradient(step: int) -> torch.Tensor:
        return torch.sparse_coo_tensor(rows, torch.randn(3, 2, generator=torch.Generator().manual_seed(step)), (5, 2),
                                       check_invariants=True)  # fmt: skip

    found, truth = step_and_truth("SparseAdam", {"lr": 0.1}, table, 3, gradient)
    torch.testing.assert_close(found.terms.total, truth, rtol=1e-4, atol=1e-6)
    assert not found.terms.total[0].any() and found.terms.total[1].all()


def test_every_optimizer_but_the_one_that_searches_has_a_rule() -> None:
    assert [name for name in optimizer_classes() if not has_rule(name)] == ["LBFGS"]


def test_decay_and_momentum_are_terms_of_their_own() -> None:
    parameter = torch.ones(3, dtype=torch.float64, requires_grad=True)
    found, _ = step_and_truth(
        "SGD", {"lr": 0.5, "momentum": 0.9, "weight_decay": 0.1}, parameter, 2, lambda _: torch.ones(3).double()
    )
    assert set(found.terms.parts) == {"gradient", "momentum", "decay"}
    assert found.formulas == ["d = g + λ w", "b ← μ b + d", "w ← w − lr b"]
    assert found.scalars["μ"] == ("momentum", 0.9) and found.symbols == {"b": "momentum_buffer"}
    torch.testing.assert_close(found.terms.parts["gradient"], torch.full((3,), -0.5).double())
