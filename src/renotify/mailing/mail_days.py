"""On which day of its week a letter is mailed: the day of its arm, where the law and the letter's own words let it wait for it.

A release prints all letters of its wave; the day says when the mail house hands them in, within the week of the release. A letter whose
day has passed, or may not be waited for, goes at once: nothing is withheld, and its arm stays as it was drawn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.outreach_settings import DAYS, Arm
from renotify.ledger.session import Session
from renotify.mailing import wave_tables
from renotify.mailing.early_letters import last_day
from renotify.mailing.versions import VERSION, VersionKey, Versions, version_of
from renotify.values.calendar import federal_holidays
from renotify.values.different_rows import of_each
from renotify.values.english import counted

OF_ARM = ("arm", "mail_on")  # of a printed piece; both blank where no arm is stated


def with_days(session: Session, rows: pa.Table, made: Versions) -> pa.Table:
    """Return pieces (vin, ``VERSION``) with ``OF_ARM``: their arm, and the day to mail them, blank where the arm leaves it open."""
    arms = wave_tables.arms(session, rows, made.follow_up)
    stated = {arm.name: arm for arm in made.outreach.arms}

    def mail_on(name: str, *version: str) -> str:
        arm = stated.get(name)
        if arm is None or not arm.day:
            return ""
        key = version_of(dict(zip(VERSION, version, strict=True)))
        return day_of(arm, key, made).isoformat()

    days = of_each([arms, *(rows[name] for name in VERSION)], mail_on, pa.string())
    return rows.append_column("arm", arms).append_column("mail_on", days)


def day_of(arm: Arm, key: VersionKey, made: Versions) -> date:
    """Return the day on which letters of an arm are mailed that are released on ``made.mail_date``: that day, or a later one of its week.

    They wait for the arm's day unless it has passed or is a Federal holiday, first notices are due before it (49 CFR 577.7(a)(1)), or
    their letter would say something else on it, or be judged by other rules.
    """
    released, wanted = made.mail_date, arm.day_in_week(made.mail_date)
    due = last_day(key, made)
    waits = (
        wanted > released
        and wanted not in federal_holidays(wanted.year)
        and (due is None or wanted <= due)
        and _said(key, made) == _said(key, replace(made, mail_date=wanted))
    )
    return wanted if waits else released


def _said(key: VersionKey, made: Versions) -> tuple[object, ...]:
    """Return what of a letter may change with its day: its rules, its form, and what holds of each campaign."""
    spec = made.spec(key)
    facts = [(spec.kind_of(one.campaign_code), spec.facts(one)) for one in spec.campaigns]
    return (
        made.pack.of_letters,
        tuple(made.pack.on_envelope(key.family)),
        spec.form,
        facts,
        spec.waiting,
        spec.at_once,
    )


def at_once(manifest: pa.Table, made: Versions) -> list[str]:
    """Say how many printed letters (``OF_ARM``) of an arm cannot wait for its day, or have missed it."""
    said = []
    for arm in made.outreach.arms:
        if not arm.day:
            continue
        days = manifest.filter(pc.equal(manifest["arm"], arm.name))["mail_on"]
        late = sum(
            one["counts"]
            for one in days.value_counts().to_pylist()
            if weekday(one["values"]) != arm.day
        )
        if late:
            letters = counted(late, "letter goes", "letters go")
            said.append(
                f"Arm {arm.name}: {letters} out at once, not on {arm.day}; they stay in the arm that was drawn."
            )
    return said


def weekday(day: str) -> str:
    """Return the weekday of a day written as 2013-03-07; blank for a Sunday, of which no mail is taken."""
    return (*DAYS, "")[date.fromisoformat(day).weekday()]


def by_arm(manifest: pa.Table) -> dict[str, dict[str, int]]:
    """Return how many printed letters (``OF_ARM``) each arm has, and each day to mail them; nothing where none is stated."""
    counts = {name: wave_tables.counted(manifest[name]) for name in OF_ARM}
    arms, days = ({key: n for key, n in counts[name].items() if key} for name in OF_ARM)
    return {"arms": arms, "mail_days": days}
