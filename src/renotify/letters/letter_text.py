"""The words of one language of a letter: campaign texts, statements of the law, dates, durations.

A missing translation refuses the letter by name; nothing falls back to another language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    DAYS,
    OWNERS_TEXTS,
    by_repair,
    reimbursement_begins,
    text_of,
)
from renotify.campaigns.letter_facts import TEXTS as LETTER_TEXTS
from renotify.campaigns.letter_faults import faults
from renotify.errors import LetterRefused
from renotify.letters.identified import vehicles
from renotify.letters.letter_labels import FURTHER, KINDS, MONTHS, NOUNS, WORDS, joined
from renotify.letters.spec import LetterSpec, Sender
from renotify.rules import RulePack, Statement
from renotify.rules.read_wording import ReadWording

TEXTS = ("subject", "defect", "consequence", "warning", "precaution", "remedy")
NEEDED = ("subject", "defect", "consequence", "remedy")
# slots of statements whose value is a campaign's own: such a statement stands once a campaign
OWN = frozenset(
    ["vehicles", "campaign", "first_notice_date", "remedy_available_date", "remedy_told_date", "remedy_expected", "labor_time",
     "visit_time"]
) | {*OWNERS_TEXTS, *LETTER_TEXTS, *DAYS}  # fmt: skip
# facts that are a matter of the vehicle, whatever campaign brings them: their statements stand once
OF_VEHICLE = frozenset(["do_not_drive", "park_outside"])
DECISION = ("577.5(c)", "577.6(a)")
# sections whose statements always are of one campaign; and that stand in its part where they do not hold for all
EACH = ("577.5(e)", "577.5(f)", "577.12")
IN_PART = ("577.5(g)(1)(ii)",)


class RefusedForFault(LetterRefused):
    """A letter that what its campaign states refuses; ``read`` is what was read in a text of it, None where a fact is at fault."""

    def __init__(self, message: str, hint: str = "", read: ReadWording | None = None) -> None:
        super().__init__(message, hint)
        self.read = read


@dataclass(frozen=True)
class Placed:
    """One statement as this letter must print it; ``campaign`` is the number of the one in whose part it stands, None for none.

    ``of`` are the numbers of all campaigns that it holds for.
    """

    statement: Statement
    text: str
    campaign: int | None
    of: tuple[int, ...] = ()

    def has_lead(self, language: str) -> bool:
        """Tell whether the law's words are only a lead-in before the campaign's own."""
        return bool(OWN & set(self.statement.slots(language))) and ": {" in self.statement.wording(
            language
        )

    def lead(self, language: str) -> str:
        """Return the law's lead-in with its colon, blank where the statement has none."""
        return self.text.partition(": ")[0] + ":" if self.has_lead(language) else ""

    @property
    def plain(self) -> str:
        """Return the text as it is looked for: without the VIN's slot and a last full stop."""
        return self.text.replace("{vin}", "").rstrip(" .")


def long_date(day: date, language: str) -> str:
    """Return ``February 26, 2013`` or ``26 de febrero de 2013``."""
    month = MONTHS[language].split()[day.month - 1]
    if language == "es":
        return f"{day.day} de {month} de {day.year}"
    return f"{month} {day.day}, {day.year}"


def duration(hours: tuple[float, float], language: str) -> str:
    """Return hours of work in words: ``30 minutes``, ``2 hours``, ``7 to 22 hours``."""
    least, most = hours
    minutes = most < 1
    unit = {("en", True): "minutes", ("en", False): "hours"}.get(
        (language, minutes), "minutos" if minutes else "horas"
    )
    low, high = (f"{value * (60 if minutes else 1):g}" for value in (least, most))
    if low != high:
        return f"{low} {'a' if language == 'es' else 'to'} {high} {unit}"
    return f"{high} {unit[:-1] if high == '1' else unit}"


def _identified(spec: LetterSpec, campaign: Campaign, language: str) -> str:
    """Return what the decision identifies; of several recalls each names its own there: the rule's form begins with the maker."""
    found = vehicles(campaign, language)
    if len(spec.campaigns) < 2:
        return found
    return f"{found} ({NOUNS[language][campaign.family]} {campaign.campaign_code})"


def texts(campaign: Campaign, language: str) -> dict[str, str]:
    """Return the campaign's texts for owners; LetterRefused names the one that is missing.

    The words for the work are none of a remedy that is no repair: its letters say by the law's statement what the owner gets.
    """
    idle = set() if by_repair(campaign) else {"remedy"}
    found = {
        name: "" if name in idle else text_of(campaign, name, language)
        for name in (*TEXTS, "component")
    }
    wanted = [n for n in TEXTS if n in NEEDED or str(getattr(campaign, n)).strip()]
    for name in wanted:
        if not found[name] and name not in idle:
            raise LetterRefused(
                f"Campaign {campaign.campaign_code} has no {name} in language {language!r}.",
                "Add it to campaigns.toml"
                + (", under [campaign.es]." if language == "es" else "."),
            )
    return found


