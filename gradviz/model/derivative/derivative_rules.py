"""The derivative rules, one row for each operation, and their notation.

Words are variables in italics, except the names of functions; `^{…}` is raised, `_{…}` lowered, `·` is a matrix
product, `⊙` an element-wise one. What holds other words is marked, and translated where a derivative is made. In the
shapes, `{x}` is the shape of x and `{xᵀ}` the same with the last two dimensions exchanged. Source of the rules:
PyTorch's `tools/autograd/derivatives.yaml`; the wording is ours.
"""

from __future__ import annotations

from typing import NamedTuple

from gradviz.language import translatable


class Gradient(NamedTuple):
    """The gradient of one input, and the same formula with shapes in place of names."""

    input: str
    formula: str
    shapes: str = ""


class DerivativeRule(NamedTuple):
    """One operation: its inputs in the order of `next_functions`, its forward, and the gradient of each input."""

    inputs: tuple[str, ...]
    forward: str
    gradients: tuple[Gradient, ...]
    shapes: str = ""
    note: str = ""


def _rule(inputs: str, forward: str, shapes: str, *gradients: tuple[str, ...], note: str = "") -> DerivativeRule:
    """Return a rule: `shapes` are those of forward without ` → {out}`, empty for none; a gradient is (input, formula,
    shapes without ` → {input}`), by default those of grad."""
    lines = (Gradient(i, formula, f"{''.join(of) or '{grad}'} → {{{i}}}") for i, formula, *of in gradients)
    return DerivativeRule(tuple(inputs.split()), forward, tuple(lines), shapes and f"{shapes} → {{out}}", note)


def _unary(forward: str, gradient: str, note: str = "") -> DerivativeRule:
    """Return the rule of out = f(x), element by element, or of an operation that moves elements."""
    return _rule("x", forward, "{x}", ("x", gradient), note=note)


_BROADCAST = translatable(
    "Where an input was broadcast, its gradient is summed over the dimensions it was repeated along."
)
_SAVED_RESULT = translatable("Backward uses the result of forward, so only that is saved.")
_ALONG_DIM = translatable("Σ runs along dim. Backward uses the result of forward, so only that is saved.")
_VIEW = translatable("A view: nothing is copied.")
_MEAN = translatable("Divided by n where the loss is a mean.")
_TIES = translatable("Where both are equal, each gets half.")

# fmt: off
_MATRIX = {
    "Mm": _rule("self mat2", "out = self · mat2", "{self} · {mat2}",
        ("self", "grad · mat2^{T}", "{grad} · {mat2ᵀ}"), ("mat2", "self^{T} · grad", "{selfᵀ} · {grad}")),
    "Addmm": _rule("input mat1 mat2", "out = input + mat1 · mat2", "{input} + {mat1} · {mat2}",
        ("mat1", "grad · mat2^{T}", "{grad} · {mat2ᵀ}"), ("mat2", "mat1^{T} · grad", "{mat1ᵀ} · {grad}"),
        ("input", "Σ_{rows} grad")),
    "Bmm": _rule("self mat2", "out_{b} = self_{b} · mat2_{b}", "{self} · {mat2}",
        ("self", "grad_{b} · mat2_{b}^{T}", "{grad} · {mat2ᵀ}"),
        ("mat2", "self_{b}^{T} · grad_{b}", "{selfᵀ} · {grad}"),
        note=translatable("One product for each b of the batch.")),
    "Baddbmm": _rule("input batch1 batch2", "out_{b} = input_{b} + batch1_{b} · batch2_{b}",
        "{input} + {batch1} · {batch2}",
        ("batch1", "grad_{b} · batch2_{b}^{T}", "{grad} · {batch2ᵀ}"),
        ("batch2", "batch1_{b}^{T} · grad_{b}", "{batch1ᵀ} · {grad}"), ("input", "grad"), note=_BROADCAST),
    "Mv": _rule("self vec", "out = self · vec", "{self} · {vec}",
        ("self", "grad ⊗ vec", "{grad} ⊗ {vec}"), ("vec", "self^{T} · grad", "{selfᵀ} · {grad}")),
    "Addmv": _rule("input mat vec", "out = input + mat · vec", "{input} + {mat} · {vec}",
        ("mat", "grad ⊗ vec", "{grad} ⊗ {vec}"), ("vec", "mat^{T} · grad", "{matᵀ} · {grad}"), ("input", "grad"),
        note=_BROADCAST),
    "Dot": _rule("self tensor", "out = Σ self ⊙ tensor", "{self} · {tensor}",
        ("self", "grad tensor", "{grad} {tensor}"), ("tensor", "grad self", "{grad} {self}")),
    "Convolution": _rule("input weight bias", "out = input ∗ weight + bias", "{input} ∗ {weight}",
        ("input", "grad ∗^{T} weight", "{grad} ∗ᵀ {weight}"), ("weight", "input ∗ grad", "{input} ∗ {grad}"),
        ("bias", "Σ_{batch, positions} grad"),
        note=translatable("∗ is the sliding product with this stride and padding, ∗ᵀ the same with weight turned"
                          " round.")),
    "Embedding": _rule("weight", "out_{i} = weight_{index i}", "{weight}",
        ("weight", "Σ_{i: index i = row} grad_{i}"),
        note=translatable("Rows that were not looked up get exactly zero.")),
}

