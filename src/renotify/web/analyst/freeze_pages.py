"""Freezing the list of a follow-up at the site: its settings by a form or as followup.toml, checked here, frozen by a job."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.campaigns import follow_up_settings
from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import KINDS, OPTIMAL, POLICIES, UNIFORM, VOLUNTARY
from renotify.errors import BadInput, RenotifyError, UnknownName
from renotify.ledger import follow_ups, registry
from renotify.selection.notice_day import refuse_notice_day
from renotify.values.english import long_day
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.jobs import asking

NAMELESS = "nameless"  # stands for a name that cannot be one, while the other fields are checked
FAR_DAYS = 366  # a day of the notice farther from today is asked about
LARGEST = 200_000  # bytes of a followup.toml
KIND_WORDS = {
    "initial": "First notice",
    "interim": "Interim notice: the remedy is not there yet",
    "remedy_available": "Second notice: the remedy is there now",
    "follow_up_voluntary": "Follow-up of the maker's own will",
    "follow_up_ordered": "Follow-up that was ordered",
}


class Setting(NamedTuple):
    """A field of the form: its key in followup.toml (a key of a table by a dot), its words, the input, what reads it, and help."""

    key: str
    words: str
    input: str
    read: Callable[[str], Any]
    help: str = ""
    group: str = "Who, and when"

    @property
    def name(self) -> str:
        return self.key.replace(".", "_")


_OF_PLAN, _OF_SENDER = "Limits of the plan", "Sender of the letters"
_OF_ANSWERS = "How owners answer (share and speed; assumed where nobody knows)"
SETTINGS = (
    Setting("name", "Name", "text", str, "Up to 32 letters, digits, - and _, without a space: follow-up-2013-05"),
    Setting("notice_date", "Day of the notice to dealers", "date", date.fromisoformat),
    Setting("days_after_notice", "First letters, days after the notice", "number", int, "7, where it is left blank"),
    Setting("stated_start", "Day that the notice names for the first letter", "date", date.fromisoformat, "Only where its text names one"),
    Setting("policy", "How letters are planned", "policy", str, "optimal; uniform:6 spreads them evenly over 6 weeks", _OF_PLAN),
    Setting("horizon_weeks", "Weeks that are planned", "number", int, "26, where it is left blank", _OF_PLAN),
    Setting("mail_house_letters_per_week", "Letters that the mail house takes a week", "number", int, "Blank: any number", _OF_PLAN),
    Setting("wait_bound_weeks", "Weeks that an owner may wait for a visit", "number", int, "2, where it is left blank", _OF_PLAN),
    Setting("parts_quantile", "How sure kits must be there", "text", float, "0.9: in nine weeks of ten", _OF_PLAN),
    Setting("rest_weeks", "Weeks without a letter after the last one", "number", int, "8, where it is left blank", _OF_PLAN),
    Setting("sender.name", "Name", "text", str, "", _OF_SENDER),
    Setting("sender.address", "Address", "text", str, "PO BOX 155, COLUMBUS OH 43215", _OF_SENDER),
    Setting("sender.phone", "Telephone", "text", str, "", _OF_SENDER),
    Setting("sender.tty", "TTY", "text", str, "A recall's letter has it beside the telephone", _OF_SENDER),
    Setting("sender.department", "Department", "text", str, "", _OF_SENDER),
    Setting("sender.hours", "Hours", "text", str, "", _OF_SENDER),
    Setting("sender.web", "Web address", "text", str, "", _OF_SENDER),
    Setting("sender.eligibility_system", "System of eligibility", "text", str, "Where dealers check a vehicle", _OF_SENDER),
    Setting("sender.es.department", "Department, in Spanish", "text", str, "", _OF_SENDER),
    Setting("sender.es.hours", "Hours, in Spanish", "text", str, "", _OF_SENDER),
    Setting("response.share", "Share of owners who answer a letter", "text", float, "", _OF_ANSWERS),
    Setting("response.scale_weeks", "Weeks until most have", "text", float, "", _OF_ANSWERS),
    Setting("response.shape", "Shape of their answers over time", "text", float, "", _OF_ANSWERS),
    Setting("response.background_per_week", "Share that comes without a letter, a week", "text", float, "", _OF_ANSWERS),
)  # fmt: skip
_NOT_READ = {int: "Write a whole number.", float: "Write a number: 0.9.", date.fromisoformat: "Write the day as 2013-02-26."}  # fmt: skip


class FieldGroup(NamedTuple):
    """Fields of the form beneath one title, each with what was typed and what is wrong."""

    title: str
    fields: Sequence[Mapping[str, Any]]
    is_open: bool

    @property
    def said(self) -> str:
        """What the fields state, in a line, for a group that is folded."""
        stated = [f"{one['field'].words}: {one['typed']}" for one in self.fields if one["typed"]]
        return "; ".join(stated) or "nothing stated: as the house does it"


@dataclass
class FreezeForm:
    """What was typed by field, the campaigns that were ticked, and what is wrong by field (blank: of the form as a whole)."""

    typed: dict[str, str] = field(default_factory=dict)
    campaigns: tuple[str, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    asks_day: bool = False  # whether the day of the notice is meant, though it is far from today

    def groups(self) -> list[FieldGroup]:
        """Return the fields by group. The first stands open, and those with something to mend; most people leave the others as they are."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in SETTINGS:
            shown = {
                "field": one,
                "typed": self.typed.get(one.name, ""),
                "error": self.errors.get(one.name, ""),
            }
            found.setdefault(one.group, []).append(shown)
        return [
            FieldGroup(title, fields, index == 0 or any(one["error"] for one in fields))
            for index, (title, fields) in enumerate(found.items())
        ]


