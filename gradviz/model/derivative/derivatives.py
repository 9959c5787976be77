"""The derivative of a node: its forward formula and what backward computes, with the actual shapes filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradviz.language import tr
from gradviz.model.derivative.derivative_rules import RULES, DerivativeRule
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import EdgeRecord, NodeRecord, Shape

# Besides a rule's own inputs and single letters; every other word is English or the name of a function.
_VARIABLES = frozenset("grad out mask condition weight index value dS dP leaf.grad x̂ m̂ v̂".split())
# Operations that pass on the elements of their one input: a gradient is followed through them to where it is used.
_VIEWS = frozenset(
    "T Transpose Permute View UnsafeView ReshapeAlias Unsqueeze Squeeze Expand Select Slice Alias AsStrided Narrow "
    "Diagonal Unfold Movedim ToCopy Clone".split()
)
# Of these, the elements are all those of the input.
_SAME_ELEMENTS = frozenset("T Transpose Permute View UnsafeView Unsqueeze Squeeze Alias ToCopy Clone".split())
_TOKEN = re.compile(r"\^\{[^}]*\}|_\{[^}]*\}|[^\W\d_][\w.̂-]*?(?=_\{|[^\w.̂-]|$)|\s+|.")


_RAISED = dict(zip("0123456789+-−=()niTᵀxyabcdkt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵀˣʸᵃᵇᶜᵈᵏᵗ", strict=True))
_LOWERED = dict(zip("0123456789+-−=()aeijkmnoxt", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢⱼₖₘₙₒₓₜ", strict=True))
# The name of a recorded op, and the autograd class whose rule applies to it.
_RECORDED = {
    "dot": "Mm", "mm": "Mm", "matmul": "Mm", "maximum": "ClampMin", "clamp": "Clamp", "subtract": "Sub", "sub": "Sub",
    "add": "Add", "square": "Square", "pow": "Pow", "sum": "Sum", "mean": "Mean", "multiply": "Mul", "mul": "Mul",
    "divide": "Div", "div": "Div", "T": "T", "t": "T", "transpose": "T", "copy": "Clone", "clone": "Clone",
    "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "tanh": "Tanh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula and how it is typeset: `variable` (italic), `text`, `raised`, `lowered`."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Hop:
    """A node that a gradient reaches, and which of how many terms of the node's sum it is."""

    name: str
    term: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class GradientLine:
    """What backward computes for one input, and where it goes."""

    input: str
    formula: tuple[Token, ...]
    shapes: str
    target: int | None
    """Id of the node that gets it; None where the input requires no gradient."""
    term: tuple[int, int] = (1, 1)
    """Which of how many terms of the target's sum, in the engine's order (1 of 1 for a single term)."""
    route: tuple[Hop, ...] = ()
    """The target, and where views pass the gradient on to; empty where the input requires none."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative of one node; `known` is False for an operation without a rule, which has no formulas."""

    title: str
    known: bool
    forward: tuple[Token, ...] = ()
    forward_shapes: str = ""
    gradients: tuple[GradientLine, ...] = ()
    note: str = ""
    named: tuple[Token, ...] = ()
    """The forward with the names that the network has for its inputs; empty where it has none."""
    checkable: bool = False
    """Whether it can be compared with differences: autograd made the node."""


def rule_of(type_name: str) -> DerivativeRule | None:
    """Return the rule of an autograd class (`AddmmBackward0`), None if there is none."""
    return RULES.get(rule_stem(type_name))


def _rule_of_recorded(node: NodeRecord) -> DerivativeRule | None:
    """Return what a backward that is written by hand has to compute for an op of its forward."""
    name = _RECORDED.get(node.op.removesuffix(".__get__").rsplit(".", 1)[-1])
    return RULES.get(name) if name is not None and node.phase == "forward" else None


def gradient_maker(graph: Graph, parameter: NodeRecord) -> NodeRecord | None:
    """Return the op of a backward by hand that made the gradient of a parameter, the last if there are several."""
    names = (parameter.name, *parameter.names)
    return next((node for node in reversed(graph.nodes) if node.gradient_of and node.gradient_of in names), None)


def _by_hand_text(graph: Graph, node: NodeRecord) -> str:
    """Return where the gradient of a parameter comes from that autograd knows nothing of; empty for anything else."""
    maker = gradient_maker(graph, node) if node.kind == "parameter" else None
    if maker is None:
        return ""
    text = tr("Derived by hand: the gradient of {name} is what {op} makes in line {line}.")
    return text.format(name=node.name, op=maker.name, line=maker.line)