_ARITHMETIC = {
    "Add": _rule("self other", "out = self + other", "{self} + {other}",
        ("self", "grad"), ("other", "grad"), note=_BROADCAST),
    "Sub": _rule("self other", "out = self − other", "{self} − {other}",
        ("self", "grad"), ("other", "−grad"), note=_BROADCAST),
    "Rsub": _rule("self other", "out = other − self", "{self}",
        ("self", "−grad"), ("other", "grad"), note=_BROADCAST),
    "Mul": _rule("self other", "out = self ⊙ other", "{self} ⊙ {other}",
        ("self", "grad ⊙ other", "{grad} ⊙ {other}"), ("other", "grad ⊙ self", "{grad} ⊙ {self}"), note=_BROADCAST),
    "Div": _rule("self other", "out = self / other", "{self} / {other}",
        ("self", "grad / other", "{grad} / {other}"),
        ("other", "−grad ⊙ self / other^{2}", "{grad} ⊙ {self} / {other}"), note=_BROADCAST),
    "Addcmul": _rule("self tensor1 tensor2", "out = self + value tensor1 ⊙ tensor2", "{self} + {tensor1} ⊙ {tensor2}",
        ("self", "grad"), ("tensor1", "value grad ⊙ tensor2", "{grad} ⊙ {tensor2}"),
        ("tensor2", "value grad ⊙ tensor1", "{grad} ⊙ {tensor1}"), note=_BROADCAST),
    "Addcdiv": _rule("self tensor1 tensor2", "out = self + value tensor1 / tensor2", "{self} + {tensor1} / {tensor2}",
        ("self", "grad"), ("tensor1", "value grad / tensor2", "{grad} / {tensor2}"),
        ("tensor2", "−value grad ⊙ tensor1 / tensor2^{2}", "{grad} ⊙ {tensor1}"), note=_BROADCAST),
    "Lerp": _rule("self end", "out = self + weight ⊙ (end − self)", "{self}, {end}",
        ("self", "grad ⊙ (1 − weight)"), ("end", "grad ⊙ weight")),
    "Neg": _unary("out = −x", "−grad"),
    "Pow": _unary("out = x^{n}", "grad ⊙ n x^{n−1}", translatable("Here n is a number; for n = 2 that is 2x.")),
    "Square": _unary("out = x^{2}", "grad ⊙ 2 x"),
    "Exp": _unary("out = exp(x)", "grad ⊙ out", _SAVED_RESULT),
    "Log": _unary("out = log(x)", "grad / x", translatable("Infinite where x is 0.")),
    "Log1P": _unary("out = log(1 + x)", "grad / (1 + x)"),
    "Sqrt": _unary("out = √x", "grad / (2 out)", translatable("Infinite where x is 0: a common source of NaN.")),
    "Rsqrt": _unary("out = 1 / √x", "−½ grad ⊙ out^{3}", _SAVED_RESULT),
    "Reciprocal": _unary("out = 1 / x", "−grad ⊙ out^{2}", _SAVED_RESULT),
    "Abs": _unary("out = |x|", "grad ⊙ sign(x)", translatable("Zero where x is 0.")),
    "Sin": _unary("out = sin(x)", "grad ⊙ cos(x)"),
    "Cos": _unary("out = cos(x)", "−grad ⊙ sin(x)"),
    "Erf": _unary("out = erf(x)", "grad ⊙ 2/√π exp(−x^{2})"),
    "Minimum": _rule("self other", "out = min(self, other)", "{self}, {other}",
        ("self", translatable("grad where self < other")),
        ("other", translatable("grad where other < self")), note=_TIES),
    "Maximum": _rule("self other", "out = max(self, other)", "{self}, {other}",
        ("self", translatable("grad where self > other")),
        ("other", translatable("grad where other > self")), note=_TIES),
}

