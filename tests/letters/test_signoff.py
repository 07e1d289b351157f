"""Sign-off: of a text and the rules that judged it; not of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from letters.samples import ACTUATOR, FUEL, SENDER, spec
from renotify.errors import Inconsistent
from renotify.letters import compose
from renotify.letters.profile import PrintProfile
from renotify.letters.signoff import signoff_digest
from renotify.rules import load

THURSDAY = date(2013, 3, 7)


def with_row(pack, table, row):
    """Return a pack in which one row is another, or new."""
    rows = dict(pack.rows[table]) | {row.id: row}
    return replace(pack, rows=dict(pack.rows) | {table: rows}, digest=f"with {row.id}")


@pytest.fixture(scope="module")
def signed(profile, pack):
    """Return the sign-off digest of a specification, typeset under a pack."""

    def digest(given=None, under=None, printed_with=None):
        rules, own = under or pack, printed_with or profile
        printed = compose.set_print(compose.recipe(given or spec(), own, rules))
        made = compose.version_of(printed, own)
        return signoff_digest(made, rules)

    return digest


def test_the_same_text_of_another_day_has_the_same_sign_off(signed):
    tuesday, thursday = spec(), spec(mail_date=THURSDAY)
    assert signed(thursday, load(THURSDAY)) == signed(tuesday)


def test_a_day_that_comes_and_that_no_sentence_tells_leaves_the_signature(signed):
    """Owners were told that they hear again by 6 March 2013: the letter of the 5th and that of the 7th say the same."""
    again = replace(FUEL, letter={**FUEL.letter, "next_notice_date": date(2013, 3, 6)})
    before, after = (
        spec(again, kind="remedy_available", mail_date=date(2013, 3, day)) for day in (5, 7)
    )
    assert before.facts(again) - after.facts(again) == {"next_notice"}
    assert signed(after, load(THURSDAY)) == signed(before, load(date(2013, 3, 5)))


@pytest.mark.parametrize("key", ["remedy_expected_date", "next_notice_date"])
def test_a_day_that_the_letter_promises_needs_another_sign_off(signed, key):
    """An interim letter tells when the remedy is there, or when owners hear again: another day is another promise."""
    days = (date(2013, 6, 3), date(2013, 6, 10))
    told = [
        replace(FUEL, remedy_available_date=None, letter={**FUEL.letter, key: day}) for day in days
    ]
    waits = frozenset([FUEL.campaign_code])
    first, second = (signed(spec(one, kind="interim", waiting=waits)) for one in told)
    assert first != second


def test_two_languages_of_another_day_have_the_same_sign_off(signed):
    tuesday = spec(language="en+es")
    assert signed(replace(tuesday, mail_date=THURSDAY)) == signed(tuesday)


@pytest.mark.parametrize(
    "other",
    [
        spec(replace(FUEL, defect="Another defect")),
        spec(recipient="lessor"),
        spec(language="en+es"),
        spec(kind="remedy_available"),
        spec(labor_hours={"9LA": (3.0, 3.0)}),
        spec(sender=replace(SENDER, phone="1-800-555-0199")),
        spec(accepted={"grade.en": "J. Counsel, 2013-02-20: quoted title"}),
    ],
    ids=["defect", "recipient", "language", "kind", "hours", "telephone", "accepted finding"],
)
def test_any_other_change_of_the_letter_needs_another_sign_off(signed, other):
    assert signed(other) != signed()


def test_another_print_profile_needs_another_sign_off(signed, profile):
    facts = {name: dict(group) if isinstance(group, dict) else group
             for name, group in profile.facts.items()}  # fmt: skip
    assert signed(printed_with=PrintProfile(profile.text + "\n", facts)) != signed()


def test_a_reworded_statement_needs_another_sign_off(signed, pack):
    words = {"en": "An entirely new sentence.", "es": "Una frase nueva."}
    reworded = replace(pack.statement("P9"), text=words, matcher=words)
    assert signed(under=with_row(pack, "statements", reworded)) != signed()


def test_a_statement_that_is_found_otherwise_needs_another_sign_off(signed, pack):
    found = {language: matcher + " ?" for language, matcher in pack.statement("P9").matcher.items()}
    other = replace(pack.statement("P9"), matcher=found)
    assert signed(under=with_row(pack, "statements", other)) != signed()


def test_a_new_forbidden_word_and_a_new_measure_need_another_sign_off(signed, pack):
    rows = pack.rows["forbidden"]
    word = replace(rows["goodwill.en"], id="new", pattern=r"\bnever printed\b")
    measure = replace(pack.measure("grade"), most=7.0)
    digests = {
        signed(),
        signed(under=with_row(pack, "forbidden", word)),
        signed(under=with_row(pack, "mail", measure)),
    }
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("table", "name", "change"),
    [
        ("statements", "N1", {"text": {"en": "Other words.", "es": "Otras palabras."}}),
        ("mail", "envelope_width", {"value": 3.1}),
    ],
    ids=["a statement of other letters", "a measure of the envelope"],
)
def test_a_rule_that_does_not_touch_the_letter_leaves_the_sign_off(
    signed, pack, table, name, change
):
    row = replace(pack.rows[table][name], **change)
    assert signed(under=with_row(pack, table, row)) == signed()


def test_a_forbidden_word_of_another_language_leaves_the_sign_off(signed, pack):
    spanish = next(row for row in pack.forbidden("es"))
    changed = replace(spanish, pattern="nunca")
    assert signed(under=with_row(pack, "forbidden", changed)) == signed()


def test_a_recall_statement_counts_for_the_service_letter_that_may_not_carry_it(signed, pack):
    words = {"en": "An entirely new sentence.", "es": "Una frase nueva."}
    reworded = replace(pack.statement("P9"), text=words, matcher=words)
    service = spec(ACTUATOR)
    assert signed(service, with_row(pack, "statements", reworded)) != signed(service)


def test_a_version_is_not_signed_off_under_rules_it_was_not_made_under(version, pack):
    other = replace(pack, digest="other")
    with pytest.raises(Inconsistent, match="not made under the rules of 2013-03-05"):
        signoff_digest(version, other)
