"""The memo's text in two voices: facts in, everything that is printed out.

``document`` returns plain values for ``typst/notice.typ``. The statements of 49 CFR 577.13 come
from the rule pack, for safety and noncompliance recalls only; the rest is ``memo.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from renotify.campaigns.campaign import Campaign, Document, Scope
from renotify.campaigns.letter_facts import by_repair, without_visit
from renotify.errors import LetterRefused
from renotify.notices.counted_words import (
    SMALL,
    booked,
    came_back,
    in_all,
    in_number,
    interim,
    kind_words,
    noun,
    others,
    remedy_words,
    to_book,
    words,
)
from renotify.notices.facts import DealerLine, Facts, HoldLine, Occasion, PartLine, Week
from renotify.notices.vehicles import SOLD
from renotify.rules import KIND_OF_FOLLOWUP, RulePack, Statement
from renotify.values.calendar import monday_of
from renotify.values.english import counted, figure, long_day, series, short_month_day

LANGUAGE = "en"
SHOWN_WEEKS = 9
SHOWN_HOLDS = 40
SHOWN_WAVES = 18
SECTIONS = (
    "{letters_title}",
    "Technical Instructions",
    "Parts Ordering",
    "Vehicles in Dealer Stock",
    "{handling_title}",
)
NO_DELIVERY = "577.13(b)"
INSTRUCTIONS = "technical_instructions"


def models(campaign: Campaign) -> str:
    """Return models and model years in the memo's manner, ``Certain 2006 - 2007 GS 300``."""
    ranges = [scope.text or _years(scope) for scope in campaign.scopes]
    return "; ".join(ranges) or f"certain {campaign.make} vehicles, listed by VIN"


def _years(scope: Scope) -> str:
    years = (
        str(scope.year_from)
        if scope.year_from == scope.year_to
        else f"{scope.year_from} - {scope.year_to}"
    )
    return f"certain {years} {scope.model}"


def statements(occasion: Occasion, pack: RulePack, campaign: Campaign) -> list[Statement]:
    """Return what 577.13 makes a dealer notice say of a campaign: nothing of a service campaign."""
    return pack.statements_for(
        campaign_type=campaign.campaign_type.value,
        kind=KIND_OF_FOLLOWUP.get(occasion.kind, "follow_up"),
        recipient="dealer",
        language=LANGUAGE,
    )


def _stated(statement: Statement, campaign: Campaign, on: date) -> str:
    facts = {
        "campaign": campaign.campaign_code,
        "manufacturer": campaign.make,
        "vehicles": models(campaign),
        "defect": campaign.defect.rstrip("."),
        "consequence": campaign.consequence.rstrip("."),
        "remedy": remedy_words(campaign),
        "remedy_available_date": _available(campaign, on),
    }
    try:
        return statement.render(LANGUAGE, facts)
    except LetterRefused as refused:
        raise LetterRefused(
            f"The notice on campaign {campaign.campaign_code} cannot be written: {refused.message}",
            refused.hint,
        ) from refused


def _available(campaign: Campaign, on: date) -> str:
    """Return the day of the remedy; where vehicles have days of their own, each of them, and that of all others."""
    if not campaign.remedies:
        return _day_of_remedy(campaign.remedy_available_date, on)
    own = [
        f"{one.words}: {_day_of_remedy(one.remedy_available_date, on)}" for one in campaign.remedies
    ]
    return "; ".join([*own, f"all others: {_day_of_remedy(campaign.remedy_available_date, on)}"])


def _day_of_remedy(known: date | None, on: date) -> str:
    if known is None:
        return "not yet known, and it follows when it is"
    return f"{long_day(known)} (available now)" if known <= on else long_day(known)