_ACTIVATIONS = {
    "Relu": _unary("out = max(x, 0)", translatable("grad where out > 0, else 0"), _SAVED_RESULT),
    "LeakyRelu": _unary(translatable("out = x where x > 0, else s x"),
        translatable("grad where x > 0, else s grad"), translatable("s is negative_slope.")),
    "Gelu": _unary("out = x Φ(x)", "grad ⊙ (Φ(x) + x φ(x))",
        translatable("Φ and φ: the normal distribution and its density.")),
    "Silu": _unary("out = x σ(x)", "grad ⊙ σ(x) (1 + x (1 − σ(x)))", translatable("σ is the logistic function.")),
    "Sigmoid": _unary("out = σ(x)", "grad ⊙ out (1 − out)", _SAVED_RESULT),
    "Tanh": _unary("out = tanh(x)", "grad ⊙ (1 − out^{2})", _SAVED_RESULT),
    "Softplus": _unary("out = log(1 + exp(β x)) / β", "grad ⊙ σ(β x)"),
    "Elu": _unary(translatable("out = x where x > 0, else α (exp(x) − 1)"),
        translatable("grad where x > 0, else grad ⊙ α exp(x)")),
    "Mish": _unary("out = x tanh(softplus(x))", "grad ⊙ (out/x + x σ(x) (1 − tanh^{2}(softplus(x))))"),
    "LogSigmoid": _unary("out = log σ(x)", "grad ⊙ (1 − σ(x))"),
    "Hardtanh": _unary("out = min(max(x, l), u)", translatable("grad where l < x < u, else 0")),
    "Hardswish": _unary("out = x min(max(x + 3, 0), 6) / 6", translatable("grad ⊙ (2x + 3) / 6 where |x| < 3")),
    "Clamp": _unary("out = min(max(x, l), u)", translatable("grad where l ≤ x ≤ u, else 0"),
        translatable("A bound that is not given is ±∞.")),
    "ClampMin": _unary("out = max(x, l)", translatable("grad where x ≥ l, else 0")),
    "ClampMax": _unary("out = min(x, u)", translatable("grad where x ≤ u, else 0")),
    "PreluKernel": _rule("x weight", translatable("out = x where x > 0, else weight ⊙ x"), "{x}, {weight}",
        ("x", translatable("grad where x > 0, else weight ⊙ grad")),
        ("weight", translatable("grad ⊙ x where x ≤ 0, else 0"), "{grad} ⊙ {x}")),
    "Softmax": _unary("out = exp(x) / Σ exp(x)", "out ⊙ (grad − Σ grad ⊙ out)", _ALONG_DIM),
    "LogSoftmax": _unary("out = x − log Σ exp(x)", "grad − exp(out) ⊙ Σ grad", _ALONG_DIM),
    "NativeDropout": _unary("out = x ⊙ mask / (1 − p)", "grad ⊙ mask / (1 − p)",
        translatable("The mask of forward is saved.")),
}

_REDUCTIONS = {
    "Sum": _unary("out = Σ x", translatable("grad, repeated"),
        translatable("Each element gets the gradient of the sum it went into.")),
    "Mean": _unary("out = Σ x / n", translatable("grad / n, repeated"),
        translatable("n elements went into each mean.")),
    "Max": _unary("out = max x", translatable("grad where x is the maximum, else 0"),
        translatable("Only the largest gets a gradient.")),
    "Min": _unary("out = min x", translatable("grad where x is the minimum, else 0"),
        translatable("Only the smallest gets a gradient.")),
    "Amax": _unary("out = max x", translatable("grad where x = out, shared evenly by ties")),
    "Amin": _unary("out = min x", translatable("grad where x = out, shared evenly by ties")),
    "Var": _unary("out = Σ (x − mean(x))^{2} / (n − c)", "grad ⊙ 2 (x − mean(x)) / (n − c)",
        translatable("c is the correction.")),
    "Std": _unary("out = √var(x)", "grad ⊙ (x − mean(x)) / ((n − c) out)", translatable("Infinite where out is 0.")),
    "LinalgVectorNorm": _unary("out = ‖x‖", "grad ⊙ x / out", translatable("For the 2-norm; zero where out is 0.")),
    "Logsumexp": _unary("out = log Σ exp(x)", "grad ⊙ exp(x − out)"),
    "Prod": _unary("out = Π x", "grad ⊙ out / x", translatable("Where x is 0, the product of the others.")),
    "Cumsum": _unary("out_{i} = Σ_{j ≤ i} x_{j}", "Σ_{j ≥ i} grad_{j}"),
    "Topk": _unary(translatable("out = the k largest of x"), translatable("grad at their places, else 0")),
    "Sort": _unary(translatable("out = x, sorted"), translatable("grad, put back in order")),
}

