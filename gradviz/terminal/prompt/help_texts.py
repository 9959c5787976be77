"""The long texts of the prompt's help: how tensors are named, and what can be broken on."""

from __future__ import annotations

from gradviz.language import translatable

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

BREAK_HELP = translatable("""  break middle_linear            on entering a module
  break addmm                    before every op or node of that name
  break #12                      before a node, in forward and backward
  break middle_linear.weight     before its gradient is stored
  break model.py:21              before what a line made
  break backward                 when a phase begins: forward, backward, update
  break iteration 10             when an iteration begins
  break nan                      after a NaN came out
  break inf                      after an infinity came out
  break norm > 1e3               after a gradient's norm was above (or below, with <)
  break zero                     after a gradient came out zero everywhere
  break shape 64x100             after a result of that shape
`in forward`, `in backward` or `in update` at the end narrows it: break clamp in backward.""")
