"""The derivative rules of reductions, losses, norms, pools, attention and views, one row for each operation.

Source of the rules: PyTorch's `tools/autograd/derivatives.yaml`; the wording is ours.
"""

from __future__ import annotations

from gradviz.model.derivative.rule_notation import DerivativeRule, Gradient, loss, moves

_REDUCTIONS = {
    "Sum": moves("out = Σ x", "grad, repeated", "Each element gets the gradient of the sum it went into."),
    "Mean": moves("out = Σ x / n", "grad / n, repeated", "n elements went into each mean."),
    "Max": moves("out = max x", "grad where x is the maximum, else 0", "Only the largest gets a gradient."),
    "Min": moves("out = min x", "grad where x is the minimum, else 0", "Only the smallest gets a gradient."),
    "Amax": moves("out = max x", "grad where x = out, shared evenly by ties"),
    "Amin": moves("out = min x", "grad where x = out, shared evenly by ties"),
    "Var": moves("out = Σ (x − mean(x))^{2} / (n − c)", "grad ⊙ 2 (x − mean(x)) / (n − c)", "c is the correction."),
    "Std": moves("out = √var(x)", "grad ⊙ (x − mean(x)) / ((n − c) out)", "Infinite where out is 0."),
    "LinalgVectorNorm": moves("out = ‖x‖", "grad ⊙ x / out", "For the 2-norm; zero where out is 0."),
    "Logsumexp": moves("out = log Σ exp(x)", "grad ⊙ exp(x − out)"),
    "Prod": moves("out = Π x", "grad ⊙ out / x", "Where x is 0, the product of the others."),
    "Cumsum": moves("out_{i} = Σ_{j ≤ i} x_{j}", "Σ_{j ≥ i} grad_{j}"),
    "Topk": moves("out = the k largest of x", "grad at their places, else 0"),
    "Sort": moves("out = x, sorted", "grad, put back in order"),
}

_LOSSES = {
    "MseLoss": loss(
        "out = Σ (input − target)^{2}", "2 grad ⊙ (input − target)", "Divided by n where the loss is a mean."
    ),
    "NllLoss": DerivativeRule(
        ("input",),
        "out = −Σ_{i} input_{i, target i}",
        (Gradient("input", "−grad at the target's column, else 0", "{grad} → {input}"),),
        "{input} → {out}",
        "Divided by the number of rows where the loss is a mean.",
    ),
    "BinaryCrossEntropyWithLogits": loss(
        "out = Σ log(1 + exp(input)) − target ⊙ input",
        "grad ⊙ (σ(input) − target)",
        "Divided by n where the loss is a mean.",
    ),
    "BinaryCrossEntropy": loss(
        "out = −Σ target log(input) + (1 − target) log(1 − input)",
        "grad ⊙ (input − target) / (input (1 − input))",
        "Divided by n where the loss is a mean.",
    ),
    "SmoothL1Loss": loss(
        "out = Σ ½ d^{2} / β where |d| < β, else |d| − ½ β",
        "grad ⊙ d / β where |d| < β, else grad ⊙ sign(d)",
        "d = input − target; divided by n where the loss is a mean.",
    ),
    "HuberLoss": loss(
        "out = Σ ½ d^{2} where |d| < δ, else δ (|d| − ½ δ)",
        "grad ⊙ d where |d| < δ, else δ grad ⊙ sign(d)",
        "d = input − target; divided by n where the loss is a mean.",
    ),
}

_NORMS = {
    name: DerivativeRule(
        ("input", "weight", "bias"),
        "out = weight ⊙ x̂ + bias,  x̂ = (input − μ) / s",
        (
            Gradient("input", "(g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / s,  g = weight ⊙ grad", "{grad} → {input}"),
            Gradient("weight", f"Σ_{{{over}}} grad ⊙ x̂", "{grad} → {weight}"),
            Gradient("bias", f"Σ_{{{over}}} grad", "{grad} → {bias}"),
        ),
        "{input} → {out}",
        f"μ and s: mean and standard deviation {of}.",
    )
    for name, over, of in (
        ("NativeLayerNorm", "rows", "of each row"),
        ("NativeBatchNorm", "batch, positions", "of each channel over the batch (in training)"),
        ("NativeGroupNorm", "batch, positions", "of each group of channels"),
    )
}

_POOLS = {
    "MaxPool2DWithIndices": moves("out = the largest of each window", "grad at the largest of each window, else 0"),
    "AvgPool2D": moves("out = the mean of each window", "grad / k, to each of the k in its window"),
    "AdaptiveAvgPool2D": moves("out = the mean of each window", "grad / k, to each of the k in its window"),
    "UpsampleNearest2D": moves("out = x, its nearest element repeated", "Σ grad over the repeats"),
}

