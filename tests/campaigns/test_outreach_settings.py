"""``[outreach]`` of followup.toml: what it means left out, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli_support import follow_up_file
from renotify.campaigns.follow_up_settings import FollowUpSettings, from_facts, read, to_facts
from renotify.campaigns.outreach_settings import Arm, Outreach, outreach_of
from renotify.errors import BadInput

SOON = {"name": "B", "share": 0.5, "wording": "soon"}
WORDS = {"what_to_do": "Call your dealer today."}
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


def test_an_arm_with_a_wording_and_a_day_says_what_it_adds_the_same_in_every_follow_up() -> None:
    """Other words under the same name are another wording; the letter alone adds nothing."""
    soon = SOON | {"day": "Tuesday", "channel": "email"}
    found = outreach_of({"arms": [TWO[0], soon], "wordings": {"soon": WORDS}})
    again = outreach_of({"arms": [TWO[0], SOON], "wordings": {"soon": {"what_to_do": "Call us."}}})
    first, second = (one.adds(one.arms[1]) for one in (found, again))
    assert found.adds(found.arms[0]) == ""
    assert first.startswith("e-mail beside the letter, the wording soon (")
    assert first.endswith("), a letter mailed on a Tuesday")
    assert second == f"the wording soon ({again.wording('soon').digest})"
    assert found.wording("soon").digest != again.wording("soon").digest


def test_a_wording_without_words_in_a_language_of_the_letters_is_told_before_a_list_is_frozen(
    tmp_path: Path,
) -> None:
    stated = {"arms": [TWO[0], SOON], "wordings": {"soon": WORDS}}
    settings = read(follow_up_file(tmp_path, ["9LA"], outreach=stated))
    assert not settings.missing_of_sender(languages=("en",))
    assert settings.missing_of_sender(languages=("en", "es")) == [
        "[outreach.wordings.soon] states what_to_do, and [outreach.wordings.soon.es] has no words for it."
    ]


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
        ({"arms": [TWO[0], {"name": "B", "share": 0.5, "colour": "red"}]}, "arm 2: there is no key 'colour'"),
        ({"arms": [TWO[0], SOON]}, "arm B has the wording 'soon', which is not stated"),
        ({"arms": TWO, "wordings": {"soon": WORDS}}, "no arm has the wording 'soon'"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": {}}}, "wordings, soon: it states no text"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": {"remedy": "We repair it."}}}, "wordings, soon: there is no key 'remedy'"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": WORDS | {"es": {"why_you": "Hola."}}}}, "soon, es: there is no key 'why_you'"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": {"what_to_do": "Call"}}}, "what_to_do must be one line of whole sentences"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": {"what_to_do": 241 * "."}}}, "what_to_do has 241 characters, more than 240"),
        ({"arms": [TWO[0], SOON], "wordings": {"soon": "Call."}}, "wordings must be tables"),
        ({"arms": [TWO[0], SOON | {"wording": "sóon"}], "wordings": {'"sóon"': WORDS}}, "the name of a wording must be of plain letters"),
        ({"arms": [TWO[0], {"name": "B", "share": 0.5, "day": "Sunday"}]}, "arm 2: day must be one of Monday, Tuesday"),
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
