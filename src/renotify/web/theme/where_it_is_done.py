"""Where the site does what a command of the house does: for each command the words for it and the page, by the role of the reader.

Rooms below say in their sentences which command does the next step. Nobody at a desk opens a terminal: a page names the form instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from renotify.web.door.roles import DEALER, Role

Given = Mapping[str, str]  # what a command was given: "name", "wave" and its options, by name
DESK = (Role.ANALYST, Role.AUDITOR)
THE_RUNNERS = "the terminal of the people who run the site"
THE_ANALYST = "the analyst's desk"


class Place(NamedTuple):
    """Words that stand for a command in a sentence, and the address of its page; a blank address has none."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Way:
    """A page that does a command: its words ({name} and {wave} are filled in), the name of its address, which of what the command was
    given are parts of it, the place on the page, and what makes its query.
    """

    words: str
    address: str
    roles: tuple[Role, ...] = (Role.ANALYST,)
    parts: tuple[str, ...] = ()
    at: str = ""
    query: Callable[[Given], Mapping[str, str]] = lambda _: {}
    otherwise: str = ""  # the address where a part is not known


NAME, WAVE, VIN, CODE = ("name",), ("name", "wave"), ("vin",), ("code",)
FILTERS = (
    "campaign",
    "status",
    "reason",
    "model",
    "year",
    "owner_state",
    "owner_zip",
    "language",
    "address_older_than",
    "dealer_state",
    "dealer_zip",
    "area",
    "dealer",
    "follow_up",
    "wave",
    "piece",
    "left_out",
    "contacted_before",
    "contacted_since",
    "never_contacted",
    "booked",
    "two_dealers",
    "as_of",
    "known_at",
    "by",
)  # of the form of the list of vehicles, by the name of their option


def _filters(given: Given) -> Mapping[str, str]:
    """Return the filters of the list of vehicles that a command has."""
    said = {name: value or "yes" for name, value in given.items() if name in FILTERS}
    return said | ({"booked": "no"} if "not_booked" in given else {})


