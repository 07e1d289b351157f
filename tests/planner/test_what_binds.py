"""What binds is read off what a plan says, sentence by sentence."""

from __future__ import annotations

from renotify.planner.what_binds import binding


def test_each_kind_of_limit_is_read_off_its_sentence() -> None:
    said = [
        "The mail house binds in 4 weeks, most in the week of 2013-03-04: 135 more pieces there would help.",
        "Technician hours bind at 11 dealers in the weeks of 2013-03-11 to 2013-08-26: they are what holds back.",
        "23291-DEMO1 binds: 46 more kits of 23291-DEMO1 in the week of 2013-03-04 would remove 1,598.",
        "Background traffic alone is 0.4 kits of 04009-DEMO1 short in the week of 2013-03-04.",
    ]
    assert binding(said) == (True, True, frozenset({"23291-DEMO1"}))
    assert binding(said[3:]) == (False, False, frozenset())
