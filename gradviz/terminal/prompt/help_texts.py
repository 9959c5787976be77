"""The long texts of the prompt's help: how tensors are named, and what can be broken on."""

from __future__ import annotations

from gradviz.language import tr, translatable
from gradviz.model.stepping.breakpoint_kinds import KINDS

NAMES_HELP = translatable("""A name says whose tensor and which one, WHO and PART:
  middle_linear.weight   WHO: a parameter, a buffer, an input of the network
  #12                    a node by its number
  clamp                  a node by its op or name, if only one is called so
  .output 0              PART: what a node gave in forward; .input 1, .saved mask
  .grad                  the gradient of a parameter, or the one that comes into a node
  .grad_input 1          the gradient that a node gives to an input; .grad_output 0
  .update                the step of a parameter; .before and .after: what it was before it, and is after it
  .state exp_avg         what the optimizer keeps for a parameter; with before or after at the end, around its step
A PART without WHO is of the stop: out, input 0, grad, grad_input 1, saved mask. out and grad_input are of what ran
last where the stop's own are not computed yet. A slice may follow, as in Python: middle_linear.weight[0:4, :].
While you look back, values are those of the point looked at, as far as they were kept.""")

_NARROWED = translatable("""`in forward`, `in backward` or `in update` at the end narrows it: break clamp in backward.
So does `within NAME`, a module or a parameter: break nan within encoder.0.""")


def break_help() -> str:
    """Return what can be broken on: the examples of each kind."""
    examples = [example for kind in KINDS.values() for example in kind.examples]
    width = max(len(typed) for typed, _ in examples)
    return "\n".join([*(f"  break {typed:{width}}  {tr(text)}" for typed, text in examples), tr(_NARROWED)])


REACH_HELP = translatable("With a TEXT those that it means: a name, a reason, or an error text of torch's.")
SET_HELP = translatable(
    "EXPRESSION is Python with the old tensor as g, and torch: set grad = g.clamp(-1, 1). One element:"
    " set middle_linear.weight[0, 3] = 0.5."
)
BACK_HELP = translatable(
    "Values are those of that point, as far as they were kept. `forth` comes back; step goes on from the present."
)
UNTIL_HELP = translatable(
    "In this iteration or a later one, in forward or backward. `until NODE in backward` waits for that phase."
)