def _filters_in_words(given: Given) -> str:
    """Return the filters as a sentence has them: campaign 9LA, status open."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in _filters(given).items())


def _clock(given: Given) -> Mapping[str, str]:
    """Return the clock that a command states a day of, and which word."""
    words = {"filed": "done", "started": "started", "withdrawn": "withdrawn"}
    return next(
        ({"clock": given[one], "word": word} for one, word in words.items() if given.get(one)), {}
    )


def _of_an_earlier(given: Given) -> Mapping[str, str]:
    """Return the earlier follow-up whose owners a new list is of."""
    return {one: given[one] for one in ("silent_of", "owed_of") if one in given}


def _one_vehicle(given: Given) -> Mapping[str, str]:
    return {"vin": given["vin"]} if "vin" in given else {}


FOLLOW_UP = Way(
    "the page of follow-up {name}", "analyst:follow_up", DESK, NAME, otherwise="analyst:follow_ups"
)
PLANNING = Way(
    "the plans of follow-up {name}",
    "analyst:follow_up",
    DESK,
    NAME,
    "#plan",
    otherwise="analyst:follow_ups",
)
DECIDING = Way(
    "the plans of follow-up {name}",
    "analyst:follow_up",
    DESK,
    NAME,
    "#decide",
    otherwise="analyst:follow_ups",
)
PUTTING = Way(
    "the form that puts a plan of follow-up {name} in force", "analyst:follow_up", DESK, NAME, "#decide", otherwise="analyst:follow_ups",
)  # fmt: skip
SETTINGS = Way(
    "the settings of follow-up {name}", "analyst:follow_up", parts=NAME, at="#settings", otherwise="analyst:follow_ups",
)  # fmt: skip
ENDING = Way("the form that ends follow-up {name}", "analyst:follow_up", parts=NAME, at="#end", otherwise="analyst:follow_ups")  # fmt: skip
OF_AREA = Way("the workload of your area", "area:workload", (Role.AREA_MANAGER,))
OF_WEEK = Way("your week", "dealer:week", DEALER)
MAILING = Way(
    "the mailing of follow-up {name}",
    "mailing:follow_up",
    DESK,
    NAME,
    otherwise="mailing:follow_ups",
)
ON_WAVE = Way(
    "the page of wave {wave} of {name}",
    "mailing:wave",
    DESK,
    WAVE,
    otherwise="mailing:follow_ups",
)
NOTICES = (
    Way(
        "the notices of follow-up {name}",
        "mailing:follow_up",
        DESK,
        NAME,
        "#notices",
        otherwise="mailing:follow_ups",
    ),
    Way("your notices", "dealer:notices", DEALER),
    Way("the notices of your area", "area:notices", (Role.AREA_MANAGER,)),
)
VEHICLES = (
    Way("the list of vehicles ({filters})", "analyst:vehicles", DESK, query=_filters),
    Way("the lists of your month", "area:month", (Role.AREA_MANAGER,)),
)
CLOCKS = Way("the deadlines", "analyst:deadlines", DESK)
STATING = Way("the form that states a day of {clock}", "analyst:state_day", query=_clock)
COUNTS = Way("the progress of the campaigns", "analyst:progress", DESK)
PARTS = (
    Way("your parts", "dealer:parts", DEALER),
    Way("the kits of your dealers", "area:month", (Role.AREA_MANAGER,)),
    Way("the kits by week of the follow-ups", "analyst:follow_ups", DESK),
)
WAYS: Mapping[str, tuple[Way, ...]] = {
    "load": (Way("the page that loads files", "jobs:load"),),
    "campaign": (Way("the page of campaign {code}", "analyst:campaign", DESK, CODE, otherwise="analyst:campaigns"),),
    "status": (COUNTS,),
    "vehicles": VEHICLES,
    "lookup": (Way("the check of a VIN", "dealer:check", DEALER), Way("the search", "contact:search", (Role.CONTACT,))),
    "explain": (
        Way("the history of this vehicle", "auditor:vehicle", DESK, query=_one_vehicle),
        Way("the check of this VIN", "dealer:check", DEALER, query=_one_vehicle),
    ),
    "answer": (Way("the page of this vehicle", "contact:caller", (Role.CONTACT,), VIN, otherwise="contact:search"),),
    "verify": (Way("the check of the ledger", "jobs:jobs", at="#check"),),
    "followup new": (Way("the form that freezes a list", "analyst:freeze", query=_of_an_earlier),),
    "followup set": (SETTINGS,),
    "followup end": (ENDING,),
    "followup": (FOLLOW_UP,),
    "plan": (PLANNING,),
    "replan": (PLANNING,),
    "plans use": (PUTTING,),
    "plans": (DECIDING,),
    "summary": (FOLLOW_UP,),
    "notices": NOTICES,
    "workload": (FOLLOW_UP, OF_AREA, OF_WEEK),
    "parts": PARTS,
    "stock": (Way("your stock", "dealer:stock", DEALER), Way("the stock of your dealers", "area:month", (Role.AREA_MANAGER,))),
    "dealer": (OF_WEEK, OF_AREA),
    "area": (Way("your month", "area:month", (Role.AREA_MANAGER,)),),
    "letter": (Way("the letters of follow-up {name}", "analyst:letters_of", DESK, NAME, otherwise="analyst:letters"),),
    "mail release": (ON_WAVE,),
    "mail ready": (ON_WAVE,),
    "mail accept": (ON_WAVE,),
    "mail call-back": (ON_WAVE,),
    "mail recall": (ON_WAVE,),
    "mail pull": (ON_WAVE,),
    "mail reprint": (ON_WAVE,),
    "mail": (MAILING,),
    "report progress": (COUNTS,),
    "report": (Way("the reports", "analyst:reports", DESK),),
    "deadlines --filed": (STATING,),
    "deadlines --started": (STATING,),
    "deadlines --withdrawn": (STATING,),
    "deadlines": (CLOCKS,),
    "owners": (Way("the owners that a person must find", "analyst:owners_to_find", DESK),),
}  # fmt: skip
OF_THE_RUNNERS = (
    "demo", "simulate", "rehearse", "outreach", "publish", "lookup-site", "serve", "worker", "people", "completion", "bench",
)  # fmt: skip
FLAGS = frozenset({  # options without a value; a test holds them to the commands
    "accessible", "all", "booked", "demo-people", "exceptions", "files", "json", "keep", "letters", "named-vehicles-only",
    "never-contacted", "nhtsa", "no-worker", "not-booked", "not-found", "receipts", "release-used", "sent", "silent", "strict",
    "two-dealers", "unwritten", "with-address", "with-owners",
})  # fmt: skip
POSITIONAL = {  # what follows a command, by name
    **dict.fromkeys(("plan", "replan", "notices", "workload", "summary", "simulate", "rehearse"), NAME),
    **dict.fromkeys(("followup set", "followup end", "followup show", "letter check", "letter approve", "letter proof"), NAME),
    **dict.fromkeys(("plans compare", "plans list"), NAME), "plans use": ("name", "draft"), "plans drop": ("name", "draft"),
    **dict.fromkeys(("mail release", "mail ready", "mail call-back", "mail recall", "mail pull", "mail reprint"), WAVE),
    **dict.fromkeys(("mail work", "mail reconcile", "mail resend", "mail trace"), NAME),
    "mail accept": (*WAVE, "file"), "mail returned": ("file",), "mail traced": ("file",), "mail proof": ("piece",),
    "load": ("file",), "followup new": ("file",), "explain": VIN, "answer": VIN, "report vehicle": VIN, "owners settle": VIN,
    "report quarterly": ("code", "quarter"), "campaign show": CODE, "dealer day": CODE, "dealer week": CODE, "area month": CODE,
    "parts pool": ("part",), "letter accept": ("name", "number"), "demo": ("folder",), "outreach list": ("name", "arm"),
    "lookup-site": ("snapshot",), "report annual": ("code", "period"), "report schedule": CODE,
    **dict.fromkeys(("report outreach", "report forecasts"), NAME),
    "completion": ("shell",), **dict.fromkeys(("people add", "people lock", "people password", "people token"), ("person",)),
}  # fmt: skip
STOPS = frozenset(  # words of the sentence, which no command takes
    [
        "a",
        "all",
        "an",
        "and",
        "are",
        "by",
        "for",
        "from",
        "gives",
        "in",
        "is",
        "it",
        "later",
        "makes",
        "never",
        "of",
        "on",
        "or",
        "says",
        "shows",
        "tells",
        "the",
        "then",
        "to",
        "today",
        "what",
        "will",
        "with",
        "without",
    ]
)
_FULL = r"[^\s`;,()<>&]*[^\s`;,()<>&.:]"
_VALUE = rf"(?:&quot;.*?&quot;|&#x27;.*?&#x27;|\[.*?\]|{_FULL})"
_SEVERAL = rf"(?:{_FULL}(?:,{_FULL})+|{_VALUE})"  # of an option: names that are joined by commas
_COMMANDS = "|".join(
    sorted({*(one.partition(" ")[0] for one in WAYS), *OF_THE_RUNNERS}, key=len, reverse=True)
)
COMMAND = re.compile(
    rf"(?P<tick>`?)renotify (?P<command>{_COMMANDS})(?![\w-])(?P<rest>(?(tick)[^`]*))(?(tick)`)?"
)
_WORD, _OPTION = (
    re.compile(rf" (?P<word>{_VALUE})"),
    re.compile(rf" --(?P<option>[a-z][a-z-]*)(?:[ =](?P<value>{_SEVERAL}))?"),
)


def place_of(command: str, given: Given, role: str) -> Place:
    """Return where a reader of a role does a command (``plan``, ``mail accept``), and what a sentence calls it.

    What no page does is for the people who run the site; what another desk does is for the analyst's.
    """
    first = command.partition(" ")[0]
    option = next(
        (
            f"{command} --{one}"
            for one in ("filed", "started", "withdrawn")
            if one in given and command == "deadlines"
        ),
        "",
    )
    ways = WAYS.get(option) or WAYS.get(command) or WAYS.get(first, ())
    if not ways:
        return Place(THE_RUNNERS)
    for way in ways:
        if role in way.roles:
            return _place(way, given)
    return Place(THE_ANALYST)


def _place(way: Way, given: Given) -> Place:
    known = {name: value for name, value in given.items() if not _is_placeholder(name, value)}
    known |= {
        "filters": _filters_in_words(known),
        "clock": next(
            (known[one] for one in ("filed", "started", "withdrawn") if one in known), ""
        ),
    }
    words = way.words
    for part, without in UNNAMED.items():
        words = (
            words if all(known.get(one) for one in _named(part)) else words.replace(part, without)
        )
    words = words.format_map(known)
    try:
        if all(part in known for part in way.parts):
            address = reverse(way.address, args=[known[part] for part in way.parts])
        else:
            address = reverse(way.otherwise)
    except NoReverseMatch:
        return Place(words)
    query = urlencode(way.query(known))
    return Place(
        words,
        address
        + (f"?{query}" if query else "")
        + (way.at if all(part in known for part in way.parts) else ""),
    )


UNNAMED = {  # how a place is called where a command leaves out of which
    "wave {wave} of {name}": "the wave",
    "follow-up {name}": "the follow-up",
    "campaign {code}": "the campaign",
    "list of vehicles ({filters})": "list of vehicles",
    "a day of {clock}": "a day of a clock",
}


def _named(words: str) -> list[str]:
    """Return the names that are filled into words."""
    return re.findall(r"{(\w+)}", words)


def _is_placeholder(name: str, value: str) -> bool:
    """Tell whether a word stands for something that the reader must know: NAME, WAVE, FILE.csv."""
    return value in {"NAME", "WAVE", "VIN", "CODE", "DATE", "WHO", "FILE", "CAMPAIGN"} or (
        name == "wave" and not value.isdigit()
    )


def command_at(text: str, found: re.Match[str]) -> tuple[str, dict[str, str], int]:
    """Return a command that stands in a text, what it is given, and where it ends; within backticks it ends with them."""
    if found["tick"]:
        command, given, _ = _read(f" {found['command']}{found['rest']}", 0)
        return command, given, found.end()
    return _read(text, found.start("command") - 1)


def _read(text: str, at: int) -> tuple[str, dict[str, str], int]:
    """Read a command's words, then what it is given, from a place in a text on."""
    words: list[str] = []
    given: dict[str, str] = {}
    waiting: list[str] | None = None
    while True:
        option, word = _OPTION.match(text, at), _WORD.match(text, at)
        if option:
            at = _take_option(option, given)
        elif word is None or not _goes_on(word["word"], waiting):
            return " ".join(words), given, at
        else:
            if waiting is None:
                words.append(word["word"])
            elif waiting:
                given[waiting.pop(0)] = word["word"]
            at = word.end()
        if waiting is None:
            waiting = _awaited(words, text, at)