def document(facts: Facts, occasion: Occasion, pack: RulePack) -> dict[str, Any]:
    """Return everything that one notice prints, in the voice of its audience.

    LetterRefused when a recall lacks a fact that 49 CFR 577.13(a) makes the notice state.
    """
    wording = _wording(facts, occasion)
    return {
        **_head(facts, occasion, pack, wording),
        **_expectation(facts, occasion, wording),
        **_campaigns(facts, occasion, pack),
        **_mailing(facts, wording),
        **_instructions(occasion, wording),
        **_parts(facts, wording),
        **_stock(facts, occasion, pack, wording),
        **_handling(facts, occasion, wording),
        "vehicles": [list(row) for row in facts.vehicles],
        "vehicles_text": _vehicles_text(facts, wording),
        **came_back(facts, wording.slots["who"]),
    }


class _Wording:
    """The memo's texts with this notice's slots filled."""

    def __init__(self, slots: Mapping[str, str]) -> None:
        self.slots = slots

    def __call__(self, name: str, table: str = "text") -> str:
        return str(words()[table][name]).format_map(self.slots)


def _wording(facts: Facts, occasion: Occasion) -> _Wording:
    make = occasion.make
    sender = occasion.sender
    phone = sender.get("phone", "")
    tty = f" (TTY {sender['tty']})" if sender.get("tty") else ""
    system = sender.get("eligibility_system", "")  # the maker's own, by the name that it has there
    voices = words()["voice"]
    own = voices[facts.audience]
    if len(facts.dealers) == 1:
        own = own | voices["area_of_one"]
    voice = {k: v.format(make=make) for k, v in own.items()}
    number = in_number(facts, occasion)
    return _Wording(
        {
            **voice,
            **number,
            **kind_words(occasion, number),
            "These_campaigns": _capital(number["these_campaigns"]),
            "one_of_these": ("" if len(occasion.campaigns) == 1 else "one of ")
            + number["these_campaigns"],
            "make": make,
            "notice_day": long_day(occasion.notice_date),
            "on_day": long_day(occasion.on),
            "first_day": long_day(occasion.first_day),
            "days": str(occasion.days_after_notice),
            "eligibility": f"{system} or " if system else "",
            "send_to": f"{sender.get('name') or make}{', ' + phone if phone else ''}{tty}",
        }
    )


def _head(facts: Facts, occasion: Occasion, pack: RulePack, wording: _Wording) -> dict[str, Any]:
    family = occasion.family
    recalls = [c for c in occasion.campaigns if c.family == "safety"]
    to = " · ".join(filter(None, (wording.slots["addressee"], f"{facts.name} ({facts.code})")))
    return {
        "audience": facts.audience,
        "title": f"{wording(family, 'subject')}: {facts.audience} {facts.code}",
        "footer": f"{occasion.follow_up} · {facts.audience} {facts.code} · {long_day(occasion.on)}",
        "sender": f"{occasion.make} Service and Parts Operations",
        "day": long_day(occasion.on),
        "to": f"{to}, {facts.place}" if facts.place else to,
        "subject": wording(family, "subject"),
        "banner": _banner(recalls, occasion, pack),
        "warnings": [*_warnings(occasion.campaigns)],
        "synthetic": occasion.synthetic or None,
        "tiles": _tiles(facts, occasion),
        "opening": [
            f"{wording(family, 'opening')} {wording.slots['reminder']}",
            wording("request"),
        ],
        "closing": wording("closing"),
        "sections": [
            wording.slots["section_service" if family == "service" else "section_safety"],
            *(section.format_map(wording.slots) for section in SECTIONS),
        ],
    }


def _banner(recalls: Sequence[Campaign], occasion: Occasion, pack: RulePack) -> str | None:
    """Identify the notice as a safety recall notice (577.13(a)); None without a recall."""
    if not recalls:
        return None
    first = statements(occasion, pack, recalls[0])[0]
    codes = series([c.campaign_code for c in recalls])
    words = first.render(LANGUAGE, {"campaign": codes})
    return words if len(recalls) == 1 else words.replace(f"Campaign {codes}", f"Campaigns {codes}")


