"""What a follow-up draws by lot, to learn what makes owners answer: the order of equal letters, and arms.

No letter is withheld and none goes in a later week than the plan would send it: the draw says which of the vehicles that the plan
holds for equal goes in which of its weeks, and an arm is touched beside the letter, has other words of the house in it, or another
day of its week. See the decision records on outreach and on arms of wording and day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from math import fsum
from types import MappingProxyType
from typing import Any

from renotify.errors import BadInput
from renotify.values.calendar import monday_of
from renotify.values.stated_tables import (
    NUMBER,
    TABLE,
    TEXT,
    WHOLE,
    YES_NO,
    check_keys,
    check_kinds,
    check_present,
)

CHANNELS = {
    "email": "e-mail",
    "sms": "text message",
}  # between letters, where owners have one on file
OUTREACH = ("randomise", "seed", "arms", "wordings")
ARM = {"name": TEXT, "share": NUMBER, "channel": TEXT, "wording": TEXT, "day": TEXT}
WHY_YOU, WHAT_TO_DO = "why_you", "what_to_do"
# the house's own texts of a letter; what the law wants said, and what a campaign says, no wording replaces
HOUSE_TEXTS = (WHY_YOU, WHAT_TO_DO)
LANGUAGES = ("en", "es")
DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
)  # of which mail is taken
LONGEST_ARM = 32
LONGEST_TEXT = 240  # characters: a letter has to stay on its sheet
NEAR_ONE = 1e-6
HINT = "See [outreach] of followup.toml in docs/reference/files.md."


@dataclass(frozen=True)
class Wording:
    """Other words for house texts of a letter (``HOUSE_TEXTS``), by language; a text that it does not state stays as it is."""

    name: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def digest(self) -> str:
        """What tells its texts from others of the same name: six hexadecimal digits."""
        stated = sorted(
            (language, *own) for language in self.texts for own in self.texts[language].items()
        )
        return sha256(repr(stated).encode()).hexdigest()[:6]

    def missing(self, language: str) -> list[str]:
        """Return which of its texts it does not have in a language: none falls back to English."""
        return sorted(self.texts.get("en", {}).keys() - self.texts.get(language, {}).keys())


AS_IT_IS = Wording()


TOUCHED = "touched"  # what was done of an arm whose owners are reached beside the letter
LEAST_LETTERS = 30  # of an arm, below which nothing is said of its effect


@dataclass(frozen=True)
class Arm:
    """A share of the vehicles, drawn by lot. ``channel`` is how their owners are touched beside the letter, ``wording`` the name of the
    words that their letter has, ``day`` the weekday on which it is mailed; blank: not at all, the house's, any.
    """

    name: str
    share: float
    channel: str = ""
    wording: str = ""
    day: str = ""

    def as_done(self, done: Collection[str]) -> Arm:
        """Return the arm without a channel or day that was not done: TOUCHED and the weekdays of its letters are what was."""
        return replace(
            self,
            channel=self.channel if TOUCHED in done else "",
            day=self.day if self.day in done else "",
        )

    def day_in_week(self, on: date) -> date:
        """Return its day in the week of a day; that day itself where it states none."""
        return monday_of(on) + timedelta(days=DAYS.index(self.day)) if self.day else on


@dataclass(frozen=True)
class Outreach:
    """What is drawn: the order of letters that the plan holds for equal, and who is in which arm. ``seed`` makes it once for all."""

    randomise: bool = False
    seed: int = 0
    arms: tuple[Arm, ...] = ()
    wordings: tuple[Wording, ...] = ()

    def wording(self, name: str) -> Wording:
        """Return a wording by its name; blank: the house's own words."""
        return next((one for one in self.wordings if one.name == name), AS_IT_IS)

    def adds(self, arm: Arm) -> str:
        """What an arm adds to the letter, in words: the same in every follow-up; blank for the letter alone.

        A wording is told by its name and its texts: other texts under its name are another one.
        """
        said = [
            f"{CHANNELS[arm.channel]} beside the letter" if arm.channel else "",
            f"the wording {arm.wording} ({self.wording(arm.wording).digest})"
            if arm.wording
            else "",
            f"a letter mailed on a {arm.day}" if arm.day else "",
        ]
        return ", ".join(filter(None, said))

    def missing(self, languages: Sequence[str]) -> list[str]:
        """Return what its wordings have no words for in the languages of the letters, a sentence each."""
        return [
            f"[outreach.wordings.{one.name}] states {text}, and [outreach.wordings.{one.name}.{language}] has no words for it."
            for language in languages
            for one in self.wordings
            for text in one.missing(language)
        ]


def outreach_of(stated: Mapping[str, Any], where: str = "outreach") -> Outreach:
    """Return what ``[outreach]`` states. Raises BadInput in one sentence that names the key."""
    check_keys(stated, OUTREACH, where)
    plain = {key: value for key, value in stated.items() if key in ("randomise", "seed")}
    check_kinds(plain, {"randomise": YES_NO, "seed": WHOLE}, where)
    arms = _arms(stated.get("arms", ()), where)
    wordings = _wordings(stated.get("wordings", {}), f"{where}, wordings")
    _check_wordings(arms, wordings, where)
    return Outreach(**plain, arms=arms, wordings=wordings)