def _take_option(option: re.Match[str], given: dict[str, str]) -> int:
    """Put an option into what a command is given, and return where it ends; several values of one are joined by commas."""
    flag = option["option"] in FLAGS or option["value"] is None
    name = option["option"].replace("-", "_")
    value = "" if flag else unescape(option["value"]).strip("'\"")
    given[name] = f"{given[name]},{value}" if given.get(name) else value
    return option.end("option") if flag else option.end()


def _goes_on(word: str, waiting: list[str] | None) -> bool:
    """Tell whether a word is of the command still: one that it waits for, KEY=VALUE, or a placeholder in capitals."""
    if waiting is None:
        return True
    if word in STOPS:
        return False
    return bool(waiting) or bool(re.fullmatch(r"[a-z_.]+=.*|[A-Z]{3,}[A-Z=.|]*", word))


def _awaited(words: list[str], text: str, at: int) -> list[str] | None:
    """Return what may follow a command; None where another word of the command does."""
    said = " ".join(words)
    if said in POSITIONAL:
        return list(POSITIONAL[said])
    after = _WORD.match(text, at)
    longer = after and any(
        one.startswith(f"{said} {after['word']}") for one in (*POSITIONAL, *WAYS, *MORE)
    )
    return None if longer and len(words) == 1 else []


MORE = (
    "owners refused", "owners unknown", "parts order", "parts promises", "stock holds", "followup list", "report progress",
    "report disclosures", "outreach list", "people list", "stock sold",
)  # fmt: skip