def derivative(graph: Graph, node_id: int) -> Derivative:
    """Return the derivative of a node, with the shapes of its own inputs and output."""
    node = graph.node(node_id)
    if node.type_name == "AccumulateGrad":
        sum_of_terms = tokens("leaf.grad = leaf.grad + grad")
        shape = shape_of(node.shape, "leaf")
        several = len(graph.outgoing[node_id]) > 1
        note = tr("Every term of its gradient arrives here, summed.") if several else ""
        return Derivative(node.name, True, sum_of_terms, f"{shape} + {shape} → {shape}", (), note)
    rule = rule_of(node.type_name) if node.kind != "op" else _rule_of_recorded(node)
    if rule is None:
        return Derivative(
            node.name, known=False, note=_by_hand_text(graph, node), checkable=node.kind in ("function", "custom")
        )
    incoming = {edge.input_nr: edge for edge in graph.incoming[node_id]}
    shapes = _shapes(rule, node, incoming)
    lines = []
    for gradient in rule.gradients:
        edge = incoming.get(rule.inputs.index(gradient.input)) if gradient.input in rule.inputs else None
        target = edge.source if edge is not None and wants_gradient(graph.node(edge.source)) else None
        if edge is None and len(rule.inputs) > 1:
            continue  # an input that is a number, or was not given
        lines.append(
            GradientLine(
                gradient.input if gradient.input in rule.inputs else tr(gradient.input),
                tokens(_given(tr(gradient.formula), rule, incoming), rule.inputs),
                fill(gradient.shapes, shapes),
                target,
                term_of(graph, edge) if edge is not None and target is not None else (1, 1),
                route(graph, edge) if edge is not None and target is not None else (),
            )
        )
    forward = tokens(_given(tr(rule.forward), rule, incoming), rule.inputs)
    named = _with_names(graph, rule, incoming, forward)
    return Derivative(
        node.name,
        True,
        forward,
        fill(rule.shapes, shapes),
        tuple(lines),
        rule.note and tr(rule.note),
        named,
        node.kind in ("function", "custom"),
    )


def _given(formula: str, rule: DerivativeRule, incoming: Collection[int]) -> str:
    """Return a formula without the parameters that the layer does not have: a convolution's bias, a norm's both."""
    for position, name in enumerate(rule.inputs):
        if name in ("weight", "bias") and position not in incoming:
            formula = formula.replace(f" + {name}", "").replace(f"{name} ⊙ ", "")
    return formula


def _with_names(
    graph: Graph, rule: DerivativeRule, incoming: dict[int, EdgeRecord], forward: tuple[Token, ...]
) -> tuple[Token, ...]:
    """Return a formula with the network's names of the inputs in place of the rule's."""
    names = {
        name: _name_of(graph, incoming[position].source)
        for position, name in enumerate(rule.inputs)
        if position in incoming
    }
    named = [part for token in forward for part in (names.get(token.text) or (token,))]
    return tuple(named) if names else ()


def _name_of(graph: Graph, node_id: int) -> tuple[Token, ...]:
    """Return the name of a value: the user's own, or that of a leaf or of data, raised to T where it is transposed;
    else its op's."""
    node, transposed = graph.node(node_id), False
    while (
        not node.variable
        and rule_stem(node.type_name) in _SAME_ELEMENTS
        and len(inputs := graph.incoming[node.id]) == 1
    ):
        transposed ^= _transposes(node)
        if node.shape is not None and len(node.shape) != 2 and _transposes(node):
            return ()  # which of its dimensions are exchanged has no sign
        node = graph.node(inputs[0].source)
    if node.kind == "stub":
        return ()
    return (Token(node.variable or node.name, "variable"), *((Token("T", "raised"),) if transposed else ()))


def _transposes(node: NodeRecord) -> bool:
    return rule_stem(node.type_name) in ("T", "Transpose", "Permute")


def wants_gradient(node: NodeRecord) -> bool:
    """Return whether backward passes a gradient to this node."""
    return node.kind not in ("data", "stub", "leaf")


def passes_elements_on(node: NodeRecord) -> bool:
    """Return whether a node only passes on its input's elements, so that its gradient is theirs in another shape."""
    return rule_stem(node.type_name) in _VIEWS


