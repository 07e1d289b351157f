"""A follow-up's settings: which campaigns, when the notice goes out, and what is known of the response."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from math import inf
from pathlib import Path
from typing import Any

from renotify.campaigns.mail_service import MailService, check_mail, check_mailer_id, mail_service
from renotify.campaigns.outreach_settings import Outreach, outreach_of
from renotify.campaigns.readiness_settings import ReadinessRules, check_owed, readiness_of
from renotify.errors import BadInput
from renotify.values.calendar import monday_of
from renotify.values.stated_tables import (
    DAY,
    NUMBER,
    TABLE,
    TEXT,
    WHOLE,
    check_keys,
    check_kinds,
    check_present,
    read_toml,
)
from renotify.values.telephone import dialed

SECOND_NOTICE = (
    "remedy_available"  # after an interim letter: the remedy is there now (49 CFR 577.7(a)(1))
)
FIRST_KINDS = ("initial", "interim")
VOLUNTARY = "follow_up_voluntary"
KINDS = (*FIRST_KINDS, SECOND_NOTICE, VOLUNTARY, "follow_up_ordered")
RESPONSE = ("share", "scale_weeks", "shape", "background_per_week")
OF_SILENT = (
    "of_silent"  # how many times as often as the first letter a next one moves whom it did not move
)
SHARES = ("share", "background_per_week")  # of owners, of vehicles: from none to all
TELL, NEIGHBOUR, OF_AREA, MOBILE = (
    "tell",
    "neighbour",
    "area",
    "mobile",
)  # what becomes of visits that no dealer's hours hold
LONG_VISITS = (TELL, NEIGHBOUR, OF_AREA, MOBILE)
NETWORK = ("long_visits", "mobile_units", "mobile_longest_hours")
OPTIMAL = "optimal"
POLICIES = (OPTIMAL, "exact", "greedy", "all-at-once", "oldest-first", "zip-order")
UNIFORM = "uniform:"  # and a number of weeks
SUPPLY = {"slip_weeks": WHOLE, "share_of_promised": NUMBER}
SLIP_WEEKS = 2
SENDER = (
    "name",
    "address",
    "phone",
    "tty",
    "department",
    "hours",
    "web",
    "mailer_id",
    "eligibility_system",
)
SENDER_ES = ("department", "hours")  # what a letter says in Spanish under [sender.es]
REST_WEEKS = 8  # by the assumed response three of four owners who answer at all have asked by then
OF_EVERY_LETTER = (
    "name",
    "address",
    "phone",
)  # of the sender; a recall's letter has the TTY beside the telephone (577.11(c)(2))
POISSON = (
    1.0  # variance of a number of visits over its mean, where owners decide each for themselves
)
HINT = "See followup.toml in docs/reference/files.md."


@dataclass(frozen=True)
class FollowUpSettings:
    """One follow-up as its analyst states it. ``mail_house_letters_per_week`` None does not bind, ``least_wave`` None joins no waves.

    ``parts_count_spread``: variance of the number of visits over its mean, for which ``parts_quantile`` leaves kits; 0 plans without it.
    ``response``: share of owners who answer, scale_weeks and shape of a Weibull, background_per_week (share of open vehicles that
    come without a letter), of_silent (how many times as often as a first letter a next one is answered by who stayed silent: it scales
    the shares of a list of the silent); a table under a bundle's name (``"9LA+ALE"``) overrides it there. ``stated_start`` is the day the
    notice's own text names for the first letter, if it names one. ``network`` says what becomes of visits too long for a dealer.
    ``rest_weeks``: no letter before so many weeks after the last one about any of its campaigns; 0 asks no other follow-up.
    ``policy``: how letters are planned where a command names no other way, one of POLICIES or ``uniform:N``.
    ``silent_of``: list those alone whom this follow-up wrote to, and who have neither come nor booked; blank: everybody.
    ``owed_of``: of a first notice after this one, list those alone who are still owed theirs; blank: everybody.
    """

    name: str
    kind: str
    campaigns: tuple[str, ...]
    notice_date: date
    days_after_notice: int = 7
    horizon_weeks: int = 26
    mail_house_letters_per_week: int | None = None
    least_wave: int | None = None
    wait_bound_weeks: int = 2
    parts_quantile: float | None = 0.9
    parts_count_spread: float = POISSON
    stated_start: date | None = None
    rest_weeks: int = REST_WEEKS
    silent_of: str = ""
    owed_of: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)
    supply: Mapping[str, Any] = field(default_factory=dict)
    sender: Mapping[str, Any] = field(default_factory=dict)
    mail: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    outreach: Mapping[str, Any] = field(default_factory=dict)
    readiness: Mapping[str, Any] = field(default_factory=dict)
    policy: str = OPTIMAL

    @property
    def is_follow_up(self) -> bool:
        """Whether owners were notified before: then a letter waits for its remedies, as a first notice may not (49 CFR 577.7)."""
        return self.kind not in FIRST_KINDS

    @property
    def rests(self) -> bool:
        """Whether a letter waits for the rest after the last one: one that nobody is bound to send. First and second notices are owed
        by their day (49 CFR 577.7(a)(1), (b)), and of an ordered follow-up the Administrator set scope and timing (577.10(a)).
        """
        return self.kind == VOLUNTARY and self.rest_weeks > 0

    def resting_since(self, on: date) -> date:
        """Return the Monday of the first week whose letters let a vehicle rest still on a day."""
        return monday_of(on) - timedelta(weeks=self.rest_weeks - 1)

    def of_the_silent(
        self, name: str, notice_date: date, response: Mapping[str, Any] | None = None
    ) -> FollowUpSettings:
        """Return the settings of the follow-up of this one's silent owners: a voluntary one by its limits, from a notice of its own.

        ``response`` is how they answer (None: as this one states it).
        """
        return replace(
            self,
            name=name,
            kind=VOLUNTARY,
            notice_date=notice_date,
            stated_start=None,
            silent_of=self.name,
            response=self.response if response is None else response,
        )

    def of_the_owed(self, name: str, notice_date: date) -> FollowUpSettings:
        """Return the settings of the first notice to who missed this one, from a notice of its own."""
        return replace(
            self, name=name, notice_date=notice_date, stated_start=None, owed_of=self.name
        )

    @property
    def long_visits(self) -> str:
        """Where a visit is planned that is longer than all hours of its dealer within the wait: one of LONG_VISITS."""
        return str(self.network.get("long_visits", TELL))

    @property
    def mobile_units(self) -> tuple[str, ...]:
        """The dealer codes of teams of mobile repair, one or more an area; their hours are those of the dealers' file."""
        return tuple(str(code) for code in self.network.get("mobile_units", ()))

    @property
    def mobile_longest_hours(self) -> float:
        """The longest visit that a team of mobile repair takes, in hours; inf where none is stated."""
        return float(self.network.get("mobile_longest_hours", inf))

    @property
    def slip_weeks(self) -> int:
        """How many weeks late promised supply may come: the plan holds in time and so late."""
        return int(self.supply.get("slip_weeks", SLIP_WEEKS))

    @property
    def share_of_promised(self) -> float:
        """The share of promised supply that comes when it is late."""
        return float(self.supply.get("share_of_promised", 1.0))

    @property
    def mail_service(self) -> MailService:
        """What is asked of the Postal Service for letters that cannot be delivered."""
        return mail_service(self.mail)

    @property
    def drawn(self) -> Outreach:
        """What is drawn by lot: the order of equal letters, and arms."""
        return outreach_of(self.outreach)

    @property
    def ready(self) -> ReadinessRules:
        """What must be ready before a wave is released."""
        return readiness_of(self.readiness, voluntary=self.kind == VOLUNTARY)

    @property
    def first_letter(self) -> date:
        """The first day on which a letter may be mailed: notice date + days after notice (memo, section 2)."""
        return self.notice_date + timedelta(days=self.days_after_notice)

    def over_on(self, first_week: date | None = None, weeks: int | None = None) -> date:
        """Return the Monday after the last planned week: of a plan of some weeks from one on, else of the weeks that may be planned."""
        first = first_week or monday_of(self.first_letter)
        return first + timedelta(weeks=weeks or self.horizon_weeks)

    @property
    def telephones(self) -> frozenset[str]:
        """Return the ten digits of the sender's own numbers, which letters name."""
        numbers = (dialed(str(self.sender.get(name, ""))) for name in ("phone", "tty"))
        return frozenset(filter(None, numbers))

    def lacking_of_sender(self, *, recall: bool) -> list[str]:
        """Return the keys of [sender] that every letter needs, those about a recall too, and that are not stated."""
        needed = (*OF_EVERY_LETTER, *(("tty",) if recall else ()))
        return [name for name in needed if not self.sender.get(name)]

    def missing_of_sender(
        self, *, recall: bool = False, languages: Sequence[str] = ()
    ) -> list[str]:
        """Return what letters cannot be printed without and [sender] does not state, a sentence each.

        ``recall``: of letters about a recall; ``languages`` are those of the letters.
        """
        found = [f"[sender] has no {name}." for name in self.lacking_of_sender(recall=recall)]
        if "es" in languages:
            spanish = self.sender.get("es", {})
            found += [
                f"[sender] states its {name}, and [sender.es] has no Spanish words for it."
                for name in SENDER_ES
                if self.sender.get(name) and not spanish.get(name)
            ]
        return found + self.drawn.missing(languages)

    def with_codes(self, spelled: Mapping[str, str]) -> FollowUpSettings:
        """Return the settings with each campaign, in bundles too, as ``spelled`` has it: a person may write a code in any case."""
        bundles = {
            key: JOINED.join(spelled.get(code, code) for code in key.split(JOINED))
            for key, own in self.response.items()
            if isinstance(own, Mapping)
        }
        return replace(
            self,
            campaigns=tuple(dict.fromkeys(spelled[code] for code in self.campaigns)),
            response={bundles.get(key, key): own for key, own in self.response.items()},
        )

    def own_response(self, bundle: str) -> Mapping[str, Any]:
        """Return what the response states for a bundle alone, in whatever order its campaigns are named; else nothing."""
        codes = set(bundle.split(JOINED))
        named = {key: own for key, own in self.response.items() if isinstance(own, Mapping)}
        return next((own for key, own in named.items() if set(key.split(JOINED)) == codes), {})