_LOSSES = {
    "MseLoss": _rule("input target", "out = Σ (input − target)^{2}", "{input}, {target}",
        ("input", "2 grad ⊙ (input − target)"), note=_MEAN),
    "NllLoss": _rule("input", "out = −Σ_{i} input_{i, target i}", "{input}",
        ("input", translatable("−grad at the target's column, else 0")),
        note=translatable("Divided by the number of rows where the loss is a mean.")),
    "BinaryCrossEntropyWithLogits": _rule("input target", "out = Σ log(1 + exp(input)) − target ⊙ input",
        "{input}, {target}", ("input", "grad ⊙ (σ(input) − target)"), note=_MEAN),
    "BinaryCrossEntropy": _rule("input target", "out = −Σ target log(input) + (1 − target) log(1 − input)",
        "{input}, {target}", ("input", "grad ⊙ (input − target) / (input (1 − input))"), note=_MEAN),
    "SmoothL1Loss": _rule("input target",
        translatable("out = Σ ½ d^{2} / β where |d| < β, else |d| − ½ β"), "{input}, {target}",
        ("input", translatable("grad ⊙ d / β where |d| < β, else grad ⊙ sign(d)")),
        note=translatable("d = input − target; divided by n where the loss is a mean.")),
    "HuberLoss": _rule("input target",
        translatable("out = Σ ½ d^{2} where |d| < δ, else δ (|d| − ½ δ)"), "{input}, {target}",
        ("input", translatable("grad ⊙ d where |d| < δ, else δ grad ⊙ sign(d)")),
        note=translatable("d = input − target; divided by n where the loss is a mean.")),
}

_NORMS = {
    name: _rule("input weight bias", "out = weight ⊙ x̂ + bias,  x̂ = (input − μ) / s", "{input}",
        ("input", "(g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / s,  g = weight ⊙ grad"),
        ("weight", f"Σ_{{{over}}} grad ⊙ x̂"), ("bias", f"Σ_{{{over}}} grad"),
        note=note)
    for name, over, note in (
        ("NativeLayerNorm", "rows", translatable("μ and s: mean and standard deviation of each row.")),
        ("NativeBatchNorm", "batch, positions",
            translatable("μ and s: mean and standard deviation of each channel over the batch (in training).")),
        ("NativeGroupNorm", "batch, positions",
            translatable("μ and s: mean and standard deviation of each group of channels.")),
    )
}

_POOLS = {
    "MaxPool2DWithIndices": _unary(translatable("out = the largest of each window"),
        translatable("grad at the largest of each window, else 0")),
    "AvgPool2D": _unary(translatable("out = the mean of each window"),
        translatable("grad / k, to each of the k in its window")),
    "AdaptiveAvgPool2D": _unary(translatable("out = the mean of each window"),
        translatable("grad / k, to each of the k in its window")),
    "UpsampleNearest2D": _unary(translatable("out = x, its nearest element repeated"),
        translatable("Σ grad over the repeats")),
}

_ATTENTION = {
    f"ScaledDotProduct{name}": _rule(
        "query key value", "out = P · value,  P = softmax(query · key^{T} / √d)", "{query}, {key}, {value}",
        ("value", "P^{T} · grad"),
        ("query", "dS · key / √d,  dS = P ⊙ (dP − Σ dP ⊙ P),  dP = grad · value^{T}"), ("key", "dS^{T} · query / √d"),
        note=translatable("P is not kept; backward computes it again from query, key and the saved logsumexp."))
    for name in ("FlashAttentionForCpu", "FlashAttention", "EfficientAttention", "CudnnAttention")
}

