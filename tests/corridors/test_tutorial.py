"""The tutorial can be typed: every command of it, in its order, on the files of the examples."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from small_world import Desk

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-follow-up.md"
REFUSED = "mail release follow-up-2013-02 1 --on 2013-03-04"  # before the first day for letters, as the page says
LONG = ("rehearse", "simulate")  # tried by tests of their own


def test_every_command_of_the_tutorial_does_what_the_page_says(desk: Desk) -> None:
    shutil.copytree(ROOT / "examples", desk.folder / "examples")
    typed = re.findall(r"^\$ renotify (.+)$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(typed) > 25
    for line in typed:
        words = shlex.split(line)
        if words[0] in LONG:
            continue
        said = desk.run(*words)
        assert said.code == (1 if line == REFUSED else 0), (line, said.err)
    assert desk.sql("select count(*) from piece where state = 'accepted'") == [(7,)]
    assert desk.sql("select number from wave where released_at is not null order by number") == [
        (1,), (2,), (3,),
    ]  # fmt: skip
