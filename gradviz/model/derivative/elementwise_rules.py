"""The derivative rules of matrix products, arithmetic and activations, one row for each operation.

Source of the rules: PyTorch's `tools/autograd/derivatives.yaml`; the wording is ours.
"""

from __future__ import annotations

from gradviz.model.derivative.rule_notation import BROADCAST, SAVED_RESULT, DerivativeRule, Gradient, elementwise

_MATRIX = {
    "Mm": DerivativeRule(
        ("self", "mat2"),
        "out = self · mat2",
        (
            Gradient("self", "grad · mat2^{T}", "{grad} · {mat2ᵀ} → {self}"),
            Gradient("mat2", "self^{T} · grad", "{selfᵀ} · {grad} → {mat2}"),
        ),
        "{self} · {mat2} → {out}",
    ),
    "Addmm": DerivativeRule(
        ("input", "mat1", "mat2"),
        "out = input + mat1 · mat2",
        (
            Gradient("mat1", "grad · mat2^{T}", "{grad} · {mat2ᵀ} → {mat1}"),
            Gradient("mat2", "mat1^{T} · grad", "{mat1ᵀ} · {grad} → {mat2}"),
            Gradient("input", "Σ_{rows} grad", "{grad} → {input}"),
        ),
        "{input} + {mat1} · {mat2} → {out}",
    ),
    "Bmm": DerivativeRule(
        ("self", "mat2"),
        "out_{b} = self_{b} · mat2_{b}",
        (
            Gradient("self", "grad_{b} · mat2_{b}^{T}", "{grad} · {mat2ᵀ} → {self}"),
            Gradient("mat2", "self_{b}^{T} · grad_{b}", "{selfᵀ} · {grad} → {mat2}"),
        ),
        "{self} · {mat2} → {out}",
        "One product for each b of the batch.",
    ),
    "Baddbmm": DerivativeRule(
        ("input", "batch1", "batch2"),
        "out_{b} = input_{b} + batch1_{b} · batch2_{b}",
        (
            Gradient("batch1", "grad_{b} · batch2_{b}^{T}", "{grad} · {batch2ᵀ} → {batch1}"),
            Gradient("batch2", "batch1_{b}^{T} · grad_{b}", "{batch1ᵀ} · {grad} → {batch2}"),
            Gradient("input", "grad", "{grad} → {input}"),
        ),
        "{input} + {batch1} · {batch2} → {out}",
        BROADCAST,
    ),
    "Mv": DerivativeRule(
        ("self", "vec"),
        "out = self · vec",
        (
            Gradient("self", "grad ⊗ vec", "{grad} ⊗ {vec} → {self}"),
            Gradient("vec", "self^{T} · grad", "{selfᵀ} · {grad} → {vec}"),
        ),
        "{self} · {vec} → {out}",
    ),
    "Addmv": DerivativeRule(
        ("input", "mat", "vec"),
        "out = input + mat · vec",
        (
            Gradient("mat", "grad ⊗ vec", "{grad} ⊗ {vec} → {mat}"),
            Gradient("vec", "mat^{T} · grad", "{matᵀ} · {grad} → {vec}"),
            Gradient("input", "grad", "{grad} → {input}"),
        ),
        "{input} + {mat} · {vec} → {out}",
        BROADCAST,
    ),
    "Dot": DerivativeRule(
        ("self", "tensor"),
        "out = Σ self ⊙ tensor",
        (
            Gradient("self", "grad tensor", "{grad} {tensor} → {self}"),
            Gradient("tensor", "grad self", "{grad} {self} → {tensor}"),
        ),
        "{self} · {tensor} → {out}",
    ),
    "Convolution": DerivativeRule(
        ("input", "weight", "bias"),
        "out = input ∗ weight + bias",
        (
            Gradient("input", "grad ∗^{T} weight", "{grad} ∗ᵀ {weight} → {input}"),
            Gradient("weight", "input ∗ grad", "{input} ∗ {grad} → {weight}"),
            Gradient("bias", "Σ_{batch, positions} grad", "{grad} → {bias}"),
        ),
        "{input} ∗ {weight} → {out}",
        "∗ is the sliding product with this stride and padding, ∗ᵀ the same with weight turned round.",
    ),
    "Embedding": DerivativeRule(
        ("weight",),
        "out_{i} = weight_{index i}",
        (Gradient("weight", "Σ_{i: index i = row} grad_{i}", "{grad} → {weight}"),),
        "{weight} → {out}",
        "Rows that were not looked up get exactly zero.",
    ),
}

