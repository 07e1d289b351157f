"""The form of the list of vehicles: every filter of ``renotify vehicles`` as a field, and what was typed there as one question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from django.http import QueryDict

from renotify.errors import RenotifyError
from renotify.ledger import follow_ups, registry
from renotify.ledger.kinds import PieceState, Reason, Status
from renotify.ledger.scope import ALL, Scope, area_scope, dealer_scope
from renotify.ledger.session import Session
from renotify.vehicle_lists import asked as of_list
from renotify.vehicle_lists.asked import Asked
from renotify.vehicle_lists.beside import HOUSE_REASONS

OF_OWNERS = {"--owners-to": "To whom it goes", "--purpose": "What it is for"}


class Field(NamedTuple):
    """A field of the form: its name in the address, the attribute of ``Asked``, its words, how it is typed, and an example."""

    name: str
    attribute: str
    words: str
    kind: str = "text"  # of the input; select: yes or no
    example: str = ""
    group: str = "Vehicles"


FIELDS = (
    Field("campaign", "campaigns", "Campaign"),
    Field("status", "statuses", "Status"),
    Field("reason", "reasons", "Why"),
    Field("model", "models", "Model"),
    Field("year", "years", "Model year", example="2006-2008"),
    Field("owner_state", "owner_states", "Owner's state", example="CA, NV", group="Owners and dealers"),
    Field("owner_zip", "owner_zips", "Owner's ZIP begins", example="900", group="Owners and dealers"),
    Field("language", "languages", "Owner's language", group="Owners and dealers"),
    Field("address_older_than", "address_older_than", "Address older than, days", "number", group="Owners and dealers"),
    Field("dealer_state", "dealer_states", "Dealer's state", group="Owners and dealers"),
    Field("dealer_zip", "dealer_zips", "Dealer's ZIP begins", group="Owners and dealers"),
    Field("area", "", "Area", group="Owners and dealers"),
    Field("dealer", "", "Dealer", group="Owners and dealers"),
    Field("follow_up", "follow_up", "Follow-up", group="Letters and visits"),
    Field("wave", "waves", "Wave", example="1, 2", group="Letters and visits"),
    Field("piece", "pieces", "Letter is", group="Letters and visits"),
    Field("left_out", "left_out", "Left out because", example="any", group="Letters and visits"),
    Field("contacted_before", "contacted_before", "Written to before, or never", "date", group="Letters and visits"),
    Field("contacted_since", "contacted_since", "Written to since", "date", group="Letters and visits"),
    Field("never_contacted", "never_contacted", "Never written to", "yes", group="Letters and visits"),
    Field("booked", "booked", "Visit booked", "yes or no", group="Letters and visits"),
    Field("two_dealers", "two_dealers", "Visits at two dealers", "yes", group="Letters and visits"),
    Field("visit_dealer", "visit_dealer", "Visit booked at dealer", group="Letters and visits"),
    Field("as_of", "as_of", "As things stood on", "date", group="What is shown"),
    Field("known_at", "known_at", "As known by", example="2013-02-26", group="What is shown"),
    Field("columns", "", "Columns", example="vin, model, since", group="What is shown"),
    Field("sort", "", "Order by", example="-since, model", group="What is shown"),
    Field("by", "", "Count by", example="model, area", group="What is shown"),
)  # fmt: skip


def _words(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in _words(text))


def _years(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    if not found or int(found[1]) > int(found[2] or found[1]):
        raise ValueError(text)
    return int(found[1]), int(found[2] or found[1])


def instant_of(text: str) -> datetime:
    """A day alone means its end, and no zone means UTC, as in commands."""
    parsed = datetime.fromisoformat(text)
    if "T" not in text and " " not in text:
        parsed = datetime.combine(parsed.date(), time.max)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


_READ: dict[str, tuple[Callable[[str], Any], str]] = {
    "years": (_years, "Write a year, or the first and the last one: 2006-2008."),
    "waves": (_numbers, "Write numbers of waves: 1, 2."),
    "address_older_than": (int, "Write a number of days."),
    "contacted_before": (date.fromisoformat, "Write a day as 2013-02-26."),
    "contacted_since": (date.fromisoformat, "Write a day as 2013-02-26."),
    "as_of": (date.fromisoformat, "Write a day as 2013-02-26."),
    "known_at": (instant_of, "Write a day as 2013-02-26, or an instant as 2013-02-26T12:00."),
    "follow_up": (str, ""),
    "never_contacted": (lambda text: text == "yes", ""),
    "booked": (lambda text: text == "yes", ""),
    "two_dealers": (lambda text: text == "yes", ""),
}


class ShownField(NamedTuple):
    """A field as the page shows it: what was typed stays, and what is wrong with it stands beside it."""

    field: Field
    typed: str
    error: str
    known: Sequence[str]


@dataclass(frozen=True)
class ListForm:
    """What was typed: the question, columns, order and groups, and errors by the name of their field ('' of the form as a whole)."""

    typed: dict[str, str]
    asked: Asked = field(default_factory=Asked)
    scope: Scope = ALL
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)

    def groups(self, session: Session) -> dict[str, list[ShownField]]:
        """Return the fields by their group, each with what it knows to offer."""
        known = _known(session)
        found: dict[str, list[ShownField]] = {}
        for one in FIELDS:
            shown = ShownField(one, self.typed.get(one.name, ""), self.errors.get(one.name, ""), known.get(one.name, ()))  # fmt: skip
            found.setdefault(one.group, []).append(shown)
        return found

    @property
    def opened(self) -> list[str]:
        """The groups in which something was typed."""
        return [one.group for one in FIELDS if self.typed.get(one.name)]


def said_of(refusal: RenotifyError) -> str:
    """Return what a refusal says, with the form's fields in place of the command's options."""
    words = {f"--{one.name.replace('_', '-')}": one.words for one in FIELDS} | OF_OWNERS
    text = f"{refusal.message} {refusal.hint}".strip()
    return re.sub(
        r"(--[a-z-]+)( [A-Z]{2,}\b)?",
        lambda found: f"“{words[found[1]]}”" if found[1] in words else found[0],
        text,
    )


def read_form(session: Session, query: QueryDict, scope: Scope) -> ListForm:
    """Read what was typed; a person of an area or a dealer narrows their own rows and never leaves them."""
    typed = {one.name: ", ".join(filter(None, query.getlist(one.name))).strip() for one in FIELDS}
    errors: dict[str, str] = {}
    values = dict(_values(typed, errors))
    form = ListForm(typed, errors=errors)
    if errors:
        return form
    try:
        asked = Asked(**values)
        return ListForm(
            typed, asked, _scope(session, typed, scope), *_shown(typed, asked), errors=errors
        )
    except RenotifyError as refusal:
        errors[""] = said_of(refusal)
        return form


def _values(typed: dict[str, str], errors: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for one in FIELDS:
        text = typed[one.name]
        if not one.attribute or not text:
            continue
        read, how = _READ.get(one.attribute, (_words, ""))
        try:
            yield one.attribute, read(text)
        except ValueError:
            errors[one.name] = how


def _scope(session: Session, typed: dict[str, str], own: Scope) -> Scope:
    if not own.is_all:
        return own
    if typed["dealer"]:
        return dealer_scope(session, typed["dealer"])
    return area_scope(session, typed["area"] or None)


def _shown(typed: dict[str, str], asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Return columns, order and groups."""
    of = asked.follow_up
    columns = of_list.columns_named(typed["columns"], follow_up=of, what=of_list.SHOW)
    by = of_list.columns_named(typed["by"], follow_up=of, what=of_list.COUNT_BY)
    sort = []
    for one in _words(typed["sort"]):
        (name,) = of_list.columns_named(one.removeprefix("-"), follow_up=of, what=of_list.SORT_BY)
        sort.append(f"-{name}" if one.startswith("-") else name)
    return columns, tuple(sort), by


def _known(session: Session) -> dict[str, Sequence[str]]:
    """Return what is offered for fields whose words are few."""
    return {
        "campaign": sorted(registry.campaigns(session)),
        "status": [str(one) for one in Status],
        "reason": [*HOUSE_REASONS, *(str(one) for one in Reason)],
        "follow_up": follow_ups.names(session),
        "piece": [str(one) for one in PieceState],
        "language": ["en", "es"],
    }