_SHAPES = {
    "T": _unary("out = x^{T}", "grad^{T}", _VIEW),
    "Transpose": _unary(translatable("out = x, dim0 and dim1 exchanged"), translatable("grad, exchanged back"), _VIEW),
    "Permute": _unary(translatable("out = x, its dimensions reordered"), translatable("grad, reordered back"), _VIEW),
    "View": _unary(translatable("out = x in another shape"), translatable("grad in the shape of x"), _VIEW),
    "UnsafeView": _unary(translatable("out = x in another shape"), translatable("grad in the shape of x")),
    "ReshapeAlias": _unary(translatable("out = x in another shape"), translatable("grad in the shape of x")),
    "Unsqueeze": _unary(translatable("out = x with a dimension of 1 more"), translatable("grad without it"), _VIEW),
    "Squeeze": _unary(translatable("out = x without a dimension of 1"), translatable("grad with it again"), _VIEW),
    "Expand": _unary(translatable("out = x, repeated without a copy"), translatable("Σ grad over the repeats")),
    "Repeat": _unary(translatable("out = x, repeated"), translatable("Σ grad over the repeats")),
    "Select": _unary(translatable("out = x at one index"), translatable("grad at that index, else 0"), _VIEW),
    "Slice": _unary(translatable("out = a slice of x"), translatable("grad in that slice, else 0"), _VIEW),
    "Split": _unary(translatable("out_{k} = the k-th piece of x"), translatable("the pieces' gradients, joined"),
        translatable("A piece without gradient counts 0.")),
    "Unbind": _unary(translatable("out_{k} = x at index k"), translatable("the outputs' gradients, stacked")),
    "Index": _unary("out = x[index]", translatable("Σ grad at those indices, else 0")),
    "IndexSelect": _unary(translatable("out = x at the indices"), translatable("Σ grad at those indices, else 0")),
    "Gather": _unary(translatable("out = x at the indices, along dim"),
        translatable("Σ grad at those indices, else 0")),
    "Diagonal": _unary(translatable("out = the diagonal of x"), translatable("grad on the diagonal, else 0")),
    "Tril": _unary(translatable("out = x below the diagonal, else 0"), translatable("grad below the diagonal, else 0")),
    "Triu": _unary(translatable("out = x above the diagonal, else 0"), translatable("grad above the diagonal, else 0")),
    "Flip": _unary(translatable("out = x, reversed"), translatable("grad, reversed")),
    "Roll": _unary(translatable("out = x, rolled"), translatable("grad, rolled back")),
    "ConstantPadNd": _unary(translatable("out = x with a margin"), translatable("grad without the margin")),
    "Clone": _unary(translatable("out = a copy of x"), "grad"),
    "Alias": _unary("out = x", "grad"),
    "Detach": _unary(translatable("out = x, cut off"), translatable("none")),
    "ToCopy": _unary(translatable("out = x in another dtype or on another device"),
        translatable("grad in the dtype and on the device of x")),
    "MaskedFill": _unary(translatable("out = x, a value where mask"), translatable("0 where mask, else grad")),
    "Where": _rule("self other", translatable("out = self where condition, else other"), "{self}, {other}",
        ("self", translatable("grad where condition, else 0")), ("other", translatable("0 where condition, else grad")),
        note=translatable("0 · ∞ can make NaN in the branch that was not taken.")),
    "Cat": DerivativeRule(("x",), translatable("out = the inputs, joined along dim"),
        (Gradient(translatable("each"), translatable("its own piece of grad")),)),
    "Stack": DerivativeRule(("x",), translatable("out = the inputs, stacked"),
        (Gradient(translatable("each"), translatable("grad at its index")),)),
    "CopySlices": _rule("base value", translatable("a view of base is changed in place"), "",
        ("base", translatable("grad, 0 where the view is")), ("value", translatable("grad where the view is"))),
}
# fmt: on
RULES = {
    **_MATRIX,
    **_ARITHMETIC,
    **_ACTIVATIONS,
    **_REDUCTIONS,
    **_LOSSES,
    **_NORMS,
    **_POOLS,
    **_ATTENTION,
    **_SHAPES,
}  # fmt: skip
"""By autograd class, without `Backward` and its number: `AddmmBackward0` is `Addmm`."""
