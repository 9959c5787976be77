"""Opens training scripts: finds the file behind a target, and runs it with somebody following."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz import watch_api as watching
from gradviz.engine.scripts.iteration_detector import IterationDetector, ScriptListener
from gradviz.engine.scripts.main_module import play, read_script
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.targets.script_detection import is_script
from gradviz.targets.target_spec import expanded, read_target


class Script:
    """A training script, read and not yet run."""

    def __init__(self, name: str, arguments: Sequence[str] = ()) -> None:
        """`name`: the path as it was written, which the script finds in `sys.argv`.

        Raises:
            GradvizError: the file cannot be read, or is no Python.
        """
        path = expanded(name)
        self.path = path.absolute()
        self.title = path.name
        self._argv = [name, *arguments]
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


def find_script(target: str, arguments: Sequence[str] = ()) -> Script | None:
    """The script that `target` means; None if it is something else. Arguments after a file's name make it a script.

    Raises:
        GradvizError: the target is nothing that could be opened.
    """
    place = read_target(target)
    if place.kind != "file" or place.attribute or not (arguments or is_script(place.path)):
        return None
    return Script(place.name, arguments)
