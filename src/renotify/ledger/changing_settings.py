"""``followup set``: a follow-up's settings are changed from a day on, or a change is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from renotify.campaigns.changed_settings import Stated, check_changed, value_of
from renotify.errors import AlreadyDone, NothingToDo, Refused, UnknownName, WrongUse
from renotify.ledger import follow_ups, pieces, setting_changes
from renotify.ledger.session import Session
from renotify.ledger.setting_changes import Change, Decided
from renotify.values.calendar import monday_of
from renotify.values.characters import stated_words
from renotify.values.english import counted

LONGEST = 255  # characters of a reason, and of a name


def change(
    session: Session, name: str, wanted: Sequence[Stated], from_day: date, decided: Decided
) -> list[Change]:
    """Change settings of a follow-up from a day on, all or none, and return the changes as recorded.

    The settings of that day and of every later day on which one changes are held to the bounds of followup.toml. Raises UnknownName;
    AlreadyDone for one that was ended; Refused for a day that has passed: what was planned and told by then stands; NothingToDo
    where a setting has that value already; BadInput; WrongUse without a reason or a name.
    """
    decided = _checked(decided)
    if from_day < decided.on:
        raise Refused(
            f"A setting cannot change from {from_day} on: today is {decided.on}, and what was planned by then stands.",
            "Name today or a later day with --from.",
        )
    with session.transaction():
        follow_ups.refuse_ended(session, name)
        for one in wanted:
            before = value_of(follow_ups.settings(session, name, from_day), one.setting)
            if before == one.value:
                raise NothingToDo(
                    f"{one.setting} of {name} is {_told(before)} on {from_day} already.",
                    f"See the settings: renotify followup show {name}.",
                )
            setting_changes.record(session, name, one, before, from_day, decided)
        _check_from(session, name, from_day)
        _refuse_no_week(session, name, from_day)
    return setting_changes.changes(session, name)[-len(wanted) :]


def undo(session: Session, name: str, number: int, decided: Decided) -> Change:
    """Take back a change from today on, and return it; until now it was in force from its day.

    Raises UnknownName, AlreadyDone, BadInput, WrongUse.
    """
    decided = _checked(decided)
    with session.transaction():
        follow_ups.refuse_ended(session, name)
        found = {one.number: one for one in setting_changes.changes(session, name)}
        follow_ups.settings(session, name)
        if number not in found:
            known = f"Known are {', '.join(map(str, found))}." if found else "Nothing was changed."
            raise UnknownName(f"{name} has no change {number}.", known)
        if found[number].undone_on:
            raise AlreadyDone(
                f"Change {number} of {name} was taken back on {found[number].undone_on}.",
                f"State the value anew: renotify followup set {name} {found[number].setting}=VALUE --because WHY",
            )
        setting_changes.take_back(session, name, number, decided)
        _check_from(session, name, max(found[number].from_day, decided.on))
        _refuse_no_week(session, name, max(found[number].from_day, decided.on))
    return next(one for one in setting_changes.changes(session, name) if one.number == number)


def _check_from(session: Session, name: str, first: date) -> None:
    """Hold the settings of a day, and of each later day on which one changes, to their bounds."""
    later = {one.from_day for one in setting_changes.changes(session, name)}
    for day in sorted({first} | {day for day in later if day > first}):
        check_changed(follow_ups.settings(session, name, day), day)


def _refuse_no_week(session: Session, name: str, first: date) -> None:
    """Refuse a horizon that is over when it begins to hold, or before a week whose letters are released: no replan could be made."""
    later = {one.from_day for one in setting_changes.changes(session, name)}
    out = [wave.week for wave in pieces.waves(session, name) if wave.released]
    for day in sorted({first} | {day for day in later if day > first}):
        settings = follow_ups.settings(session, name, day)
        monday = monday_of(settings.first_letter)
        last = max([monday_of(day), monday, *out])
        needed = 1 + (last - monday).days // 7
        if settings.horizon_weeks < needed:
            weeks = counted(settings.horizon_weeks, "week")
            raise Refused(
                f"A horizon of {weeks} from the week of {monday} ends before the week of {last}: {name} could not be planned again.",
                f"State horizon_weeks={needed} or more; to end the follow-up: renotify followup end {name} --because WHY.",
            )


def _checked(decided: Decided) -> Decided:
    stated = Decided(stated_words(decided.by), decided.on, stated_words(decided.reason))
    for what, words in (("a reason", stated.reason), ("the name of who decides", stated.by)):
        if not words or len(words) > LONGEST:
            raise WrongUse(
                f"A change of settings needs {what}, of up to {LONGEST} characters.",
                "Give --because and --by; they are kept with the ledger.",
            )
    return stated


def _told(value: object) -> str:
    return "left out" if value is None else f"{value}"
