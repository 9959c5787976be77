"""Find the system's shared libraries that Qt wants and this system lacks, before Qt starts: Qt aborts without them, and
its message names one that is there."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gradviz.language import tr

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""The shared libraries that Qt's wheels leave to the system, and Debian's packages for them."""

_PATIENCE = 60.0


def why_qt_cannot_start(environment: Mapping[str, str], platform: str) -> str:
    """Return one sentence that names the missing libraries and the command that installs them; empty if none is known.

    Loading the plugin here costs little: Qt loads the same file a moment later.
    """
    if not platform.startswith("linux"):
        return ""
    lacking: list[str] = []
    for plugin in map(plugin_of, _platforms(environment)):
        if not plugin.exists():
            return ""
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            lacking = lacking or missing_libraries(plugin) or libraries_named_in(str(error))
        else:
            return ""
    if not lacking:
        return ""
    return tr("The window needs libraries that this system lacks: {missing}. {remedy}.").format(
        missing=", ".join(lacking), remedy=_capitalised(how_to_install(lacking))
    )


def plugin_of(platform_name: str) -> Path:
    """Return the file of the Qt plugin for a platform (xcb, wayland, offscreen …), there or not; imports no Qt."""
    found = importlib.util.find_spec("PySide6")
    origin = found.origin if found is not None and found.origin else ""
    return Path(origin).parent / "Qt" / "plugins" / "platforms" / f"libq{platform_name}.so"


def missing_libraries(plugin: Path) -> list[str]:
    """Return the names of the shared libraries that a plugin wants, itself or by another, and the system lacks."""
    ldd = shutil.which("ldd")
    if ldd is None or not plugin.exists():
        return []
    listing = subprocess.run([ldd, str(plugin)], capture_output=True, text=True, check=False, timeout=_PATIENCE).stdout
    return sorted({line.split()[0] for line in listing.splitlines() if "not found" in line})


def libraries_named_in(complaint: str) -> list[str]:
    """Return the known libraries that an error message names."""
    return [library for library in PACKAGES if library in complaint]


def how_to_install(libraries: Iterable[str]) -> str:
    """Return how to install the packages of these libraries, without a full stop."""
    packages = list(dict.fromkeys(PACKAGES.get(library, library) for library in libraries))
    return tr("install the system's {packages} (on Debian and Ubuntu: apt-get install {arguments})").format(
        packages=", ".join(packages), arguments=" ".join(packages)
    )


def _platforms(environment: Mapping[str, str]) -> Sequence[str]:
    """Return the platforms that Qt tries here, in its order."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen:
        return [name.partition(":")[0] for name in chosen.split(";")]
    return ["wayland", "xcb"] if environment.get("WAYLAND_DISPLAY") else ["xcb"]


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