def _wordings(stated: object, where: str) -> tuple[Wording, ...]:
    if not isinstance(stated, Mapping) or not all(
        isinstance(one, Mapping) for one in stated.values()
    ):
        raise BadInput(f"{where} must be tables, one a wording.", HINT)
    return tuple(_wording(name, one, f"{where}, {name}") for name, one in stated.items())


def _wording(name: str, stated: Mapping[str, Any], where: str) -> Wording:
    _check_name(name, where)
    if not name.isascii():  # it stands in the names of files
        raise BadInput(f"{where}: the name of a wording must be of plain letters.", HINT)
    check_keys(stated, (*HOUSE_TEXTS, *LANGUAGES[1:]), where)
    check_kinds(
        stated, dict.fromkeys(HOUSE_TEXTS, TEXT) | dict.fromkeys(LANGUAGES[1:], TABLE), where
    )
    texts = {"en": {key: text for key, text in stated.items() if key in HOUSE_TEXTS}}
    if not texts["en"]:
        raise BadInput(f"{where}: it states no text.", f"State one of {', '.join(HOUSE_TEXTS)}.")
    for language in LANGUAGES[1:]:
        own = stated.get(language, {})
        check_keys(own, texts["en"], f"{where}, {language}")
        check_kinds(own, dict.fromkeys(HOUSE_TEXTS, TEXT), f"{where}, {language}")
        texts[language] = dict(own)
    for language, own in texts.items():
        for key, text in own.items():
            _check_text(text, f"{where}, {key}" + (f" ({language})" if language != "en" else ""))
    return Wording(name, texts)


def _check_text(text: str, where: str) -> None:
    """A paragraph of its own: printable, whole sentences, no longer than a letter has room for."""
    if text != text.strip() or not text.isprintable() or not text.endswith((".", "!", "?")):
        raise BadInput(
            f"{where} must be one line of whole sentences, without blanks around it.", HINT
        )
    if len(text) > LONGEST_TEXT:
        raise BadInput(
            f"{where} has {len(text)} characters, more than {LONGEST_TEXT}.", "Say it in fewer."
        )


def _check_wordings(arms: tuple[Arm, ...], wordings: tuple[Wording, ...], where: str) -> None:
    """Each wording that an arm names is stated, and each that is stated is an arm's."""
    named, stated = {arm.wording for arm in arms} - {""}, {one.name for one in wordings}
    for arm in arms:
        if arm.wording and arm.wording not in stated:
            raise BadInput(
                f"{where}: arm {arm.name} has the wording {arm.wording!r}, which is not stated.",
                f"State its texts in [outreach.wordings.{arm.wording}].",
            )
    if unread := sorted(stated - named):
        raise BadInput(
            f"{where}: no arm has the wording {unread[0]!r}.", "Name it in an arm, or take it out."
        )


def _arms(stated: object, where: str) -> tuple[Arm, ...]:
    if not isinstance(stated, (list, tuple)) or not all(isinstance(one, dict) for one in stated):
        raise BadInput(f"{where}: arms must be a list of tables.", HINT)
    arms = tuple(_arm(one, f"{where}, arm {place}") for place, one in enumerate(stated, 1))
    names = [arm.name for arm in arms]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"{where}: there are two arms {twice[0]!r}.", "Name each arm once.")
    if len(arms) == 1:
        raise BadInput(f"{where}: {names[0]!r} is the only arm.", "State at least two, or none.")
    total = fsum(arm.share for arm in arms)
    if arms and abs(total - 1) > NEAR_ONE:
        raise BadInput(f"{where}: the shares of the arms add up to {total:.6g}, not 1.", HINT)
    return arms


def _arm(stated: Mapping[str, Any], where: str) -> Arm:
    check_keys(stated, ARM, where)
    check_present(stated, ("name", "share"), where)
    check_kinds(stated, ARM, where)
    arm = Arm(**stated)
    _check_name(arm.name, where)
    if not 0 < arm.share < 1:
        raise BadInput(f"{where}: share must be between 0 and 1, not {arm.share:.12g}.", HINT)
    if arm.channel and arm.channel not in CHANNELS:
        raise BadInput(
            f"{where}: there is no channel {arm.channel!r}.",
            f"Known are {', '.join(CHANNELS)}; left out, the owners get the letter alone.",
        )
    if arm.day and arm.day not in DAYS:
        raise BadInput(f"{where}: day must be one of {', '.join(DAYS)}, not {arm.day!r}.", HINT)
    return arm


def _check_name(name: str, where: str) -> None:
    if not name.replace("-", "").replace("_", "").isalnum() or len(name) > LONGEST_ARM:
        raise BadInput(
            f"{where}: name must be up to {LONGEST_ARM} letters, digits, - and _, not {name!r}.",
            HINT,
        )
