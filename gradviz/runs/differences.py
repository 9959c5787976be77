"""What differs between runs: every field of their configurations by name."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.language import tr
from gradviz.runs.run_records import RunSummary

_NONE = "–"


def configuration(run: RunSummary) -> dict[str, str]:
    """Return what a run was opened with, by the names of the fields; those that are not known are left out."""
    fields: dict[str, object] = {tr("Network"): run.title, tr("Device"): run.device}
    if (setup := run.setup) is not None:
        fields[tr("Seed")] = setup.seed
        fields[tr("Iterations")] = setup.iterations
        fields[tr("Optimizer")] = run.optimizer
        if setup.optimizer is not None:
            fields |= setup.optimizer.options
        fields |= setup.hyperparameters
    fields[tr("Arguments")] = " ".join(run.arguments)
    fields |= {"Python": run.python, "torch": run.torch, "gradviz": run.gradviz}
    fields[tr("Source")] = run.source
    fields[tr("SHA-256 of the source")] = run.digest[:12]
    return {name: str(value) for name, value in fields.items() if value not in ("", None)}


def differences(runs: Sequence[RunSummary]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return the fields in which runs differ, with the value of each run, and those in which all are the same."""
    known = [configuration(run) for run in runs]
    names = dict.fromkeys(name for fields in known for name in fields)
    values = {name: tuple(fields.get(name, _NONE) for fields in known) for name in names}
    same = {name: each[0] for name, each in values.items() if len(set(each)) == 1}
    return {name: each for name, each in values.items() if name not in same}, same
