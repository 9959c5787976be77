"""Open an exported program (`.pt2`): its graph module, called with the inputs that it was exported with."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, is_zipfile

import torch

from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.engine.loading.weight_files import utf8_path
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.pytree import Arguments


def open_program(path: Path) -> tuple[Experiment, tuple[str, ...]]:
    """Return the program as an experiment, and sentences on what was decided for the user.

    Raises:
        GradvizError: it is no exported program, or was saved without inputs.
    """
    try:
        # torch reads parts of it with pickle, so that it can run code.
        with ALLOWED.open_copy(path) as file:
            if not _holds_program(file):
                # torch would log pages of it.
                raise GradvizError(f"{path.name} is no exported program; save it with torch.export.save.")
            if not isinstance(file, Path):
                file.seek(0)
            with utf8_path(file) if isinstance(file, Path) else nullcontext(file) as readable:
                program = torch.export.load(readable)
    except (BadZipFile, OSError, RuntimeError, ValueError, KeyError, AssertionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise GradvizError(
            f"{path.name} cannot be read as an exported program ({reason}); save it with torch.export.save."
        ) from error
    if program.example_inputs is None:
        raise GradvizError(
            f"{path.name} was saved without example inputs; export it again with torch.export.export(model, inputs)."
        )
    positional, keywords = program.example_inputs
    return Experiment(program.module(), Arguments(tuple(positional), dict(keywords))), (
        "An exported program: its modules are as they were when it was exported, and so are dropout and batch norm.",
        "No loss was given: the sum, over every floating-point tensor in the output, of the mean of its square serves.",
    )


def _holds_program(file: Path | BinaryIO) -> bool:
    """Return whether the archive has what torch.export.save puts into it; a file of weights is an archive, too."""
    if not is_zipfile(file):
        return False
    with ZipFile(file) as archive:
        return any(name.endswith(("archive_format", "exported_program.json")) for name in archive.namelist())
