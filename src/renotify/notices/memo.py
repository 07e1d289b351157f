"""The memo's text in two voices: facts in, everything that is printed out.

``document`` returns plain values for ``typst/notice.typ``. The statements of 49 CFR 577.13 come
from the rule pack, for safety and noncompliance recalls only; the rest is ``memo.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from renotify.campaigns.campaign import Campaign, Document
from renotify.notices.counted_words import (
    booked,
    came_back,
    in_all,
    in_number,
    interim,
    kind_words,
    later_weeks,
    noun,
    others,
    to_book,
    words,
)
from renotify.notices.facts import DealerLine, Facts, HoldLine, Occasion, PartLine, Week
from renotify.notices.same_in_all import LANGUAGE, Stated, capital, what_is_stated
from renotify.notices.vehicles import SOLD
from renotify.rules import RulePack
from renotify.values.calendar import monday_of
from renotify.values.english import counted, figure, long_day, short_month_day

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
INSTRUCTIONS = "technical_instructions"


def documents(
    every: Iterable[Facts], occasion: Occasion, pack: RulePack
) -> Iterator[dict[str, Any]]:
    """Yield everything that each notice of an occasion prints, in the voice of its audience.

    What all of them state is put together once. LetterRefused when a recall lacks a fact that 49 CFR 577.13(a) makes the notice state.
    """
    stated = what_is_stated(occasion, pack)
    for facts in every:
        wording = _wording(facts, occasion)
        yield {
            **_head(facts, occasion, stated, wording),
            **_expectation(facts, occasion, wording),
            **_campaigns(facts, occasion, stated),
            **_mailing(facts, wording),
            **_instructions(occasion, wording),
            **_parts(facts, wording),
            **_stock(facts, stated, wording),
            **_handling(facts, occasion, wording),
            "vehicles": [list(row) for row in facts.vehicles],
            "vehicles_text": _vehicles_text(facts, wording),
            **came_back(facts, wording.slots["who"]),
        }


def document(facts: Facts, occasion: Occasion, pack: RulePack) -> dict[str, Any]:
    """Return everything that one notice prints (``documents``)."""
    return next(documents([facts], occasion, pack))


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
            "These_campaigns": capital(number["these_campaigns"]),
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


def _head(facts: Facts, occasion: Occasion, stated: Stated, wording: _Wording) -> dict[str, Any]:
    family = occasion.family
    to = " · ".join(filter(None, (wording.slots["addressee"], f"{facts.name} ({facts.code})")))
    return {
        "audience": facts.audience,
        "title": f"{wording(family, 'subject')}: {facts.audience} {facts.code}",
        "footer": f"{occasion.follow_up} · {facts.audience} {facts.code} · {long_day(occasion.on)}",
        "sender": f"{occasion.make} Service and Parts Operations",
        "day": long_day(occasion.on),
        "to": f"{to}, {facts.place}" if facts.place else to,
        "subject": wording(family, "subject"),
        "banner": stated.banner,
        "warnings": list(stated.warnings),
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
    if facts.days:
        first = next(one for one in facts.weeks if one.days)
        label = noun(facts.days, "technician-day to book", "technician-days to book")
        note = f"first: week of {short_month_day(first.week)}"
        return _tile(f"+{facts.days:,}", label, note, hot=True)
    has = "" if peak.capacity is None else f", {figure(round(peak.capacity, 1))} on hand"
    return _tile(
        f"{figure(round(peak.hours, 1))} h", "busiest week", short_month_day(peak.week) + has
    )


def _expectation(facts: Facts, occasion: Occasion, wording: _Wording) -> dict[str, Any]:
    monday = monday_of(occasion.on)
    coming = [week for week in facts.weeks if week.week >= monday]
    shown = [week for week in facts.lively if week.week >= monday][:SHOWN_WEEKS]
    later = coming[len(shown) :] if shown else []
    known = any(week.capacity is not None for week in coming)
    return {
        "expect": " ".join(
            [
                wording("expect"),
                *in_all(facts),
                *others(facts),
                *([interim(facts)] if facts.interim else []),
                *([] if known else [wording("capacity_unknown")]),
            ]
        ),
        "to_book": to_book(facts, occasion.wait_weeks),
        "weeks": [_week(week) for week in shown],
        "weeks_note": later_weeks(later),
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


def _campaigns(facts: Facts, occasion: Occasion, stated: Stated) -> dict[str, Any]:
    visits = str(words()["text"]["visits"]).format(visits=occasion.visits)
    return {
        "visits_text": visits if occasion.visits else "",
        "campaigns": [
            {**campaign, "open": facts.open_by_campaign.get(str(campaign["code"]), 0)}
            for campaign in stated.campaigns
        ],
    }


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
        "name": capital(document.kind.replace("_", " ")),
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


def _stock(facts: Facts, stated: Stated, wording: _Wording) -> dict[str, Any]:
    held = sorted(facts.holds, key=lambda h: (h.basis, -h.days, h.vin))
    left = len(held) - SHOWN_HOLDS
    text = wording("stock") if held else f"{wording('no_stock')} {wording('stock')}"
    return {
        "stock_text": text,
        "law": stated.law,
        "holds": [_hold(hold) for hold in held[:SHOWN_HOLDS]],
        "holds_note": f"And {left:,} more: `renotify stock holds` lists all." if left > 0 else "",
    }


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