def _sentence(text: str) -> str:
    return text.rstrip(" .")


def _dates(spec: LetterSpec, campaign: Campaign, language: str) -> dict[str, str]:
    days = {
        **{name: campaign.letter.get(name) for name in DAYS},
        "first_notice_date": spec.first_notice(campaign),
        "remedy_told_date": spec.remedy_told(campaign),
        "remedy_available_date": spec.remedy_day(campaign),
        "remedy_expected": spec.remedy_expected(campaign),
        "reimbursement_begins": reimbursement_begins(campaign),
    }
    return {name: long_date(day, language) if day else "" for name, day in days.items()}


def facts_for_slots(spec: LetterSpec, campaign: Campaign, language: str) -> dict[str, str]:
    """Return the values of the statements' slots for one campaign; the VIN stays a slot. LetterRefused names a fault of what it states."""
    there = spec.remedy_expected(campaign)
    for fault in faults(campaign, (language,), spec.mail_date, there=there, accepted=spec.accepted):
        raise RefusedForFault(
            f"Campaign {campaign.campaign_code}: {fault.wrong} ({fault.citation}).",
            "Correct campaigns.toml, and load it.",
            fault.reading(campaign),
        )
    hours = spec.labor_hours.get(campaign.campaign_code)
    stated = {name: text_of(campaign, name, language) for name in LETTER_TEXTS}
    own = {name: _sentence(text) for name, text in (stated | texts(campaign, language)).items()}
    if own["voluntary_extent"]:  # a sentence of its own at the end of its statement
        own["voluntary_extent"] += "."
    return {
        **own,
        **_dates(spec, campaign, language),
        "vin": "{vin}",
        "manufacturer": campaign.make,
        "campaign": campaign.campaign_code,
        "vehicles": _identified(spec, campaign, language),
        "labor_time": duration(hours, language) if hours else "",
        "visit_time": duration(spec.visit_hours, language)
        if spec.one_visit[-1:] == (campaign.campaign_code,)
        else "",
        "phone": spec.sender.phone,
        "tty": spec.sender.tty,
        "sender_address": ", ".join((spec.sender.name, *spec.sender.address)),
    }


@dataclass(frozen=True)
class About:
    """What decides which statements a letter carries about one of its campaigns: type, kind of letter, facts."""

    campaign_type: str
    kind: str
    facts: frozenset[str]


def applicable(
    pack: RulePack, about: Sequence[About], *, form: str, recipient: str, language: str
) -> list[tuple[Statement, int | None, tuple[int, ...]]]:
    """Return the statements of a letter: each with the campaign in whose part it stands (None: none), and those that it holds for.

    ``form`` is the letter's own kind. A statement whose slots are a campaign's own stands for each campaign. Another one
    stands once: for all, or for those alone that it holds for, unless the parts of the campaigns have it.
    """
    holds: dict[str, tuple[Statement, list[int]]] = {}
    for number, campaign in enumerate(about):
        for row in pack.statements_for(
            campaign_type=campaign.campaign_type,
            kind=campaign.kind,
            recipient=recipient,
            language=language,
            facts=campaign.facts & pack.facts,
        ):
            holds.setdefault(row.id, (row, []))[1].append(number)
    found: list[tuple[Statement, int | None, tuple[int, ...]]] = []
    for row, numbers in holds.values():
        if _stands_for_each(row, form, language, whole=len(numbers) == len(about)):
            found += [(row, number, (number,)) for number in numbers]
        else:
            found.append((row, None, tuple(numbers)))
    return found


def _stands_for_each(row: Statement, form: str, language: str, *, whole: bool) -> bool:
    """Tell whether a statement stands once for each campaign that it holds for; ``whole``: it holds for all of the letter."""
    own = bool(OWN & set(row.slots(language)))
    if own or row.section.startswith(EACH):
        return own or not OF_VEHICLE & set(row.when)
    if whole:
        return False
    return row.section.startswith(IN_PART) or form not in row.letter_kinds