@opens_to(Role.ANALYST)
def freeze(request: HttpRequest) -> HttpResponseBase:
    """Show the form, filled by the settings of the newest follow-up, or ask for the job that freezes the list."""
    visit = visit_of(request)
    if request.method != "POST":
        return _page(request, _begun(visit, request.GET))
    if request.POST.get("of") in _FROM:
        return _of_an_earlier(request, visit)
    form = _typed(request)
    file = request.FILES.get("file")
    stated = _from_file(file, form) if file else _from_fields(form, visit.on)
    settings = _checked(stated, form, of_file=file is not None) if stated is not None else None
    if settings is None or not _stands(request, visit, settings, form):
        return _page(request, form)
    file = SimpleUploadedFile(f"{settings.name}.toml", as_toml(stated or {}).encode())
    return redirect(
        "jobs:job", asking.ask_for(visit, "freeze", {"follow_up": settings.name}, [file]).pk
    )


def _stands(
    request: HttpRequest,
    visit: Visit,
    settings: follow_up_settings.FollowUpSettings,
    form: FreezeForm,
) -> bool:
    """Tell whether the settings can hold in this ledger today; what cannot stands at its field, or at the file."""
    of_file = "file" in request.FILES

    def wrong(name: str, words: str) -> None:
        form.errors.setdefault("file" if of_file else name, words)

    if settings.name in follow_ups.names(visit.ledger):
        wrong("name", f"There is a follow-up {settings.name} already: give this one another name.")
    campaigns: Mapping[str, Campaign] = {}
    try:
        campaigns = registry.campaigns(visit.ledger, settings.campaigns)
        refuse_notice_day(settings, campaigns, visit.on)
    except BadInput as fault:
        wrong("notice_date", f"{fault.message} {fault.hint}")
    except UnknownName as fault:
        wrong("campaigns", f"{fault.message} {fault.hint}")
    recall = any(one.family == "safety" for one in campaigns.values())
    for name in settings.lacking_of_sender(recall=recall):
        words = next(one.words for one in SETTINGS if one.key == f"sender.{name}")
        wrong(f"sender_{name}", f"{words} of the sender: no letter can be printed without it.")
    far = abs((settings.notice_date - visit.on).days) > FAR_DAYS
    if not form.errors and far and not of_file and request.POST.get("day_is_meant") != "yes":
        form.errors["notice_date"] = (
            f"{long_day(settings.notice_date)} is more than a year from today. If it is meant, tick the box; letters and their last days"
            " count from it."
        )
        form.asks_day = True
    return not form.errors


_FROM = {"silent_of": "freeze_silent", "owed_of": "freeze_owed"}