_ATTENTION = {
    name: DerivativeRule(
        ("query", "key", "value"),
        "out = P · value,  P = softmax(query · key^{T} / √d)",
        (
            Gradient("value", "P^{T} · grad", "{grad} → {value}"),
            Gradient("query", "dS · key / √d,  dS = P ⊙ (dP − Σ dP ⊙ P),  dP = grad · value^{T}", "{grad} → {query}"),
            Gradient("key", "dS^{T} · query / √d", "{grad} → {key}"),
        ),
        "{query}, {key}, {value} → {out}",
        "P is not kept; backward computes it again from query, key and the saved logsumexp.",
    )
    for name in (
        "ScaledDotProductFlashAttentionForCpu",
        "ScaledDotProductFlashAttention",
        "ScaledDotProductEfficientAttention",
        "ScaledDotProductCudnnAttention",
    )
}

_SHAPES = {
    "T": moves("out = x^{T}", "grad^{T}", "A view: nothing is copied."),
    "Transpose": moves("out = x, dim0 and dim1 exchanged", "grad, exchanged back", "A view: nothing is copied."),
    "Permute": moves("out = x, its dimensions reordered", "grad, reordered back", "A view: nothing is copied."),
    "View": moves("out = x in another shape", "grad in the shape of x", "A view: nothing is copied."),
    "UnsafeView": moves("out = x in another shape", "grad in the shape of x"),
    "ReshapeAlias": moves("out = x in another shape", "grad in the shape of x"),
    "Unsqueeze": moves("out = x with a dimension of 1 more", "grad without it", "A view: nothing is copied."),
    "Squeeze": moves("out = x without a dimension of 1", "grad with it again", "A view: nothing is copied."),
    "Expand": moves("out = x, repeated without a copy", "Σ grad over the repeats"),
    "Repeat": moves("out = x, repeated", "Σ grad over the repeats"),
    "Select": moves("out = x at one index", "grad at that index, else 0", "A view: nothing is copied."),
    "Slice": moves("out = a slice of x", "grad in that slice, else 0", "A view: nothing is copied."),
    "Split": moves(
        "out_{k} = the k-th piece of x", "the pieces' gradients, joined", "A piece without gradient counts 0."
    ),
    "Unbind": moves("out_{k} = x at index k", "the outputs' gradients, stacked"),
    "Index": moves("out = x[index]", "Σ grad at those indices, else 0"),
    "IndexSelect": moves("out = x at the indices", "Σ grad at those indices, else 0"),
    "Gather": moves("out = x at the indices, along dim", "Σ grad at those indices, else 0"),
    "Diagonal": moves("out = the diagonal of x", "grad on the diagonal, else 0"),
    "Tril": moves("out = x below the diagonal, else 0", "grad below the diagonal, else 0"),
    "Triu": moves("out = x above the diagonal, else 0", "grad above the diagonal, else 0"),
    "Flip": moves("out = x, reversed", "grad, reversed"),
    "Roll": moves("out = x, rolled", "grad, rolled back"),
    "ConstantPadNd": moves("out = x with a margin", "grad without the margin"),
    "Clone": moves("out = a copy of x", "grad"),
    "Alias": moves("out = x", "grad"),
    "Detach": moves("out = x, cut off", "none"),
    "ToCopy": moves("out = x in another dtype or on another device", "grad in the dtype and on the device of x"),
    "MaskedFill": moves("out = x, a value where mask", "0 where mask, else grad"),
    "Cat": DerivativeRule(("x",), "out = the inputs, joined along dim", (Gradient("each", "its own piece of grad"),)),
    "Stack": DerivativeRule(("x",), "out = the inputs, stacked", (Gradient("each", "grad at its index"),)),
    "Where": DerivativeRule(
        ("self", "other"),
        "out = self where condition, else other",
        (
            Gradient("self", "grad where condition, else 0", "{grad} → {self}"),
            Gradient("other", "0 where condition, else grad", "{grad} → {other}"),
        ),
        "{self}, {other} → {out}",
        "0 · ∞ can make NaN in the branch that was not taken.",
    ),
    "CopySlices": DerivativeRule(
        ("base", "value"),
        "a view of base is changed in place",
        (
            Gradient("base", "grad, 0 where the view is", "{grad} → {base}"),
            Gradient("value", "grad where the view is", "{grad} → {value}"),
        ),
    ),
}


RULES = {**_REDUCTIONS, **_LOSSES, **_NORMS, **_POOLS, **_ATTENTION, **_SHAPES}