def placed(spec: LetterSpec, pack: RulePack, language: str) -> list[Placed]:
    """Return every statement that the letter must carry in a language, in the pack's order.

    A statement about a campaign's own facts stands once for each campaign, others once. A sentence
    of the law that a campaign's own text repeats is taken out of that text, and one that it says in words of its own does not stand
    beside it again.
    """
    about = [
        About(one.campaign_type.value, spec.kind_of(one.campaign_code), spec.facts(one))
        for one in spec.campaigns
    ]
    values = [facts_for_slots(spec, campaign, language) for campaign in spec.campaigns]
    rows = applicable(pack, about, form=spec.form, recipient=spec.recipient, language=language)
    found = [
        Placed(
            row, row.render(language, values[of[0]], campaign_code=spec.codes[of[0]]), campaign, of
        )
        for row, campaign, of in rows
    ]
    found = _together(of_vehicle_once(found), spec.codes, values, language)
    order = sorted(found, key=lambda item: (item.statement.order, item.campaign or 0))
    order = [_said_once(item, order, language) for item in order]
    order = [_unrepeated(item, order, language) for item in order]
    return [item for item in order if not said_before(item, order, language)]


def said_before(item: Placed, others: Sequence[Placed], language: str) -> bool:
    """Tell whether the maker's own words for the same campaign already say a statement, which then does not stand beside them."""
    own = (one.text for one in others if one.campaign == item.campaign and one.has_lead(language))
    return bool(item.statement.own_words) and any(
        item.statement.is_said_in(text, language) for text in own
    )


def of_vehicle_once(found: Sequence[Placed]) -> list[Placed]:
    """Return statements of which those that are a matter of the vehicle stand once where campaigns give them the same words.

    One stands in the place of the first such campaign and holds for all of them; different words stay apart.
    """
    kept: dict[tuple[object, ...], Placed] = {}
    for item in found:
        alike = OF_VEHICLE & set(item.statement.when)
        key = (item.statement.id, item.text) if alike else (item.statement.id, item.text, item.of)
        first = kept.setdefault(key, item)
        if first is not item:
            kept[key] = replace(first, of=(*first.of, *item.of))
    return list(kept.values())


def _together(
    found: Sequence[Placed], codes: Sequence[str], values: Sequence[dict[str, str]], language: str
) -> list[Placed]:
    """Return statements of which one that says the same of several campaigns but for their codes stands once, in the place of the first."""
    alike: dict[tuple[object, ...], list[Placed]] = {}
    for place, item in enumerate(found):
        row, number = item.statement, item.campaign
        if language in row.together and number is not None:
            said = [values[number][slot] for slot in row.slots(language) if slot != "campaign"]
            alike.setdefault((row.id, *said), []).append(item)
        else:
            alike[place,] = [item]
    return [
        ones[0] if len(ones) == 1 else _joint(ones, codes, values, language)
        for ones in alike.values()
    ]


def _joint(
    ones: Sequence[Placed], codes: Sequence[str], values: Sequence[dict[str, str]], language: str
) -> Placed:
    """Return one statement of several campaigns in its words for them."""
    numbers = tuple(number for one in ones for number in one.of)
    row = replace(ones[0].statement, text=ones[0].statement.together)
    facts = values[numbers[0]] | {
        "campaign": joined([codes[number] for number in numbers], language)
    }
    return replace(ones[0], text=row.render(language, facts), of=numbers)


def whose(item: Placed, spec: LetterSpec, language: str) -> str:
    """Return the recalls that a statement holds for, as it is led by them outside their own parts: ``Recall 9LA``.

    Blank where it holds for the whole letter or names its recall itself, as the decision does: the form of 577.5(c) begins with the
    maker, so its recall stands behind the vehicles.
    """
    itself = "campaign" in item.statement.slots(language)
    if (
        itself
        or len(item.of) in (0, len(spec.campaigns))
        or item.statement.section.startswith(DECISION)
    ):
        return ""
    noun = NOUNS[language][spec.family] + ("s" if len(item.of) > 1 else "")
    return f"{noun} {joined([spec.codes[number] for number in item.of], language)}"


def _said_once(item: Placed, others: list[Placed], language: str) -> Placed:
    """Return a statement without the sentences that it, or another of its place, says of a later campaign.

    Of the law's only sentences that name nothing of the campaign's own go; of the maker's those that the same statement repeats to
    the letter, where the law does not ask for them of each campaign. Both only where the rest still is the statement.
    """
    behind = others[others.index(item) + 1 :]
    later = [one for one in behind if one.statement.order == item.statement.order]
    said = {words for one in later for words in _fixed_sentences(one, language)}
    of_maker = {
        words
        for one in later
        if one.statement.id == item.statement.id
        for words in _own_sentences(one, language)
    }
    text = item.text
    for sentence in (*_fixed_sentences(item, language), *_own_sentences(item, language)):
        if sentence in said | of_maker:
            text = " ".join(text.replace(sentence, "").split())
    if text == item.text or not item.statement.find(text, language):
        return item
    return replace(item, text=text)


def _own_sentences(item: Placed, language: str) -> list[str]:
    """Return the sentences of a campaign's own words behind a lead-in, where nothing asks for them of each campaign (``EACH``)."""
    if not item.has_lead(language) or item.statement.section.startswith(EACH):
        return []
    return [one.strip() for one in _sentences(item.text.removeprefix(item.lead(language)))]


