"""Opens training scripts: reads the file of a target, and runs it with somebody following."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz import watch_api as watching
from gradviz.engine.scripts.iteration_detector import IterationDetector, ScriptListener
from gradviz.engine.scripts.main_module import play, read_script
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.targets.target_spec import TargetSpec


class Script:
    """A training script, read and not yet run."""

    def __init__(self, target: TargetSpec, arguments: Sequence[str] = ()) -> None:
        """Read the file; the script finds its path, as it was written, in `sys.argv`.

        Raises:
            GradvizError: the file cannot be read, or is no Python.
        """
        self.path = target.path.absolute()
        self.title = target.path.name
        self._argv = [target.name, *arguments]
        self._code = read_script(self.path)

    def perform(self, run: ScriptRun, listener: ScriptListener, *, mute: bool) -> None:
        """Run the script to its end. `mute`: nothing can be read from standard input.

        Raises what the script raises.
        """
        detector = IterationDetector(run, listener)
        watching.listen(detector.watch)
        try:
            play(self._code, self.path, self._argv, detector.followed(), mute=mute)
        finally:
            watching.listen(None)
            run.end()