SETTINGS: Mapping[str, str] = {
    "name": TEXT,
    "kind": TEXT,
    "campaigns": "a list of campaign codes",
    "notice_date": DAY,
    "days_after_notice": WHOLE,
    "horizon_weeks": WHOLE,
    "mail_house_letters_per_week": WHOLE,
    "least_wave": WHOLE,
    "wait_bound_weeks": WHOLE,
    "parts_quantile": NUMBER,
    "parts_count_spread": NUMBER,
    "stated_start": DAY,
    "rest_weeks": WHOLE,
    "silent_of": TEXT,
    "owed_of": TEXT,
    "response": TABLE,
    "supply": TABLE,
    "sender": TABLE,
    "mail": TABLE,
    "network": TABLE,
    "outreach": TABLE,
    "readiness": TABLE,
    "policy": TEXT,
}
TABLES = tuple(key for key, kind in SETTINGS.items() if kind == TABLE)
LEAST = {
    "days_after_notice": 0,
    "horizon_weeks": 1,
    "mail_house_letters_per_week": 1,
    "least_wave": 1,
    "wait_bound_weeks": 0,
    "rest_weeks": 0,
}
MOST_SPREAD = 100.0
REQUIRED = ("name", "kind", "campaigns", "notice_date")
LONGEST_NAME = 32
JOINED = "+"  # between the campaigns of a bundle