def term_of(graph: Graph, edge: EdgeRecord) -> tuple[int, int]:
    """Return which term of its source's gradient an edge carries, and of how many.

    Backward runs consumers in descending order of creation, so the last consumer's term comes first.
    """
    # Ops of a backward that is written by hand read values of forward, and give no term of their gradients.
    forward = (e for e in graph.outgoing[edge.source] if e is edge or graph.node(e.target).phase == "forward")
    terms = [e for e in forward if e.output_nr == edge.output_nr]
    terms.sort(key=lambda e: (-e.target if e.target >= 0 else 0, e.input_nr))
    return terms.index(edge) + 1, len(terms)


def route(graph: Graph, edge: EdgeRecord) -> tuple[Hop, ...]:
    """Return where the gradient along `edge` goes: to its source and, if that is a view, on from there."""
    hops: list[Hop] = []
    step: EdgeRecord | None = edge
    while step is not None:
        node = graph.node(step.source)
        hops.append(Hop(node.name, term_of(graph, step)))
        onward = [e for e in graph.incoming[node.id] if wants_gradient(graph.node(e.source))]
        step = onward[0] if len(onward) == 1 and passes_elements_on(node) else None
    return tuple(hops)


def tokens(formula: str, inputs: Collection[str] = ()) -> tuple[Token, ...]:
    """Split a formula; a word is a variable if it is one of `inputs`, a name that all rules share, or a letter."""
    pieces: list[Token] = []
    for piece in _TOKEN.findall(formula):
        if piece.startswith("^{"):
            pieces.append(Token(piece[2:-1], "raised"))
        elif piece.startswith("_{"):
            pieces.append(Token(piece[2:-1], "lowered"))
        elif piece in inputs or piece in _VARIABLES or _is_letter(piece):
            pieces.append(Token(piece, "variable"))
        elif pieces and pieces[-1].style == "text":
            pieces[-1] = Token(pieces[-1].text + piece, "text")
        else:
            pieces.append(Token(piece, "text"))
    return tuple(pieces)


def formula_text(tokens: Sequence[Token]) -> str:
    """Return a formula in one line: with raised and lowered letters where they exist, else `^(…)` and `_(…)`."""
    return "".join(_set(token) for token in tokens)


def _set(token: Token) -> str:
    if token.style == "raised":
        return _small(token.text, _RAISED, "^")
    if token.style == "lowered":
        return _small(token.text, _LOWERED, "_")
    return token.text


def _small(text: str, letters: dict[str, str], mark: str) -> str:
    if all(c in letters for c in text):
        return "".join(letters[c] for c in text)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def plain_formula(formula: str) -> str:
    """Return a formula in the rules' notation as one line of text."""
    return formula_text(tokens(formula))


def rule_stem(type_name: str) -> str:
    """Return the name of an autograd class without `Backward` and its number: `Addmm` for `AddmmBackward0`."""
    return re.sub(r"Backward\d*$", "", type_name)


def _shapes(rule: DerivativeRule, node: NodeRecord, incoming: dict[int, EdgeRecord]) -> dict[str, str]:
    table = {"out": shape_of(node.shape, "out"), "grad": shape_of(node.shape, "grad")}
    for position, name in enumerate(rule.inputs):
        edge = incoming.get(position)
        shape = edge.shape if edge is not None else None
        table[name] = shape_of(shape, name)
        turned = (*shape[:-2], shape[-1], shape[-2]) if shape is not None and len(shape) > 1 else shape
        table[f"{name}ᵀ"] = shape_of(turned, f"{name}ᵀ")
    return table


def shape_of(shape: Shape | None, name: str) -> str:
    """Return `64×100`, `1` for a scalar, the name where the shape is not known."""
    if shape is None:
        return name
    return "×".join(map(str, shape)) or "1"


def fill(template: str, shapes: dict[str, str]) -> str:
    """Return `{x} → {out}` with shapes in place of names."""
    return re.sub(r"\{([^}]*)\}", lambda match: shapes.get(match[1], match[1]), template)


def _is_letter(piece: str) -> bool:
    """Return whether it is one letter that means a quantity: Latin or Greek, and no word of one letter."""
    return len(piece) == 1 and piece.isalpha() and piece < "\u2e80" and piece not in "aΣΠ"
