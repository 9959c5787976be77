"""The step of each of torch's optimizers as formulas, and as terms whose sum is the step within rounding.

The formulas are those of torch's documentation; where the code there rounds or orders otherwise, they follow the code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch

from gradviz.engine.optimizing.step_terms import Mix, Part, Situation, Step

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the polynomial by which Muon orthogonalizes, where its options name none."""


def has_rule(optimizer: str) -> bool:
    """Return whether torch's optimizer of this name has a formula here; LBFGS, which searches, has none."""
    return optimizer in _RULES


def step_of(optimizer: str, situation: Situation) -> Step:
    """Return the step of torch's optimizer of this name."""
    if optimizer == "AdamW":  # earlier versions of torch have no such option
        situation.options = {**situation.options, "decoupled_weight_decay": True}
    return _RULES[optimizer](situation)


def _sgd(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lr = s.number("lr", "lr")
    if not s.options["momentum"]:
        return s.step(f"w ← w − lr {x}", d * -lr, _each(parts, "−lr {}"))
    mu, tau = s.number("μ", "momentum"), float(s.options["dampening"])
    old, first = s.tensor("b", "momentum_buffer"), not s.has("momentum_buffer")
    share = 1 - tau
    if first:
        s.formulas.append(f"b ← {x}")
        b, part, share = d, "−lr {}", 1.0
    else:
        damped = "(1 − τ) " if tau else ""
        if tau:
            s.number("τ", "dampening")
        s.formulas.append(f"b ← μ b + {damped}{x}")
        b, part = Mix({"momentum": old * mu}) + d * share, f"−lr {damped}{{}}"
        parts = {**parts, "momentum": "μ b"}
    formulas = {key: part.format(text) if key != "momentum" else f"−lr {text}" for key, text in parts.items()}
    if not s.options["nesterov"]:
        return s.step("w ← w − lr b", b * -lr, formulas)
    formulas = {key: f"−lr (1 + μ) {text}" if key != "momentum" else f"−lr μ {text}" for key, text in parts.items()}
    return s.step(f"w ← w − lr ({x} + μ b)", (d + b * mu) * -lr, formulas)


def _moments(s: Situation, d: Mix, x: str, beta2: str = "β_{2}") -> tuple[Mix, torch.Tensor, float, float]:
    """Return the running means of the gradient and of its square, and the two decay rates."""
    beta1, second = s.number("β_{1}", "betas", 0), s.number(beta2, "betas", 1)
    s.formulas += [f"m ← β_{{1}} m + (1 − β_{{1}}) {x}", f"v ← β_{{2}} v + (1 − β_{{2}}) {x}^{{2}}"]
    m = Mix({"momentum": s.tensor("m", "exp_avg") * beta1}) + d * (1 - beta1)
    v = s.tensor("v", "exp_avg_sq") * second + d.total**2 * (1 - second)
    return m, v, beta1, second


def _first_moment(parts: Mapping[Part, str], scale: str, over: str) -> dict[Part, str]:
    """Return the formulas of the terms of m, times `scale`, over `over`."""
    own: dict[Part, str] = {part: f"−{scale} (1 − β_{{1}}) {text}{over}" for part, text in parts.items()}
    return {**own, "momentum": f"−{scale} β_{{1}} m{over}"}


def _adam(s: Situation) -> Step:
    decoupled = bool(s.options.get("decoupled_weight_decay"))
    lr, t = s.number("lr", "lr"), s.counted()
    decay, minus, alone = s.decoupled(lr) if decoupled else (Mix({}), "", {})
    d, x, parts = s.regularized()
    m, v, beta1, beta2 = _moments(s, d, x)
    eps, of_m, of_v = s.number("ε", "eps"), 1 - beta1**t, 1 - beta2**t
    s.formulas += ["m̂ = m / (1 − β_{1}^{t})"]
    if s.options.get("amsgrad"):
        v = torch.maximum(s.tensor("u", "max_exp_avg_sq"), v)
        s.formulas += ["u ← max(u, v)", "v̂ = u / (1 − β_{2}^{t})"]
    else:
        s.formulas += ["v̂ = v / (1 − β_{2}^{t})"]
    down = v.sqrt() / math.sqrt(of_v) + eps
    formula = f"w ← w − lr m̂ / (√v̂ + ε){minus}"
    over = " / (1 − β_{1}^{t}) / (√v̂ + ε)"
    return s.step(formula, m * (-lr / of_m) / down + decay, {**_first_moment(parts, "lr", over), **alone})


def _nadam(s: Situation) -> Step:
    lr, t, psi = s.number("lr", "lr"), s.counted(), s.number("ψ", "momentum_decay")
    decay, minus, alone = s.decoupled(lr) if s.options.get("decoupled_weight_decay") else (Mix({}), "", {})
    d, x, parts = s.regularized()
    m, v, beta1, beta2 = _moments(s, d, x)
    eps = s.number("ε", "eps")
    mu, following = (beta1 * (1 - 0.5 * 0.96 ** (step * psi)) for step in (t, t + 1))
    product = s.scalar("mu_product", 1.0) * mu
    down = (v / (1 - beta2**t)).sqrt() + eps
    s.scalars |= {"μ_{t}": ("momentum", mu), "μ_{t+1}": ("momentum", following), "Π": ("mu_product", product)}
    s.formulas += [
        "v̂ = v / (1 − β_{2}^{t})",
        f"m̂ = μ_{{t+1}} m / (1 − Π μ_{{t+1}}) + (1 − μ_{{t}}) {x} / (1 − Π)",
    ]
    ahead = m * (following / (1 - product * following)) + d * ((1 - mu) / (1 - product))
    own: dict[Part, str] = {
        part: f"−lr ((1 − β_{{1}}) μ_{{t+1}} / (1 − Π μ_{{t+1}}) + (1 − μ_{{t}}) / (1 − Π)) {text} / (√v̂ + ε)"
        for part, text in parts.items()
    }
    terms: dict[Part, str] = {**own, "momentum": "−lr μ_{t+1} β_{1} m / (1 − Π μ_{t+1}) / (√v̂ + ε)", **alone}
    return s.step(f"w ← w − lr m̂ / (√v̂ + ε){minus}", ahead * -lr / down + decay, terms)


def _radam(s: Situation) -> Step:
    lr, t = s.number("lr", "lr"), s.counted()
    decay, minus, alone = s.decoupled(lr) if s.options.get("decoupled_weight_decay") else (Mix({}), "", {})
    d, x, parts = s.regularized()
    m, v, beta1, beta2 = _moments(s, d, x)
    eps, of_v = s.number("ε", "eps"), 1 - beta2**t
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / of_v
    s.scalars["ρ"] = ("length of the mean", length)
    s.formulas.append("m̂ = m / (1 − β_{1}^{t})")
    over, scaled, formula = " / (1 − β_{1}^{t})", m * (-lr / (1 - beta1**t)), "w ← w − lr m̂"
    if length > 5:
        r = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        s.scalars["r"] = ("rectification", r)
        over, formula = f"{over} · r √(1 − β_{{2}}^{{t}}) / (√v + ε)", f"{formula} r √(1 − β_{{2}}^{{t}}) / (√v + ε)"
        scaled = scaled * (r * math.sqrt(of_v)) / (v.sqrt() + eps)
    return s.step(f"{formula}{minus}", scaled + decay, {**_first_moment(parts, "lr", over), **alone})


def _adamax(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lr, t = s.number("lr", "lr"), s.counted()
    beta1, beta2, eps = s.number("β_{1}", "betas", 0), s.number("β_{2}", "betas", 1), s.number("ε", "eps")
    m = Mix({"momentum": s.tensor("m", "exp_avg") * beta1}) + d * (1 - beta1)
    u = torch.maximum(s.tensor("u", "exp_inf") * beta2, d.total.abs() + eps)
    s.formulas += [f"m ← β_{{1}} m + (1 − β_{{1}}) {x}", f"u ← max(β_{{2}} u, |{x}| + ε)"]
    over = " / (1 − β_{1}^{t}) / u"
    return s.step(
        "w ← w − lr m / ((1 − β_{1}^{t}) u)",
        m * (-lr / (1 - beta1**t)) / u,
        _first_moment(parts, "lr", over),
    )


def _rmsprop(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lr, alpha, eps = s.number("lr", "lr"), s.number("α", "alpha"), s.number("ε", "eps")
    v = s.tensor("v", "square_avg") * alpha + d.total**2 * (1 - alpha)
    s.formulas.append(f"v ← α v + (1 − α) {x}^{{2}}")
    root = "√v"
    if s.options["centered"]:
        mean = s.tensor("a", "grad_avg") * alpha + d.total * (1 - alpha)
        s.formulas.append(f"a ← α a + (1 − α) {x}")
        v, root = v - mean**2, "√(v − a^{2})"
    scaled, over = d / (v.sqrt() + eps), f" / ({root} + ε)"
    if not s.options["momentum"]:
        return s.step(f"w ← w − lr {x}{over}", scaled * -lr, _each(parts, f"−lr {{}}{over}"))
    mu = s.number("μ", "momentum")
    s.formulas.append(f"b ← μ b + {x}{over}")
    b = Mix({"momentum": s.tensor("b", "momentum_buffer") * mu}) + scaled
    return s.step("w ← w − lr b", b * -lr, {**_each(parts, f"−lr {{}}{over}"), "momentum": "−lr μ b"})


def _adagrad(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lr, t, eps = s.number("lr", "lr"), s.counted(), s.number("ε", "eps")
    slower = float(s.options["lr_decay"])
    rate = "lr"
    if slower:
        s.number("η", "lr_decay")
        rate = "lr / (1 + (t − 1) η)"
    total = s.tensor("v", "sum", float(s.options["initial_accumulator_value"])) + d.total**2
    s.formulas.append(f"v ← v + {x}^{{2}}")
    return s.step(
        f"w ← w − {rate} · {x} / (√v + ε)",
        d * (-lr / (1 + (t - 1) * slower)) / (total.sqrt() + eps),
        _each(parts, f"−{rate} · {{}} / (√v + ε)"),
    )


def _adadelta(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lr, rho, eps = s.number("lr", "lr"), s.number("ρ", "rho"), s.number("ε", "eps")
    v = s.tensor("v", "square_avg") * rho + d.total**2 * (1 - rho)
    u = s.tensor("u", "acc_delta")
    ratio = (u + eps).sqrt() / (v + eps).sqrt()
    s.formulas += [
        f"v ← ρ v + (1 − ρ) {x}^{{2}}",
        f"Δ = √(u + ε) / √(v + ε) ⊙ {x}",
        "u ← ρ u + (1 − ρ) Δ^{2}",
    ]
    return s.step("w ← w − lr Δ", d * ratio * -lr, _each(parts, "−lr √(u + ε) / √(v + ε) ⊙ {}"))


def _asgd(s: Situation) -> Step:
    d, x, parts = s.regularized()
    lambd, eta = s.number("κ", "lambd"), s.scalar("eta", float(s.options["lr"]))
    s.scalars["η"] = ("eta", eta)
    s.tensor("a", "ax")
    decay = Mix({"decay": s.w * (-lambd * eta)})
    formulas = _each(parts, "−η {}")
    formulas["decay"] = f"{formulas['decay']} − η κ w" if "decay" in formulas else "−η κ w"
    return s.step(f"w ← (1 − κ η) w − η {x}", d * -eta + decay, formulas)


def _rprop(s: Situation) -> Step:
    less, more = s.number("η_{−}", "etas", 0), s.number("η_{+}", "etas", 1)
    low, high = s.number("s_{min}", "step_sizes", 0), s.number("s_{max}", "step_sizes", 1)
    sign = (s.g * s.tensor("p", "prev")).sign()
    size = s.tensor("s", "step_size", float(s.options["lr"]))
    factor = torch.where(sign > 0, more, torch.where(sign < 0, less, 1.0))
    size = (size * factor).clamp(low, high)
    g = torch.where(sign < 0, 0.0, s.g)
    s.formulas += [
        "s ← clamp(s ⊙ (η_{+} where g p > 0, η_{−} where g p < 0), s_{min}, s_{max})",
        "g ← 0 where g p < 0",
    ]
    return s.step("w ← w − sign(g) ⊙ s", Mix({"gradient": -g.sign() * size}), {"gradient": "−sign(g) ⊙ s"})


def _adafactor(s: Situation) -> Step:
    lr, t = s.number("lr", "lr"), s.counted()
    eps1 = s.options["eps"][0]
    eps1 = torch.finfo(s.gradient.dtype).eps if eps1 is None else float(eps1)
    least, clip = s.number("ε_{2}", "eps", 1), s.number("δ", "d")
    fresh = float(t ** float(s.options["beta2_decay"]))
    rate = max(least, float(s.w.norm()) / math.sqrt(s.w.numel())) * min(lr, 1 / math.sqrt(t))
    if s.g.dim() > 1:
        rows = torch.lerp(_kept(s, "r", "row_var", -1), (s.g**2).mean(-1, keepdim=True), fresh)
        columns = torch.lerp(_kept(s, "c", "col_var", -2), (s.g**2).mean(-2, keepdim=True), fresh)
        v = rows @ columns / rows.mean(-2, keepdim=True).clamp(min=eps1)
        s.formulas += [
            "r ← (1 − θ) r + θ mean_{rows}(g^{2})",
            "c ← (1 − θ) c + θ mean_{columns}(g^{2})",
            "v = r · c / mean(r)",
        ]
    else:
        v = torch.lerp(s.tensor("v", "variance"), s.g**2, fresh)
        s.formulas.append("v ← (1 − θ) v + θ g^{2}")
    direction = s.g * v.clamp(min=eps1 * eps1).rsqrt()
    length = max(1.0, float(direction.norm()) / (math.sqrt(direction.numel()) * clip))
    s.scalars |= {"θ": ("beta2_decay", fresh), "α": ("rate", rate), "n": ("clipping", length)}
    s.formulas.append("α = max(ε_{2}, rms(w)) min(lr, 1 / √t)")
    decay, minus, alone = s.decoupled(lr)
    return s.step(
        f"w ← w − α g / √v / n{minus}",
        Mix({"gradient": direction * (-rate / length)}) + decay,
        {"gradient": "−α g / √v / n", **alone},
    )


def _kept(s: Situation, symbol: str, key: str, dim: int) -> torch.Tensor:
    """Return a running mean along one dimension; zeros before the first step."""
    if s.has(key):
        return s.tensor(symbol, key)
    s.symbols[symbol] = key
    return torch.zeros_like(s.g.mean(dim, keepdim=True))


def _muon(s: Situation) -> Step:
    lr, mu = s.number("lr", "lr"), s.number("μ", "momentum")
    b = torch.lerp(s.tensor("b", "momentum_buffer"), s.g, 1 - mu)
    s.formulas.append("b ← μ b + (1 − μ) g")
    direction, name = b, "b"
    if s.options["nesterov"]:
        direction, name = torch.lerp(s.g, b, mu), "(1 − μ) g + μ b"
    shape = s.w.shape
    ratio = math.sqrt(max(1.0, shape[0] / shape[1]))
    if s.options["adjust_lr_fn"] == "match_rms_adamw":
        ratio = 0.2 * math.sqrt(max(shape))
    s.scalars["α"] = ("adjusted lr", lr * ratio)
    s.formulas.append(f"O = orthogonal({name})")
    coefficients = s.options.get("ns_coefficients") or _COEFFICIENTS
    turned = _orthogonal(direction, coefficients, int(s.options["ns_steps"]), float(s.options["eps"]))
    decay, minus, alone = s.decoupled(lr)
    terms = Mix({"gradient": turned.double() * (-lr * ratio)}) + decay
    return s.step(f"w ← w − α O{minus}", terms, {"gradient": "−α O", **alone})


def _orthogonal(
    matrix: torch.Tensor, coefficients: tuple[float, float, float], rounds: int, eps: float
) -> torch.Tensor:
    """Return about the orthogonal matrix that is nearest, by Newton and Schulz in bfloat16, as Muon does."""
    a, b, c = coefficients
    turned = matrix.bfloat16()
    tall = matrix.size(0) > matrix.size(1)
    if tall:
        turned = turned.T
    turned = turned / turned.norm().clamp(min=eps)
    for _ in range(rounds):
        gram = turned @ turned.T
        turned = torch.addmm(turned, torch.addmm(gram, gram, gram, beta=b, alpha=c), turned, beta=a)
    return turned.T if tall else turned


def _sparse_adam(s: Situation) -> Step:
    lr, t = s.number("lr", "lr"), s.counted()
    m, v, beta1, beta2 = _moments(s, Mix({"gradient": s.g}), "g")
    eps = s.number("ε", "eps")
    touched = torch.zeros_like(s.w)
    entries = s.gradient.coalesce()
    touched[tuple(entries.indices())] = 1.0
    scale = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    over = " √(1 − β_{2}^{t}) / (1 − β_{1}^{t}) / (√v + ε)"
    terms = m * (touched * -scale) / (v.sqrt() + eps)
    s.formulas[-2:] = [f"{line}  in the rows of g" for line in s.formulas[-2:]]
    return s.step(f"w ← w − lr m{over}", terms, _first_moment({"gradient": "g"}, "lr", over))


def _each(parts: Mapping[Part, str], form: str) -> dict[Part, str]:
    return {part: form.replace("{}", text) for part, text in parts.items()}


_RULES: dict[str, Callable[[Situation], Step]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "NAdam": _nadam,
    "RAdam": _radam,
    "Adamax": _adamax,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
    "Adadelta": _adadelta,
    "ASGD": _asgd,
    "Rprop": _rprop,
    "Adafactor": _adafactor,
    "Muon": _muon,
    "SparseAdam": _sparse_adam,
}