def name_of_the_silent(name: str, notice_date: date) -> str:
    """Return the name of a list of a follow-up's silent owners: its own, cut to fit, and the notice's day in place of an earlier one."""
    root = re.sub(r"-\d{4}-\d{2}-\d{2}$", "", name)
    day = f"-{notice_date.isoformat()}"
    return root[: LONGEST_NAME - len(day)] + day


def read(path: Path) -> FollowUpSettings:
    """Read followup.toml. Raises BadInput in one sentence that names the file and the key."""
    return checked(read_toml(path), path.name)


def checked(stated: Mapping[str, Any], where: str) -> FollowUpSettings:
    """Return what followup.toml states as settings. Raises BadInput in one sentence that names the place and the key."""
    check_keys(stated, SETTINGS, where)
    check_present(stated, REQUIRED, where)
    plain = {key: value for key, value in stated.items() if key != "campaigns"}
    check_kinds(plain, SETTINGS, where)
    _check_values(stated, where)
    campaigns = tuple(dict.fromkeys(stated["campaigns"]))
    _check_responses(stated.get("response", {}), campaigns, f"{where}, response")
    _check_supply(stated.get("supply", {}), f"{where}, supply")
    _check_sender(stated.get("sender", {}), f"{where}, sender")
    check_mail(stated.get("mail", {}), f"{where}, mail")
    _check_network(stated.get("network", {}), f"{where}, network")
    outreach_of(stated.get("outreach", {}), f"{where}, outreach")
    readiness_of(stated.get("readiness", {}), f"{where}, readiness")
    if stated["kind"] != VOLUNTARY:
        check_owed(stated.get("readiness", {}), stated["kind"], f"{where}, readiness")
    return FollowUpSettings(**{**stated, "campaigns": campaigns})


