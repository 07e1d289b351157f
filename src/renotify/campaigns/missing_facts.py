"""Which facts the letters of a campaign need and campaigns.toml does not state: told at the load and when a list is frozen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.crashes import Crash, crash_in
from renotify.campaigns.injuries import names_injury
from renotify.campaigns.letter_facts import (
    OWNERS_TEXTS,
    STANDARDS_NAME,
    TEXTS,
    by_repair,
    facts_of,
    found_by_test,
    holds_young,
    old_vehicles,
    reimbursement_begins,
    standard_numbers,
    text_of,
)
from renotify.campaigns.letter_faults import faults
from renotify.campaigns.missing_fact import LIKE_THIS, Missing
from renotify.campaigns.refused_texts import refused_texts
from renotify.campaigns.words_of_the_work import of_two_times, of_visits
from renotify.rules import RulePack, Statement
from renotify.values.english import counted

# slots whose value does not come from campaigns.toml
ELSEWHERE = frozenset(["vin", "phone", "tty", "sender_address"])
HOURS = "labor_time"  # the slot that the table labor_times fills
# slots that are made of another key
KEY_OF_SLOT: Mapping[str, str] = {
    "vehicles": "scope", "manufacturer": "make", "campaign": "campaign_code", "remedy_expected": "remedy_expected_date",
}  # fmt: skip
SHOULD: Mapping[str, str] = {
    "component": "49 CFR 577.5(e)(1)", "ordered_date": "49 USC 30120(g)(1)",
    "conditions": "49 CFR 577.5(e)(3)", "filed_date": "49 CFR 573.13(c)(1)", "claims_address": "49 CFR 577.11(d)(7)",
    "provisional_ordered_date": "49 CFR 577.6(b)(9)(i)(C)", "towing": "house policy beside 49 CFR 577.5(e)(4)",
}  # fmt: skip
SOON_AGAIN = 14  # days: house policy, no letter says that its owner hears again sooner
# last days that letters state: how many days the least that is left to owners, by what, and why
LEAST_LEFT: Mapping[str, tuple[int, str, str]] = {
    "reimbursed_until_date": (
        10, "49 CFR 577.6(c)(2)(i)", "owners who get a letter of that day later are to be reimbursed up to its receipt"
    ),
    # 180 days from memory; the section was not read, so that it warns and does not refuse
    "tires_until_date": (
        180, "house policy after 49 USC 30120(b)",
        "owners have 180 days from their notice, or from a later day of the remedy, to bring their tires (from memory: ask counsel)"
    ),
}  # fmt: skip

STANDARD_NUMBER = re.compile(r"\d+[A-Za-z]?")
OF_REIMBURSEMENT = ("filed_date", "claims_address")


def missing(
    campaign: Campaign,
    pack: RulePack,
    kind: str,
    languages: Iterable[str],
    *,
    timed: bool = True,
    telephones: Collection[str] | None = None,
    accepted: Collection[str] = (),
) -> list[Missing]:
    """Return the keys without which a letter of a kind (of the rule pack's) about a campaign cannot be printed, each once.

    A letter about a campaign whose remedy has no known day is an interim one. ``timed``: labor_times has its hours;
    ``telephones``: the ten digits of the sender's own, None where no sender is known; ``accepted``: the handles of wordings
    that a person accepted. What should stand and need not is last.
    """
    found: dict[tuple[str, str], Missing] = {}
    languages = tuple(languages)
    for wanted in _kinds(campaign, kind):
        for language in languages:
            for one in _missing_in(campaign, pack, wanted, language, timed=timed):
                found.setdefault((one.key, one.language), one)
    there = _still_to_come(campaign, pack.on)
    for fault in faults(campaign, languages, pack.on, there=there, accepted=accepted):
        # what was read in a text a person can accept once there are letters: the check of these refuses it
        must, wrong = not fault.read_by, fault.wrong
        one = Missing(
            campaign.campaign_code,
            fault.key,
            fault.language,
            fault.citation,
            must=must,
            wrong=wrong,
        )
        found.setdefault((fault.key, fault.language), one)
    told = (
        _should_state(campaign, languages),
        of_days(campaign, kind, pack.on),
        _already_there(campaign, kind, pack.on),
        _of_crash(campaign),
        _without_amount(campaign, languages),
        _not_printed(campaign),
        _against_itself(campaign),
        _of_unknown_standard(campaign),
        of_visits(campaign, pack, languages),
        of_two_times(campaign, languages) if timed else (),
    )
    for one in chain(*told) if campaign.family == "safety" else ():
        found.setdefault((one.key, one.language), one)
    crash = found.get(("crash", "en"))
    if crash and crash.must and campaign.letter.get("crash") is None:
        # whether the injury is needed depends on the answer: it is asked once none can crash
        found = {key: one for key, one in found.items() if key[0] != "injury" or one.wrong}
    # each faulty sentence, however many a text has
    refused = _refused(campaign, pack, languages, telephones, accepted)
    return sorted([*found.values(), *refused], key=lambda one: not one.must)


def _kinds(campaign: Campaign, kind: str) -> tuple[str, ...]:
    if campaign.provisional:
        return ("provisional",)
    return ("interim",) if campaign.first_remedy_date is None else (kind,)


def _missing_in(
    campaign: Campaign, pack: RulePack, kind: str, language: str, *, timed: bool
) -> Iterator[Missing]:
    """Yield the keys that the slots of a letter's statements need and the campaign does not state."""
    for row in _statements(campaign, pack, kind, language):
        for slot in row.slots(language):
            key = KEY_OF_SLOT.get(slot, slot)
            if slot == HOURS:
                yield from () if timed else (_untimed(campaign, row.citation),)
            elif slot not in ELSEWHERE and not _stated(campaign, key, language):
                where = language if key in TEXTS or key in OWNERS_TEXTS else "en"
                wrong = _of_standard(campaign, language) if key == "standard" else ""
                yield Missing(
                    campaign.campaign_code,
                    _asked(campaign, key),
                    where,
                    row.citation,
                    wrong=wrong,
                )


def _untimed(campaign: Campaign, citation: str) -> Missing:
    """Return that nobody knows the time of the work: a letter of the day on which its repair is there is refused without it."""
    wrong = (
        "labor_times has no row of it, and a letter states the time of the work: load labor_times"
    )
    return Missing(campaign.campaign_code, "labor_times", "en", citation, must=False, wrong=wrong)


def _of_standard(campaign: Campaign, language: str) -> str:
    """Return what is wrong with a standard as it is stated, and what to do; blank where none is."""
    told = campaign.standard if language == "en" else campaign.spanish.get("standard", "")
    if not told.strip():
        return ""
    named = STANDARDS_NAME.match(told)
    own = told[named.end() :] if named else told
    number, title = any(map(str.isdigit, own)), re.search(r"[^\W\d_]{3}", own) is not None
    lacks = {
        (True, False): "and that is a number without its title",
        (False, True): "and that is a title without its number",
    }.get((number, title), "and that does not begin with the number of a standard and its title")
    where = "" if language == "en" else f" under [campaign.{language}]"
    return f"its `standard`{where} is {told.strip()!r}, {lacks}: state both in campaigns.toml, as in {LIKE_THIS}"


def _statements(
    campaign: Campaign, pack: RulePack, kind: str, language: str
) -> Iterator[Statement]:
    """Yield the statements of an owner's letter, of one whose remedy is not free too where the campaign provides for it.

    Of a campaign that states ``not_free`` they are those of the free remedy too where its model years hold vehicles that are young.
    """
    for not_free in _terms(campaign, pack.on):
        yield from pack.statements_for(
            campaign_type=campaign.campaign_type.value, kind=kind, recipient="owner", language=language,
            facts=facts_of(campaign, not_free=not_free),
        )  # fmt: skip


def _terms(campaign: Campaign, on: date) -> tuple[bool, ...]:
    if not campaign.letter.get("voluntary_extent"):
        return (False,)
    old = old_vehicles(campaign, on)
    if old is not None and (not old.unknown_too or holds_young(campaign, old)):
        return (False, True)
    return (True,)


def _should_state(campaign: Campaign, languages: Iterable[str]) -> Iterator[Missing]:
    """Yield the keys without which a recall's letter can be printed, and that a person should state all the same."""
    for language in languages:
        own = campaign.component if language == "en" else campaign.spanish.get("component", "")
        if not own.strip():  # the subject stands in for it
            yield Missing(
                campaign.campaign_code, "component", language, SHOULD["component"], must=False
            )
    held = facts_of(campaign)
    lacking = {
        "conditions": "conditions" not in held and not campaign.letter.get("conditions_in_defect"),
        "filed_date": "reimbursement_begins" not in held,
        "claims_address": not campaign.letter.get("claims_address"),
        "towing": "do_not_drive" in held and "towing" not in held,
        "ordered_date": "ordered" in held and not campaign.letter.get("ordered_date"),
        "provisional_ordered_date": campaign.provisional
        and not campaign.letter.get("provisional_ordered_date"),
    }
    for key, lacks in lacking.items():
        if lacks and (key not in OF_REIMBURSEMENT or "nobody_to_reimburse" not in held):
            yield Missing(campaign.campaign_code, key, "en", SHOULD[key], must=False)


def of_days(
    campaign: Campaign, kind: str, on: date, *, waiting: bool = False, planned: date | None = None
) -> Iterator[Missing]:
    """Yield what a letter of a day whose remedy is not there should say of days, and which stated days it leaves out.

    A second notice waits for its remedy's day: once that is known it promises no other letter. ``waiting``: its plan makes the
    letter an interim one, whatever day the campaign states; ``planned`` is the day of its repair by the plan, where it has one.
    """
    yield from _soon_over(campaign, on, planned or _still_to_come(campaign, on))
    there = campaign.first_remedy_date
    known = there is not None and (kind == "remedy_available" or there <= on)
    if campaign.provisional or (known and not waiting):
        return
    again = campaign.letter.get("next_notice_date")

    def one(wrong: str = "", citation: str = "49 CFR 577.7(a)(1)") -> Missing:
        return Missing(
            campaign.campaign_code, "next_notice_date", "en", citation, must=False, wrong=wrong
        )

    if again is None:
        yield one()
    elif again <= on:
        yield one(
            f"`next_notice_date` {again} is no later than {on}, and a letter leaves it out: state a later day"
        )
    elif (again - on).days < SOON_AGAIN:
        gap = counted((again - on).days, "day")
        yield one(
            f"`next_notice_date` {again} is {gap} after {on}, and owners would hear again so soon: state a later day",
            "house policy",
        )
    yield from _of_expected(campaign, on, planned)


def _of_expected(campaign: Campaign, on: date, planned: date | None) -> Iterator[Missing]:
    """Yield the day from which a remedy is expected where letters name another one, or none (577.5(g)(1)(ii))."""
    there, expected = campaign.first_remedy_date, campaign.letter.get("remedy_expected_date")
    named = planned or there
    wrong = ""
    if expected is not None and named is not None and expected != named:
        wrong = (
            f"letters name {planned}, from when kits and hours suffice by the plan, not `remedy_expected_date` {expected}: read whether the"
            " two agree"
            if planned
            else f"letters name `remedy_available_date` {there}, not `remedy_expected_date` {expected}: leave one of them out"
        )
    elif expected is not None and planned is None and expected <= on:
        wrong = f"`remedy_expected_date` {expected} is no later than {on}, and a letter says that no day is known: state a later day"
    if wrong:
        yield Missing(
            campaign.campaign_code,
            "remedy_expected_date",
            "en",
            "49 CFR 577.5(g)(1)(ii)",
            must=False,
            wrong=wrong,
        )


def _still_to_come(campaign: Campaign, on: date) -> date | None:
    """Return the first day from which a letter of a day can say that the remedy is there; None where it is, or none is known."""
    first = campaign.first_remedy_date or campaign.letter.get("remedy_expected_date")
    return first if first is not None and first > on else None


def _soon_over(campaign: Campaign, on: date, there: date | None) -> Iterator[Missing]:
    """Yield a last day that a letter of a day states and that leaves its owner too little time (``LEAST_LEFT``).

    Tires have their time from the day on which their remedy is there, where that is later than the letter.
    """
    for key, (least, citation, lack) in LEAST_LEFT.items():
        last: date | None = campaign.letter.get(key)
        if last is None:
            continue
        begins = max(on, there or on) if key == "tires_until_date" else on
        if 0 < (last - begins).days < least:
            days = counted((last - begins).days, "day")
            wrong = f"its `{key}` {last} is {days} after {begins}, and {lack}: state a later day"
            yield Missing(campaign.campaign_code, key, "en", citation, must=False, wrong=wrong)
    yield from _of_later_remedies(campaign, on)


def _of_later_remedies(campaign: Campaign, on: date) -> Iterator[Missing]:
    """Yield a last day of tires that is over before the remedy of some vehicles is there: their letters are refused."""
    last: date | None = campaign.letter.get("tires_until_date")
    late = [
        one.remedy_available_date
        for one in campaign.remedies
        if one.remedy_available_date and last and on < last <= one.remedy_available_date
    ]
    if late:
        wrong = (
            f"its `tires_until_date` {last} is no later than {max(late)}, from which the remedy of some vehicles is there, and their"
            " letters are refused: state a later day"
        )
        yield Missing(
            campaign.campaign_code, "tires_until_date", "en", "49 CFR 577.5(g)(1)(ii)", must=False, wrong=wrong
        )  # fmt: skip


def _already_there(campaign: Campaign, kind: str, on: date) -> Iterator[Missing]:
    """Yield the day of a remedy that is there although the follow-up is an interim one: its letters then ask owners in."""
    there = campaign.first_remedy_date
    if kind == "interim" and there is not None and there <= on:
        wrong = f"the follow-up is an interim one, and the remedy is there since {there}: its letters ask their owners in"
        yield Missing(
            campaign.campaign_code,
            "remedy_available_date",
            "en",
            "49 CFR 577.7(a)(1)",
            must=False,
            wrong=wrong,
        )


def _of_crash(campaign: Campaign) -> Iterator[Missing]:
    """Yield what a person should state of a crash although letters are printed: it is only the case in which something else fails, or
    the consequence denies it and says nothing more.
    """
    stated, said = campaign.letter.get("crash"), crash_in(campaign.consequence)
    if said is Crash.DENIED and stated is False and not campaign.provisional:
        wrong = f"{said.value}: say there what can happen and whom it can hurt"
        yield Missing(
            campaign.campaign_code,
            "consequence",
            "en",
            "49 CFR 577.5(f)(2)",
            must=False,
            wrong=wrong,
        )
    injured = names_injury(campaign.consequence) or campaign.letter.get("injury")
    open_still = stated is None and said is Crash.CONDITION and not injured
    if open_still and not campaign.provisional:
        wrong = f"{said.value}: state `crash = true` or `crash = false`"
        yield Missing(
            campaign.campaign_code, "crash", "en", "49 CFR 577.5(f)", must=False, wrong=wrong
        )


def _without_amount(campaign: Campaign, languages: Iterable[str]) -> Iterator[Missing]:
    """Yield the costs of a repair that name no amount: a provisional notification states an estimate."""
    for language in languages if campaign.provisional else ():
        cost = text_of(campaign, "repair_cost", language)
        if cost and not any(map(str.isdigit, cost)):
            wrong = (
                "its `repair_cost` names no amount: state the estimate in figures in campaigns.toml"
            )
            yield Missing(
                campaign.campaign_code,
                "repair_cost",
                language,
                "49 CFR 577.6(b)(10)(i)",
                wrong=wrong,
            )


def _not_printed(campaign: Campaign) -> Iterator[Missing]:
    """Yield the words for the work of a campaign whose remedy is no repair: its letters say what the owner gets, and not these."""
    if by_repair(campaign) or not campaign.remedy.strip():
        return
    by = campaign.letter["remedy_by"]
    key = "replacement" if by == "replacement" else "depreciation"
    wrong = (
        f"its `remedy` is not printed, because `remedy_by` is {by!r}: a letter says it by the statement of the law with `{key}`; what else"
        " an owner must know belongs there, or in `precaution` or `towing`"
    )
    yield Missing(
        campaign.campaign_code, "remedy", "en", "49 CFR 577.5(g)(1)(i)", must=False, wrong=wrong
    )


def _against_itself(campaign: Campaign) -> Iterator[Missing]:
    """Yield the opinion about a repair of a campaign that says that there is none (577.5(g)(2)(iii))."""
    told = campaign.letter
    if told.get("repairable") is False and told.get("repair_opinion"):
        says = (
            "a letter says that no repair is possible and prints the opinion beside it"
            if campaign.provisional
            else "a letter prints the opinion alone, and leaves out parts, steps and prices"
        )
        wrong = f"it states `repairable = false` and a `repair_opinion`: {says}, so read whether the two agree"
        yield Missing(
            campaign.campaign_code, "repair_opinion", "en", "49 CFR 577.5(g)(2)(iii)", must=False, wrong=wrong
        )  # fmt: skip


def _of_unknown_standard(campaign: Campaign) -> Iterator[Missing]:
    """Yield the standard of a number that is none of 49 CFR Part 571 as far as the house knows: its letter says that it exists."""
    named = STANDARD_NUMBER.match(text_of(campaign, "standard", "en"))
    if named is not None and named[0].lower() not in standard_numbers():
        wrong = f"its `standard` names No. {named[0]}, and none of 49 CFR Part 571 is known here by that number: read it again"
        yield Missing(
            campaign.campaign_code, "standard", "en", "49 CFR 577.5(c)(2)", must=False, wrong=wrong
        )


def _refused(
    campaign: Campaign,
    pack: RulePack,
    languages: Iterable[str],
    telephones: Collection[str] | None,
    accepted: Collection[str],
) -> Iterator[Missing]:
    """Yield the texts with which the check of the letter refuses it, whatever else stands in it."""
    facts = facts_of(campaign, not_free=all(_terms(campaign, pack.on)))
    for language in languages:
        for one in refused_texts(campaign, pack, language, facts, telephones, accepted):
            table = "" if language == "en" else f" under [campaign.{language}]"
            wrong = f"letter check refuses its `{one.key}`{table}: {one.wrong}"
            yield Missing(
                campaign.campaign_code, one.key, language, one.citation, must=False, wrong=wrong
            )


def _asked(campaign: Campaign, key: str) -> str:
    """Return the key by which a person states what a slot needs."""
    return "first_test_date" if key == "reimbursement_begins" and found_by_test(campaign) else key


def _stated(campaign: Campaign, key: str, language: str) -> bool:
    if key == "remedy_available_date":  # a vehicle whose remedy has no day gets an interim letter
        return True
    if key == "scope":
        return bool(campaign.scopes or campaign.letter.get("equipment"))
    if key == "reimbursement_begins":
        return reimbursement_begins(campaign) is not None
    if key in TEXTS or key in OWNERS_TEXTS:
        return bool(text_of(campaign, key, language))
    return bool(campaign.letter.get(key) or getattr(campaign, key, None))