def _of_an_earlier(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for the list of an earlier follow-up's silent owners, or of who is still owed its first notice."""
    form = _begun(visit, request.GET)
    values = {"follow_up": request.POST.get("earlier", "").strip()}
    try:
        follow_ups.settings(visit.ledger, values["follow_up"])
        asked = asking.ask_for(visit, _FROM[request.POST["of"]], values)
    except RenotifyError as refusal:
        form.errors["earlier"] = f"{refusal.message} {refusal.hint}".strip()
        return _page(request, form)
    return redirect("jobs:job", asked.pk)


def _begun(visit: Visit, asked: Mapping[str, str]) -> FreezeForm:
    """Return the form as it begins: limits, sender and answers of the newest follow-up, the rest blank."""
    names = follow_ups.names(visit.ledger)
    form = FreezeForm({"kind": VOLUNTARY, "notice_date": visit.on.isoformat(), "policy": OPTIMAL})
    if not names:
        return form
    earlier = follow_ups.settings(visit.ledger, asked.get("like", "") or names[-1], visit.on)
    form.campaigns = earlier.campaigns if asked.get("like") else ()
    for one in SETTINGS:
        if one.group != SETTINGS[0].group:
            form.typed[one.name] = _written(_value(follow_up_settings.to_facts(earlier), one.key))
    return form


def _value(facts: Any, key: str) -> Any:  # noqa: ANN401 - whatever TOML writes
    for name in key.split("."):
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return facts


def _written(value: Any) -> str:  # noqa: ANN401 - likewise
    return "" if value is None else str(value)


def _typed(request: HttpRequest) -> FreezeForm:
    names = ("kind", *(one.name for one in SETTINGS))
    return FreezeForm(
        {name: request.POST.get(name, "").strip() for name in names},
        tuple(request.POST.getlist("campaigns")),
    )


def _from_file(file: UploadedFile[bytes], form: FreezeForm) -> dict[str, Any] | None:
    """Return what an uploaded followup.toml states; None, with the reason in the form, where it cannot be read."""
    if (file.size or 0) > LARGEST:
        form.errors["file"] = "This is no followup.toml: it has more than 200,000 bytes."
        return None
    try:
        return tomllib.loads(file.read().decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        form.errors["file"] = f"{file.name} cannot be read as TOML: {fault}."
        return None


def _from_fields(form: FreezeForm, today: date) -> dict[str, Any]:
    """Return what the fields state, blanks left out; what cannot be read stands in the form, and what must be stated has a stand-in."""
    stated: dict[str, Any] = {"kind": form.typed["kind"], "campaigns": list(form.campaigns)}
    if not form.campaigns:
        form.errors["campaigns"] = "Tick at least one campaign."
        stated["campaigns"] = [NAMELESS]
    for one in SETTINGS:
        typed = form.typed[one.name]
        if not typed:
            continue
        try:
            value = one.read(typed)
        except ValueError:
            form.errors[one.name] = _NOT_READ.get(one.read, "This cannot be read.")
            continue
        *path, last = one.key.split(".")
        table = stated
        for part in path:
            table = table.setdefault(part, {})
        table[last] = value
    for name, words in (
        ("name", "Give it a name."),
        ("notice_date", "Give the day of the notice."),
    ):
        if not form.typed[name]:
            form.errors[name] = words
    return {"name": NAMELESS, "notice_date": today} | stated


def _checked(
    stated: Mapping[str, Any], form: FreezeForm, *, of_file: bool
) -> follow_up_settings.FollowUpSettings | None:
    """Return the settings without what breaks a rule of followup.toml, the reasons beside their fields, all at once; None of a file that
    breaks one, or where a reason is of no field.
    """
    left: Mapping[str, Any] = stated
    while True:
        try:
            return follow_up_settings.checked(left, "It")
        except BadInput as fault:
            sentence = fault.message.removeprefix("It: ").removeprefix("It, ")
            wrong = next((one for one in SETTINGS if _names(sentence, one.key)), None)
            if of_file or wrong is None or wrong.name in form.errors:
                form.errors.setdefault("file" if of_file else "", sentence)
                return None
            form.errors[wrong.name] = sentence
            left = _without(left, wrong.key)


def _without(stated: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return what is stated without a key; a name, which must be stated, has its stand-in."""
    table, _, last = key.rpartition(".")
    if table:
        first, _, rest = key.partition(".")
        return {**stated, first: _without(stated[first], rest)}
    left = {name: value for name, value in stated.items() if name != last}
    return left | ({"name": NAMELESS} if last == "name" else {})


def _names(sentence: str, key: str) -> bool:
    table, _, last = key.rpartition(".")
    words = sentence.replace(":", " ").replace(",", " ").split()
    return last in words and all(part in words for part in table.split(".") if part)


def as_toml(stated: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Return plain values, lists and tables within tables as TOML, tables last."""
    lines = [
        f"{_key(name)} = {_toml(value)}"
        for name, value in stated.items()
        if not isinstance(value, Mapping)
    ]
    parts = ["\n".join(lines)] if lines else []
    for name, value in stated.items():
        if isinstance(value, Mapping):
            own = (*path, _key(name))
            parts.append(f"[{'.'.join(own)}]\n{as_toml(value, own)}")
    return "\n\n".join(parts) + "\n"


def _key(name: str) -> str:
    return (
        name
        if name.replace("-", "").replace("_", "").isalnum() and name.isascii()
        else json.dumps(name)
    )


def _toml(value: Any) -> str:  # noqa: ANN401 - whatever TOML writes
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(_toml(one) for one in value)}]"
        case _:
            return str(value)


def _page(request: HttpRequest, form: FreezeForm) -> HttpResponse:
    session = visit_of(request).ledger
    known = [
        {"code": code, "subject": one.subject, "is_on": code in form.campaigns}
        for code, one in registry.campaigns(session).items()
    ]
    context = {
        "title": "Freeze a list",
        "form": form,
        "groups": form.groups(),
        "known": known,
        "earlier": follow_ups.names(session)[::-1],
        "asked": request.GET.get("silent_of")
        or request.GET.get("owed_of")
        or request.POST.get("earlier", ""),
        "kinds": [(kind, KIND_WORDS[kind]) for kind in KINDS],
        "policies": (*POLICIES, f"{UNIFORM}6"),
    }
    return render(request, "analyst/freeze.html", context, status=422 if form.errors else 200)