def _check_values(stated: Mapping[str, Any], where: str) -> None:
    name, codes = stated["name"], stated["campaigns"]
    share = stated.get("parts_quantile", 0.5)
    faults = {
        "name": not _is_name(name) and f"up to {LONGEST_NAME} letters, digits, - and _",
        "kind": stated["kind"] not in KINDS and f"one of {', '.join(KINDS)}",
        "silent_of": stated.get("silent_of", "") > ""
        and stated["kind"] != VOLUNTARY
        and f"of a follow-up of kind {VOLUNTARY}",
        "owed_of": stated.get("owed_of", "") > ""
        and stated["kind"] not in FIRST_KINDS
        and f"of a follow-up of kind {' or '.join(sorted(FIRST_KINDS))}",
        "campaigns": not _is_codes(codes) and SETTINGS["campaigns"],
        "parts_quantile": not 0 < share < 1 and "a number between 0 and 1",
        "policy": not _is_policy(stated.get("policy", OPTIMAL))
        and f"one of {', '.join(POLICIES)} or {UNIFORM}N, N weeks",
        "parts_count_spread": not 0 <= stated.get("parts_count_spread", 0) <= MOST_SPREAD
        and f"a number from 0 to {MOST_SPREAD:g}",
    }
    faults |= {
        key: stated.get(key, least) < least and f"a whole number of at least {least}"
        for key, least in LEAST.items()
    }
    for key, wanted in faults.items():
        if wanted:
            raise BadInput(f"{where}: {key} must be {wanted}, not {stated[key]!r}.", HINT)


