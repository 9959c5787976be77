"""Computes what a user watches, as `w1.grad.norm()` or `h.max() - 1`: reads, and can neither write nor run user's code.

The expression is walked, never executed: names, parts of modules, a table of methods and functions without side effects
and without random numbers, arithmetic and indices.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from gradviz.engine.capture.autograd_nodes import is_leaf
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.engine.torch_compat import part_of_module
from gradviz.errors import GradvizError
from gradviz.language import tr

_METHODS = frozenset(
    "abs all allclose amax amin aminmax any argmax argmin argsort bool ceil clamp contiguous cos count_nonzero cpu"
    " cumsum detach diag diagonal diff dim double eq exp flatten float floor ge gt half int isfinite isinf isnan item"
    " le log log10 log1p log2 log_softmax logsumexp long lt matmul max maximum mean median min minimum mm mul narrow ne"
    " neg nelement norm numel outer permute pow prod quantile reciprocal reshape round select sigmoid sign sin size"
    " softmax sort sqrt square squeeze std sub sum t tanh topk trace transpose tril triu unique unsqueeze"
    " var view".split()
)
"""Of tensors, and of `torch` where it has them as functions."""
_PARTS = frozenset(("T", "mT", "H", "real", "imag", "shape", "ndim", "grad", "data"))
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "float": float, "int": int, "len": len, "max": max, "min": min, "round": round, "sum": sum,
}  # fmt: skip


def _power(base: Any, power: Any) -> Any:
    return base ** (float(power) if isinstance(base, int) else power)  # whole numbers would grow without an end


_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.MatMult: operator.matmul, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv, ast.Pow: _power,
}  # fmt: skip
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


def evaluate(expression: str, named: Mapping[str, Any], variables: Mapping[str, Any]) -> torch.Tensor:
    """Return the value of an expression of `variables`, those of the user's code where it is, and `named` tensors.

    Raises:
        GradvizError: it has no value here; the sentence has the reason.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        raise GradvizError(tr("{expression!r} is no expression.").format(expression=expression)) from None
    try:
        with isolated_no_grad():
            value = _Walk(named, variables).value(tree.body)
            return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)
    except GradvizError:
        raise
    except Exception as error:  # torch's own, of shapes and indices
        said = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
        raise GradvizError(tr("{said}.").format(said=said)) from None


class _Walk:
    def __init__(self, named: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        self._named, self._variables = named, variables

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.Name(id=name):
                return self._of_name(name)
            case ast.Attribute(value=owner, attr=part):
                if (path := _path(node)) in self._named:
                    return self._named[path]
                return _part(self.value(owner), part)
            case ast.Subscript(value=owner, slice=index):
                return self._item(self.value(owner), self.value(index))
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(None if end is None else self.value(end) for end in (lower, upper, step)))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return _BINARY[type(op)](self._operand(left), self._operand(right))
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
                return _UNARY[type(sign)](self._operand(operand))
            case ast.Compare(left=left, ops=[relation], comparators=[right]) if type(relation) in _COMPARED:
                return _COMPARED[type(relation)](self._operand(left), self._operand(right))
            case ast.Call(func=function, args=given, keywords=keywords):
                values = [self.value(each) for each in given]
                options = {each.arg: self.value(each.value) for each in keywords if each.arg is not None}
                return self._function(function)(*values, **options)
        text = tr("{text} cannot be watched: names, arithmetic, indices and methods that only read.")
        raise GradvizError(text.format(text=ast.unparse(node)))

    def _of_name(self, name: str) -> Any:
        for table in (self._variables, self._named):
            if name in table:
                return table[name]
        raise GradvizError(tr("Nothing is called {name!r} here.").format(name=name))

    def _operand(self, node: ast.expr) -> Any:
        value = self.value(node)
        if isinstance(value, torch.Tensor | bool | int | float | complex):
            return value
        raise GradvizError(tr("{text} is no number and no tensor.").format(text=ast.unparse(node)))

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        if isinstance(node, ast.Name) and node.id in _FUNCTIONS:
            return _FUNCTIONS[node.id]
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            if isinstance(node.value, ast.Name) and node.value.id == "torch":
                return getattr(torch, node.attr)  # type: ignore[no-any-return]
            owner = self.value(node.value)
            if isinstance(owner, torch.Tensor):
                return getattr(owner, node.attr)  # type: ignore[no-any-return]
        text = tr("{text}(…) is not called: only methods of tensors that change nothing are.")
        raise GradvizError(text.format(text=ast.unparse(node)))

    @staticmethod
    def _item(owner: Any, index: Any) -> Any:
        if isinstance(owner, nn.Module):
            return _part(owner, str(index))
        if isinstance(owner, torch.Tensor) or type(owner) in (list, tuple, dict, torch.Size):
            return owner[index]
        raise GradvizError(tr("A {kind} has no items that could be watched.").format(kind=type(owner).__name__))


def _path(node: ast.expr) -> str:
    """Return `middle_linear.weight` of names and dots; empty for all else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _part(owner: Any, name: str) -> Any:
    """Return a part of a tensor or an object, without running properties."""
    if isinstance(owner, torch.Tensor):
        if name == "grad":
            found = owner.grad if is_leaf(owner) else None
            if found is None:
                raise GradvizError(tr("It has no gradient yet."))
            return found
        if name in _PARTS:
            return getattr(owner, name)
    elif isinstance(owner, nn.Module):
        if (found := part_of_module(owner, name)) is not None:
            return found
    elif name in getattr(owner, "__dict__", {}):
        return vars(owner)[name]
    elif isinstance(owner, tuple) and name in getattr(owner, "_fields", ()):
        return owner[owner._fields.index(name)]  # type: ignore[attr-defined]
    raise GradvizError(tr("A {kind} has no {name!r} that could be watched.").format(
        kind=type(owner).__name__, name=name
    ))  # fmt: skip
