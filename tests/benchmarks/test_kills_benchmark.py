"""A hundred kills at random moments of a process that records: no file is damaged, no second but the last is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.runs.test_recording import kill_and_read


@pytest.mark.timeout(900)
def test_a_hundred_kills(tmp_path: Path) -> None:
    random = Random()
    for _ in range(100):
        kill_and_read(tmp_path, random.uniform(0.2, 2.5))
    print("\n100 kills, 0 damaged files")