def _warnings(campaigns: Sequence[Campaign]) -> list[tuple[str, str]]:
    warnings = [
        (c.campaign_code, "Do not drive until repaired.") for c in campaigns if c.do_not_drive
    ]
    return warnings + [
        (c.campaign_code, "Park outside and away from structures until repaired.")
        for c in campaigns
        if c.park_outside
    ]


def _tiles(facts: Facts, occasion: Occasion) -> list[dict[str, Any]]:
    mailed = [max(week.week, occasion.first_day) for week in facts.weeks if week.letters]
    days = list(dict.fromkeys(map(short_month_day, mailed[:1] + mailed[-1:])))
    span = " to ".join(days) or "none yet"
    order = sum(part.order_now for part in facts.parts) or sum(d.order for d in facts.dealers)
    by_law = sum(hold.basis == "law" for hold in facts.holds)
    campaigns = sum(count > 0 for count in facts.open_by_campaign.values())
    return [
        _tile(
            f"{facts.open_vehicles:,}",
            noun(facts.open_vehicles, "vehicle open", "vehicles open"),
            f"in {counted(campaigns, 'campaign')}",
        ),
        _tile(f"{facts.letters:,}", noun(facts.letters, "owner letter"), span),
        _peak_tile(facts),
        _tile(
            f"{order:,.0f}", noun(order, "part to order", "parts to order"), "order now, section 4"
        ),
        _tile(f"{len(facts.holds):,}", "stock on hold", f"{by_law} by law", hot=by_law > 0),
    ]


def _tile(value: str, label: str, note: str, *, hot: bool = False) -> dict[str, Any]:
    return {"value": value, "label": label, "note": note, "hot": hot}


def _peak_tile(facts: Facts) -> dict[str, Any]:
    peak = facts.peak
    if peak is None:
        return _tile("0 h", "expected", "no visits expected")
    week = short_month_day(peak.week)
    if facts.days:
        first = next(one for one in facts.weeks if one.days)
        label = noun(facts.days, "technician-day to book", "technician-days to book")
        note = f"first: week of {short_month_day(first.week)}"
        return _tile(f"+{facts.days:,}", label, note, hot=True)
    has = "" if peak.capacity is None else f", {figure(round(peak.capacity, 1))} on hand"
    return _tile(f"{figure(round(peak.hours, 1))} h", "busiest week", f"{week}{has}")


def _expectation(facts: Facts, occasion: Occasion, wording: _Wording) -> dict[str, Any]:
    coming = [week for week in facts.weeks if week.week >= monday_of(occasion.on)]
    shown = [week for week in facts.lively if week.week >= monday_of(occasion.on)][:SHOWN_WEEKS]
    later = coming[len(shown) :] if shown else []
    known = any(week.capacity is not None for week in coming)
    expect = wording("expect")
    note = ""
    hours = max((week.hours for week in later), default=0.0)
    if hours >= SMALL:
        where = "in it" if len(later) == 1 else "in any of them"
        note = f"{counted(len(later), 'later week')}: at most {counted(hours, 'hour')} {where}."
    return {
        "expect": " ".join(
            [
                expect,
                *in_all(facts),
                *others(facts),
                *([interim(facts)] if facts.interim else []),
                *([] if known else [wording("capacity_unknown")]),
            ]
        ),
        "to_book": to_book(facts, occasion.wait_weeks),
        "weeks": [_week(week) for week in shown],
        "weeks_note": note,
        "booked_note": booked(facts, shown),
        "dealers": [_dealer(line) for line in sorted(facts.dealers, key=_tightest)],
    }


def _tightest(line: DealerLine) -> tuple[object, ...]:
    return (*line.tightness, -line.open, line.code)


def _week(week: Week) -> dict[str, Any]:
    return {
        "week": short_month_day(week.week),
        "letters": week.letters,
        "visits": week.visits,
        "hours": week.hours,
        "capacity": week.capacity,
        "days": week.days,
        "booked": week.booked,
    }


