"""The door: what is known about where an error of autograd's own comes from. One row for each kind of error."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.engine.proofs.checkpoint_proof import prove_checkpoint_mismatch
from gradviz.engine.proofs.error_site import ErrorSite
from gradviz.engine.proofs.lost_gradient_proof import prove_lost_gradient
from gradviz.engine.proofs.overwritten_proof import prove_overwritten
from gradviz.engine.proofs.second_backward_proof import prove_second_backward
from gradviz.engine.torch_compat import DisableTorchFunction
from gradviz.protocol.cause_records import ProofRecord

_KINDS: tuple[Callable[[ErrorSite], ProofRecord | None], ...] = (
    prove_overwritten,
    prove_second_backward,
    prove_lost_gradient,
    prove_checkpoint_mismatch,
)


def prove(site: ErrorSite) -> ProofRecord | None:
    """Return the places that led to an error; None where nothing can be said."""
    with DisableTorchFunction():
        for kind in _KINDS:
            proof = kind(site)
            if proof is not None:
                return proof
    return None
