"""``[outreach]`` of followup.toml: what it means left out, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli_support import follow_up_file
from renotify.campaigns.follow_up_settings import FollowUpSettings, from_facts, read, to_facts
from renotify.campaigns.outreach_settings import Arm, Outreach, outreach_of
from renotify.errors import BadInput

TWO = [{"name": "A", "share": 0.5}, {"name": "B", "share": 0.5, "channel": "email"}]


def test_left_out_nothing_is_drawn() -> None:
    assert FollowUpSettings("small", "initial", ("A",), date(2013, 2, 26)).drawn == Outreach(
        False, 0, ()
    )


def test_what_is_stated_is_kept_with_the_list(tmp_path: Path) -> None:
    stated = {"randomise": True, "seed": 7, "arms": TWO}
    settings = read(follow_up_file(tmp_path, ["9LA"], outreach=stated))
    assert settings.drawn == Outreach(True, 7, (Arm("A", 0.5), Arm("B", 0.5, "email")))
    assert from_facts(to_facts(settings)).drawn == settings.drawn


def test_thirds_written_to_six_places_are_a_whole() -> None:
    thirds = [{"name": name, "share": 0.333333} for name in "AB"] + [
        {"name": "C", "share": 0.333334}
    ]
    assert len(outreach_of({"arms": thirds}).arms) == 3


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"arms": [{"name": "A", "share": 0.5}, {"name": "B", "share": 0.4}]}, "the shares of the arms add up to 0.9, not 1"),
        ({"arms": [{"name": "A", "share": 0.5}]}, "'A' is the only arm"),
        ({"arms": [*TWO, {"name": "A", "share": 0.1}]}, "there are two arms 'A'"),
        ({"arms": [{"name": "A", "share": 0.0}, {"name": "B", "share": 1.0}]}, "arm 1: share must be between 0 and 1, not 0"),
        ({"arms": [{"name": "A"}, {"name": "B", "share": 0.5}]}, "arm 1: share is missing"),
        ({"arms": [TWO[0], {"name": "B", "share": 0.5, "channel": "fax"}]}, "arm 2: there is no channel 'fax'"),
        ({"arms": [TWO[0], {"name": "B 1", "share": 0.5}]}, "arm 2: name must be up to 32 letters"),
        ({"arms": [TWO[0], {"name": "B", "share": 0.5, "wording": "short"}]}, "arm 2: there is no key 'wording'"),
        ({"arms": "A and B"}, "arms must be a list of tables"),
        ({"randomise": "yes"}, "randomise = 'yes' is not true or false"),
        ({"seed": 1.5}, "seed = 1.5 is not a whole number"),
        ({"randomize": True}, "there is no key 'randomize'"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_by_its_key(
    tmp_path: Path, stated: dict[str, object], message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(follow_up_file(tmp_path, ["9LA"], outreach=stated))
    assert message in refused.value.message
    assert refused.value.message.startswith("followup.toml, outreach")