def _dealer(line: DealerLine) -> dict[str, Any]:
    peak = line.peak
    return {
        "code": line.code,
        "name": line.name,
        "open": line.open,
        "letters": line.letters,
        "order": line.order,
        "holds": line.holds,
        "peak_week": short_month_day(peak.week) if peak else "",
        "peak_hours": peak.hours if peak else 0,
        "capacity": peak.capacity if peak else None,
        "days": line.days,
    }


def _campaigns(facts: Facts, occasion: Occasion, pack: RulePack) -> dict[str, Any]:
    visits = str(words()["text"]["visits"]).format(visits=occasion.visits)
    return {
        "visits_text": visits if occasion.visits else "",
        "campaigns": [
            {
                "code": campaign.campaign_code,
                "nhtsa": campaign.nhtsa_campaign_number or "–",
                "kind": campaign.campaign_type.words.capitalize(),
                "description": campaign.subject,
                "models": _capital(models(campaign)),
                "open": facts.open_by_campaign.get(campaign.campaign_code, 0),
                "facts": _explained(campaign, occasion, pack),
            }
            for campaign in occasion.campaigns
        ],
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _explained(campaign: Campaign, occasion: Occasion, pack: RulePack) -> list[tuple[str, str]]:
    """Return (label, text): 577.13(a)'s statements for a recall, else our plain words."""
    required = statements(occasion, pack, campaign)[1:]
    if required:
        lines = [
            _stated(statement, campaign, occasion.on)
            for statement in required
            if statement.section != NO_DELIVERY
        ]
    else:
        texts = (("What is wrong", campaign.defect), ("The remedy", campaign.remedy))
        lines = [f"{label}: {text}" for label, text in texts if text]
        lines.append(f"Available: {_available(campaign, occasion.on)}.")
    code_hours = occasion.hours.get(campaign.campaign_code)
    if code_hours and by_repair(campaign) and not without_visit(campaign):
        lines.append(f"Time for the work: {code_hours}.")
    return [(label + ":", rest.strip()) for label, _, rest in (s.partition(":") for s in lines)]


def _mailing(facts: Facts, wording: _Wording) -> dict[str, Any]:
    waves = [week for week in facts.weeks if week.letters]
    shown = [{"label": f"week of {short_month_day(w.week)}", "letters": w.letters} for w in waves]
    if len(shown) > SHOWN_WAVES:
        rest = sum(week.letters for week in waves[SHOWN_WAVES - 1 :])
        shown = [*shown[: SHOWN_WAVES - 1], {"label": "later weeks", "letters": rest}]
    return {
        "mailing": wording("mailing") if waves else f"{wording('mailing')} {wording('no_letters')}",
        "waves": shown,
    }


def _instructions(occasion: Occasion, wording: _Wording) -> dict[str, Any]:
    rows = [_documents(campaign, occasion, wording) for campaign in occasion.campaigns]
    return {"instructions_text": wording("instructions"), "instructions": rows}


def _documents(campaign: Campaign, occasion: Occasion, wording: _Wording) -> dict[str, Any]:
    """Return the technical instructions in force, and the other documents beside them."""
    kinds = dict.fromkeys(document.kind for document in campaign.documents)
    current = [campaign.current_document(kind, occasion.on) for kind in kinds]
    found = {document.kind: _document(document) for document in current if document is not None}
    nothing = {
        "name": "",
        "revision": "",
        "since": "",
        "place": wording("no_instructions"),
        "url": False,
    }
    main = found.pop(INSTRUCTIONS, nothing)
    return {"code": campaign.campaign_code, **main, "others": list(found.values())}


def _document(document: Document) -> dict[str, Any]:
    return {
        "name": _capital(document.kind.replace("_", " ")),
        "revision": document.revision,
        "since": f"{short_month_day(document.effective_date)}, {document.effective_date.year}",
        "place": document.location,
        "url": document.location.startswith(("https://", "http://")),
    }


def _parts(facts: Facts, wording: _Wording) -> dict[str, Any]:
    guidelines = [wording(name) for name in ("check_stock", "to_appointments", "sell_one_buy_one")]
    wanted = "parts" if any(part.is_named for part in facts.parts) else "idle_parts"
    return {
        "parts_text": wording(wanted if facts.parts else "no_parts"),
        "guidelines": guidelines if facts.parts else [],
        "parts": [_part(part) for part in facts.parts if part.is_named],
        "parts_note": (
            "Booked: taken by appointments not yet done. Expected: what visits of the coming weeks "
            "are expected to take; it is a forecast, and no order is based on it alone."
        ),
    }


def _part(part: PartLine) -> dict[str, Any]:
    return {
        "part_no": part.part_no,
        "description": part.description,
        "campaigns": part.campaigns,
        "on_hand": part.on_hand,
        "on_order": part.on_order,
        "booked": part.booked,
        "expected": part.expected,
        "order_now": part.order_now,
    }


def _stock(facts: Facts, occasion: Occasion, pack: RulePack, wording: _Wording) -> dict[str, Any]:
    held = sorted(facts.holds, key=lambda h: (h.basis, -h.days, h.vin))
    left = len(held) - SHOWN_HOLDS
    text = wording("stock") if held else f"{wording('no_stock')} {wording('stock')}"
    return {
        "stock_text": text,
        "law": _law(occasion, pack),
        "holds": [_hold(hold) for hold in held[:SHOWN_HOLDS]],
        "holds_note": f"And {left:,} more: `renotify stock holds` lists all." if left > 0 else "",
    }


def _law(occasion: Occasion, pack: RulePack) -> dict[str, str] | None:
    """Return the statement of 577.13(b) for recalls; None where all are service campaigns."""
    for campaign in occasion.campaigns:
        for statement in statements(occasion, pack, campaign):
            if statement.section == NO_DELIVERY:
                recalls = [c.campaign_code for c in occasion.campaigns if c.family == "safety"]
                return {
                    "title": f"Federal law on {series(recalls)}",
                    "text": statement.wording(LANGUAGE),
                    "citation": statement.citation,
                }
    return None


def _hold(hold: HoldLine) -> dict[str, Any]:
    by_law = hold.basis == "law"
    return {
        "vin": hold.vin,
        "stock_type": hold.stock_type,
        "campaigns": hold.campaigns.replace("+", ", "),
        "basis": "by law: do not deliver" if by_law else "by policy: repair before delivery",
        "law": by_law,
        "dealer": hold.dealer,
        "days": hold.days,
    }


def _handling(facts: Facts, occasion: Occasion, wording: _Wording) -> dict[str, Any]:
    sentences = [wording("handling_service" if occasion.family == "service" else "handling")]
    sentences.append(wording("contact"))
    if facts.audience == "area":
        return {"handling": [*sentences, wording("answers_with_dealers")], "answers": []}
    return {
        "handling": sentences,
        "answers": [
            {
                "code": campaign.campaign_code,
                "said": [{"question": a.question, "answer": a.answer} for a in said],
            }
            for campaign in occasion.campaigns
            if (said := campaign.answers_in(LANGUAGE))
        ],
    }


def _vehicles_text(facts: Facts, wording: _Wording) -> str:
    shown = len(facts.vehicles)
    where = f" The whole list is the file {facts.vehicle_file}." if facts.vehicle_file else ""
    if any(SOLD in row for row in facts.vehicles):
        where = f"{where} {wording('sold')}"
    if shown < facts.open_vehicles:
        return f"The first {shown:,} of {counted(facts.open_vehicles, 'open vehicle')}, by letter.{where}"
    if shown == 1:
        return f"The one open vehicle.{where}"
    every = counted(facts.open_vehicles, "open vehicle")
    return f"All {every}, in the order of their letters.{where}"