_ARITHMETIC = {
    "Add": DerivativeRule(
        ("self", "other"),
        "out = self + other",
        (Gradient("self", "grad", "{grad} → {self}"), Gradient("other", "grad", "{grad} → {other}")),
        "{self} + {other} → {out}",
        BROADCAST,
    ),
    "Sub": DerivativeRule(
        ("self", "other"),
        "out = self − other",
        (Gradient("self", "grad", "{grad} → {self}"), Gradient("other", "−grad", "{grad} → {other}")),
        "{self} − {other} → {out}",
        BROADCAST,
    ),
    "Rsub": DerivativeRule(
        ("self", "other"),
        "out = other − self",
        (Gradient("self", "−grad", "{grad} → {self}"), Gradient("other", "grad", "{grad} → {other}")),
        "{self} → {out}",
        BROADCAST,
    ),
    "Mul": DerivativeRule(
        ("self", "other"),
        "out = self ⊙ other",
        (
            Gradient("self", "grad ⊙ other", "{grad} ⊙ {other} → {self}"),
            Gradient("other", "grad ⊙ self", "{grad} ⊙ {self} → {other}"),
        ),
        "{self} ⊙ {other} → {out}",
        BROADCAST,
    ),
    "Div": DerivativeRule(
        ("self", "other"),
        "out = self / other",
        (
            Gradient("self", "grad / other", "{grad} / {other} → {self}"),
            Gradient("other", "−grad ⊙ self / other^{2}", "{grad} ⊙ {self} / {other} → {other}"),
        ),
        "{self} / {other} → {out}",
        BROADCAST,
    ),
    "Addcmul": DerivativeRule(
        ("self", "tensor1", "tensor2"),
        "out = self + value tensor1 ⊙ tensor2",
        (
            Gradient("self", "grad", "{grad} → {self}"),
            Gradient("tensor1", "value grad ⊙ tensor2", "{grad} ⊙ {tensor2} → {tensor1}"),
            Gradient("tensor2", "value grad ⊙ tensor1", "{grad} ⊙ {tensor1} → {tensor2}"),
        ),
        "{self} + {tensor1} ⊙ {tensor2} → {out}",
        BROADCAST,
    ),
    "Addcdiv": DerivativeRule(
        ("self", "tensor1", "tensor2"),
        "out = self + value tensor1 / tensor2",
        (
            Gradient("self", "grad", "{grad} → {self}"),
            Gradient("tensor1", "value grad / tensor2", "{grad} / {tensor2} → {tensor1}"),
            Gradient("tensor2", "−value grad ⊙ tensor1 / tensor2^{2}", "{grad} ⊙ {tensor1} → {tensor2}"),
        ),
        "{self} + {tensor1} / {tensor2} → {out}",
        BROADCAST,
    ),
    "Lerp": DerivativeRule(
        ("self", "end"),
        "out = self + weight ⊙ (end − self)",
        (
            Gradient("self", "grad ⊙ (1 − weight)", "{grad} → {self}"),
            Gradient("end", "grad ⊙ weight", "{grad} → {end}"),
        ),
        "{self}, {end} → {out}",
    ),
    "Neg": elementwise("out = −x", "−grad"),
    "Pow": elementwise("out = x^{n}", "grad ⊙ n x^{n−1}", "Here n is a number; for n = 2 that is 2x."),
    "Square": elementwise("out = x^{2}", "grad ⊙ 2 x"),
    "Exp": elementwise("out = exp(x)", "grad ⊙ out", SAVED_RESULT),
    "Log": elementwise("out = log(x)", "grad / x", "Infinite where x is 0."),
    "Log1P": elementwise("out = log(1 + x)", "grad / (1 + x)"),
    "Sqrt": elementwise("out = √x", "grad / (2 out)", "Infinite where x is 0: a common source of NaN."),
    "Rsqrt": elementwise("out = 1 / √x", "−½ grad ⊙ out^{3}", SAVED_RESULT),
    "Reciprocal": elementwise("out = 1 / x", "−grad ⊙ out^{2}", SAVED_RESULT),
    "Abs": elementwise("out = |x|", "grad ⊙ sign(x)", "Zero where x is 0."),
    "Sin": elementwise("out = sin(x)", "grad ⊙ cos(x)"),
    "Cos": elementwise("out = cos(x)", "−grad ⊙ sin(x)"),
    "Erf": elementwise("out = erf(x)", "grad ⊙ 2/√π exp(−x^{2})"),
    "Minimum": DerivativeRule(
        ("self", "other"),
        "out = min(self, other)",
        (
            Gradient("self", "grad where self < other", "{grad} → {self}"),
            Gradient("other", "grad where other < self", "{grad} → {other}"),
        ),
        "{self}, {other} → {out}",
        "Where both are equal, each gets half.",
    ),
    "Maximum": DerivativeRule(
        ("self", "other"),
        "out = max(self, other)",
        (
            Gradient("self", "grad where self > other", "{grad} → {self}"),
            Gradient("other", "grad where other > self", "{grad} → {other}"),
        ),
        "{self}, {other} → {out}",
        "Where both are equal, each gets half.",
    ),
}

