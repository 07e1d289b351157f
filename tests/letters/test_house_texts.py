"""Other words for the house's own texts of a letter: where they stand, where they do not, and what the gate refuses in them."""

from __future__ import annotations

import pytest

from letters.samples import ACTUATOR, FUEL, MAIL_DATE, spec
from renotify.campaigns.outreach_settings import Wording
from renotify.errors import LetterRefused
from renotify.letters import compose, readback
from renotify.letters.checks.run_all import check, parts_of
from renotify.letters.compose import compile_letter
from renotify.letters.specimen import specimen
from renotify.rules import load

LESSOR = (
    "Federal regulation requires that any vehicle lessor receiving this recall notice must forward a copy of this notice to the"
    " lessee within ten days."
)
WHY, DO = "We want you to be safe.", "Call your dealer today."
POR, HAGA = "Queremos que esté a salvo.", "Llame hoy a su taller."


def wording(what_to_do: str = DO, **why: str) -> Wording:
    return Wording("soon", {"en": {"what_to_do": what_to_do} | why, "es": {}})


BOTH = Wording(
    "soon", {"en": {"why_you": WHY, "what_to_do": DO}, "es": {"why_you": POR, "what_to_do": HAGA}}
)


@pytest.mark.parametrize("campaign", [FUEL, ACTUATOR], ids=["recall", "service"])
def test_a_wording_stands_in_both_languages_in_place_of_the_house_s_words(campaign):
    version = compile_letter(spec(campaign, language="en+es", wording=BOTH), rules_on=MAIL_DATE)
    text = said(version)
    assert all(text.count(words) == 1 for words in (WHY, DO, POR, HAGA))
    assert "Call your dealer for an appointment" not in text
    assert "pida una cita" not in text
    assert not [one for one in check(version) if one.severity == "must"]


def said(version):
    pages = readback.read(specimen(version).body, version.slots, version.page_count)
    return " ".join(part.plain for part in parts_of(version, pages, load(MAIL_DATE)))


def test_a_letter_has_of_a_wording_what_its_form_has_room_for():
    """An interim letter asks nobody in; a text that is not stated stays as it is."""
    waiting = {"waiting": frozenset(["9LA"]), "kind": "interim"}
    assert spec(FUEL, wording=BOTH).house_texts("en") == {"why_you": WHY, "what_to_do": DO}
    assert spec(FUEL, wording=BOTH, **waiting).house_texts("es") == {"why_you": POR}
    assert spec(FUEL, wording=wording()).house_texts("en") == {"what_to_do": DO}
    assert spec(FUEL).house_texts("en") == {}


def test_versions_of_another_wording_have_another_digest_and_of_unused_words_the_same():
    def digest(**own):
        return compose.recipe(
            spec(FUEL, **own), compose.load_profile(), compose.load(MAIL_DATE)
        ).digest

    assert len({digest(), digest(wording=BOTH), digest(wording=wording())}) == 3
    waiting = {"waiting": frozenset(["9LA"]), "kind": "interim"}
    assert digest(wording=wording(), **waiting) == digest(**waiting)


def test_a_wording_without_spanish_refuses_the_letter_in_spanish_by_its_name():
    with pytest.raises(
        LetterRefused, match="The wording soon has no words for what_to_do in language 'es'"
    ) as refused:
        compose.recipe(
            spec(FUEL, language="en+es", wording=wording()),
            compose.load_profile(),
            compose.load(MAIL_DATE),
        )
    assert "[outreach.wordings.soon.es]" in refused.value.hint


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("There is no safety defect in your car.", "forbidden wording"),
        ("CALL YOUR DEALER TODAY OR TOMORROW.", "is in capitals"),
        (LESSOR, "is the statement of 577.5(h)"),
    ],
)  # fmt: skip
def test_the_gate_judges_a_wording_as_any_other_words(words, finding):
    with pytest.raises(LetterRefused) as refused:
        compile_letter(spec(FUEL, wording=wording(words)), rules_on=MAIL_DATE)
    assert finding in refused.value.message


def test_a_wording_that_comes_near_a_denial_is_shown_to_a_person():
    version = compile_letter(
        spec(FUEL, wording=wording("The problem is not serious.")), rules_on=MAIL_DATE
    )
    near = {one.code: one.message for one in check(version)}
    assert "in the en what_to_do of the letter" in near["forbidden.near_denial.en"]