def _fixed_sentences(item: Placed, language: str) -> list[str]:
    """Return the sentences of a statement's wording that name nothing of a campaign's own."""
    return _without_slots(item.statement.wording(language))


def _fixed(item: Placed, language: str) -> list[str]:
    """Return what a statement says word for word in every letter: all of it, or the sentences without a slot."""
    return (
        _fixed_sentences(item, language) if item.statement.slots(language) else [item.plain + "."]
    )


@lru_cache(maxsize=1024)  # every letter is made of the same wordings
def _without_slots(wording: str) -> list[str]:
    """Return the sentences of a wording that have no slot."""
    return [sentence.strip() for sentence in _sentences(wording) if "{" not in sentence]


def _sentences(wording: str) -> list[str]:
    return re.findall(r"[^.]+\.(?=\s|$)", wording)


def _unrepeated(item: Placed, others: list[Placed], language: str) -> Placed:
    """Return a statement without the sentences of the law's that stand elsewhere in the same letter."""
    if not item.has_lead(language):
        return item
    text = item.text
    for other in others:
        if other.statement.id == item.statement.id or not set(item.of) <= set(other.of):
            continue
        for words in _fixed(other, language):
            shorter = " ".join(text.replace(words, "").split())
            text = shorter if not shorter.endswith(":") else text
    return replace(item, text=text)


def _recall(campaign: Campaign, language: str) -> str:
    """Return what a campaign is called: ``Recall 9LA (NHTSA 09V020000)``."""
    noun = NOUNS[language][campaign.family]
    number = campaign.nhtsa_campaign_number
    return f"{noun} {campaign.campaign_code}" + (f" (NHTSA {number})" if number else "")


def _campaign(spec: LetterSpec, number: int, language: str) -> dict[str, Any]:
    campaign = spec.campaigns[number]
    own = facts_for_slots(spec, campaign, language)
    names = own["subject"] if campaign.family == "service" else ""
    shown = ("subject", "defect", "consequence", "warning", "precaution", "remedy")
    return {
        "number": number,
        "code": campaign.campaign_code,
        "name": _recall(campaign, language) + (f": {names}" if names else ""),
        "waiting": campaign.campaign_code in spec.waiting,
        "no_visit": "no_visit" in spec.facts(campaign),
        "free_repair": not {"not_by_repair", "not_free"} & spec.facts(campaign),
        **{name: text + "." if text and name != "subject" else text
           for name, text in own.items() if name in shown},
        "stated": {name: own[name] for name in ("component", *LETTER_TEXTS) if own[name]},
        "first_notice_date": own["first_notice_date"],
        "remedy_available_date": own["remedy_available_date"],
        "labor_time": own["labor_time"],
        "visit_time": own["visit_time"],
    }  # fmt: skip


def sender_words(sender: Sender, language: str) -> dict[str, str]:
    """Return the sender's department and hours in a language; LetterRefused names a translation that is missing."""
    found = {}
    for name in ("department", "hours"):
        english = getattr(sender, name)
        found[name] = english if language == "en" else sender.spanish.get(name, "")
        if english and not found[name]:
            raise LetterRefused(
                f"The sender's {name} has no words in language {language!r}.",
                f"Add {name} under [sender.{language}] in followup.toml, or leave it out of [sender].",
            )
    return found


def _notice(spec: LetterSpec, language: str) -> str:
    """Return which notice it is; after a provisional one (577.6(b)(11)) no first but a further one."""
    first = KINDS[language]["initial"]
    again = any("provisional_notice_sent" in spec.facts(one) for one in spec.campaigns)
    named = KINDS[language][spec.kind]
    return FURTHER[language] if named == first and again else named


def part(spec: LetterSpec, statements: list[Placed], language: str) -> dict[str, Any]:
    """Return all that the Typst sources of one language are given."""
    make, notice = spec.campaigns[0].make, _notice(spec, language)
    return {
        "language": language,
        "date": long_date(spec.mail_date, language),
        "title": f"{make}: {notice}, "
        + joined([_recall(one, language) for one in spec.campaigns], language),
        "notice": notice,
        "sender": sender_words(spec.sender, language),
        "words": WORDS[language],
        "campaigns": [_campaign(spec, n, language) for n in range(len(spec.campaigns))],
        "house": spec.house_texts(language),
        "statements": [
            {
                "id": item.statement.id,
                "section": item.statement.section,
                "text": item.text,
                "lead": item.lead(language),
                "campaign": item.campaign,
                "whose": whose(item, spec, language),
                **(
                    {"together": list(item.of)}
                    if item.statement.together and len(item.of) > 1
                    else {}
                ),
            }
            for item in statements
        ],
    }