def _is_name(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum() and len(name) <= LONGEST_NAME


def _is_policy(policy: str) -> bool:
    weeks = policy.removeprefix(UNIFORM)
    return policy in POLICIES or (weeks != policy and weeks.isdecimal() and int(weeks) > 0)


def _is_codes(codes: object) -> bool:
    return (
        isinstance(codes, list)
        and bool(codes)
        and all(isinstance(code, str) and code for code in codes)
    )


def _check_responses(response: Mapping[str, object], campaigns: Sequence[str], where: str) -> None:
    """Check the general values, and each bundle's own, which stand in a table under the bundle's name."""
    own = {key: value for key, value in response.items() if isinstance(value, dict)}
    general = {key: value for key, value in response.items() if key not in own}
    _check_response(general, where, (*RESPONSE, OF_SILENT))
    for bundle, values in own.items():
        if bundle in (*RESPONSE, OF_SILENT):
            raise BadInput(f"{where}: {bundle} is a table.", f"Write a number; {HINT}")
        _check_bundle(bundle, campaigns, where)
        _check_response(values, f"{where}, {bundle}", RESPONSE)
    _check_once(own, where)


def _check_bundle(bundle: str, campaigns: Sequence[str], where: str) -> None:
    """A bundle is of the follow-up's campaigns, each once."""
    codes = bundle.split(JOINED)
    for code in codes:
        if code not in campaigns:
            raise BadInput(
                f"{where}: {bundle!r} names {code!r}, which is not among the campaigns.",
                f"The campaigns are {', '.join(campaigns)}; join those of a bundle by {JOINED}.",
            )
        if codes.count(code) > 1:
            raise BadInput(f"{where}: {bundle!r} names {code!r} twice.", "Name it once.")


def _check_once(bundles: Iterable[str], where: str) -> None:
    """A bundle has one table, in whatever order its campaigns are named."""
    seen: dict[frozenset[str], str] = {}
    for bundle in bundles:
        first = seen.setdefault(frozenset(bundle.split(JOINED)), bundle)
        if first != bundle:
            raise BadInput(
                f"{where}: {first!r} and {bundle!r} are the same bundle.",
                "State its values in one table.",
            )


def _check_response(response: Mapping[str, object], where: str, known: Sequence[str]) -> None:
    """A number within its bounds for each key."""
    for key, value in response.items():
        check_keys([key], known, where)
        check_kinds({key: value}, {key: NUMBER}, where)
        check_bounds(key, float(str(value)), where, HINT)


def check_bounds(key: str, value: float, where: str, hint: str) -> None:
    """Raise BadInput for a value of the response that no owners can have: a share beyond 0 to 1, a scale or shape not above 0.

    A file is refused with it when it is read; settings that froze before files were held to this are refused where they are used.
    """
    stands = 0 <= value <= 1 if key in SHARES else value > 0
    if not stands:
        wanted = "between 0 and 1" if key in SHARES else "above 0"
        raise BadInput(f"{where}: {key} must be {wanted}, not {value:.12g}.", hint)


def _check_supply(supply: Mapping[str, Any], where: str) -> None:
    """Weeks from none on, and a share."""
    check_keys(supply, SUPPLY, where)
    check_kinds(supply, SUPPLY, where)
    faults = {
        "slip_weeks": supply.get("slip_weeks", 0) < 0 and "a whole number of at least 0",
        "share_of_promised": not 0 <= supply.get("share_of_promised", 1) <= 1 and "between 0 and 1",
    }
    for key, wanted in faults.items():
        if wanted:
            raise BadInput(f"{where}: {key} must be {wanted}, not {supply[key]!r}.", HINT)


def _check_sender(sender: Mapping[str, Any], where: str) -> None:
    """Text for each key that letters, notices and barcodes read."""
    check_keys(sender, (*SENDER, "es"), where)
    check_kinds(sender, dict.fromkeys(SENDER, TEXT) | {"es": TABLE}, where)
    spanish = sender.get("es", {})
    check_keys(spanish, SENDER_ES, f"{where}, es")
    check_kinds(spanish, dict.fromkeys(SENDER_ES, TEXT), f"{where}, es")
    if sender.get("mailer_id"):
        check_mailer_id(str(sender["mailer_id"]), f"{where}: ")


def _check_network(network: Mapping[str, Any], where: str) -> None:
    """A known way for visits that are too long for a dealer, and the teams that a way needs."""
    check_keys(network, NETWORK, where)
    known = network.get("long_visits", TELL)
    if known not in LONG_VISITS:
        raise BadInput(
            f"{where}: long_visits must be one of {', '.join(LONG_VISITS)}, not {known!r}.", HINT
        )
    units, longest = network.get("mobile_units", []), network.get("mobile_longest_hours", 1)
    if not isinstance(units, list | tuple) or not all(
        isinstance(unit, str) and unit for unit in units
    ):
        raise BadInput(
            f"{where}: mobile_units must be a list of dealer codes, not {units!r}.", HINT
        )
    if isinstance(longest, bool) or not isinstance(longest, int | float) or not 0 < longest < inf:
        raise BadInput(
            f"{where}: mobile_longest_hours must be hours above 0, not {longest!r}.", HINT
        )
    if known == MOBILE and not units:
        raise BadInput(
            f'{where}: long_visits is "mobile", and no mobile_units say which dealer codes are its teams.',
            HINT,
        )


def to_facts(settings: FollowUpSettings) -> dict[str, Any]:
    """Return the settings as JSON facts; :func:`from_facts` is the way back."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(settings).items()
    }


def from_facts(facts: Mapping[str, Any]) -> FollowUpSettings:
    """Return the settings from their JSON facts. Follow-ups that froze before it was a setting keep no kits for count noise."""
    known = {one.name for one in fields(FollowUpSettings)}
    stated = {key: value for key, value in facts.items() if key in known}
    for key in ("notice_date", "stated_start"):
        stated[key] = date.fromisoformat(stated[key]) if stated.get(key) else None
    known_before = {"parts_count_spread": 0.0}
    return FollowUpSettings(**{**known_before, **stated, "campaigns": tuple(stated["campaigns"])})