_ACTIVATIONS = {
    "Relu": elementwise("out = max(x, 0)", "grad where out > 0, else 0", SAVED_RESULT),
    "LeakyRelu": elementwise("out = x where x > 0, else s x", "grad where x > 0, else s grad", "s is negative_slope."),
    "Gelu": elementwise("out = x Φ(x)", "grad ⊙ (Φ(x) + x φ(x))", "Φ and φ: the normal distribution and its density."),
    "Silu": elementwise("out = x σ(x)", "grad ⊙ σ(x) (1 + x (1 − σ(x)))", "σ is the logistic function."),
    "Sigmoid": elementwise("out = σ(x)", "grad ⊙ out (1 − out)", SAVED_RESULT),
    "Tanh": elementwise("out = tanh(x)", "grad ⊙ (1 − out^{2})", SAVED_RESULT),
    "Softplus": elementwise("out = log(1 + exp(β x)) / β", "grad ⊙ σ(β x)"),
    "Elu": elementwise("out = x where x > 0, else α (exp(x) − 1)", "grad where x > 0, else grad ⊙ α exp(x)"),
    "Mish": elementwise("out = x tanh(softplus(x))", "grad ⊙ (out/x + x σ(x) (1 − tanh^{2}(softplus(x))))"),
    "LogSigmoid": elementwise("out = log σ(x)", "grad ⊙ (1 − σ(x))"),
    "Hardtanh": elementwise("out = min(max(x, l), u)", "grad where l < x < u, else 0"),
    "Hardswish": elementwise("out = x min(max(x + 3, 0), 6) / 6", "grad ⊙ (2x + 3) / 6 where |x| < 3"),
    "Clamp": elementwise("out = min(max(x, l), u)", "grad where l ≤ x ≤ u, else 0", "A bound that is not given is ±∞."),
    "ClampMin": elementwise("out = max(x, l)", "grad where x ≥ l, else 0"),
    "ClampMax": elementwise("out = min(x, u)", "grad where x ≤ u, else 0"),
    "PreluKernel": DerivativeRule(
        ("x", "weight"),
        "out = x where x > 0, else weight ⊙ x",
        (
            Gradient("x", "grad where x > 0, else weight ⊙ grad", "{grad} → {x}"),
            Gradient("weight", "grad ⊙ x where x ≤ 0, else 0", "{grad} ⊙ {x} → {weight}"),
        ),
        "{x}, {weight} → {out}",
    ),
    "Softmax": elementwise(
        "out = exp(x) / Σ exp(x)", "out ⊙ (grad − Σ grad ⊙ out)", "Σ runs along dim. " + SAVED_RESULT
    ),
    "LogSoftmax": elementwise(
        "out = x − log Σ exp(x)", "grad − exp(out) ⊙ Σ grad", "Σ runs along dim. " + SAVED_RESULT
    ),
    "NativeDropout": elementwise("out = x ⊙ mask / (1 − p)", "grad ⊙ mask / (1 − p)", "The mask of forward is saved."),
}


RULES = {**_MATRIX, **_ARITHMETIC, **_ACTIVATIONS}
