"""Letter versions are compiled once a session: these tests are about mailing, not about typesetting."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from datetime import date

import pytest

try:
    import renotify.ledger.follow_ups
except ImportError:
    m = types.ModuleType("renotify.ledger.follow_ups")

    @dataclass
    class FollowUpSettings:
        name: str
        kind: str
        campaigns: tuple
        notice_date: date
        days_after_notice: int
        sender: dict

    m.FollowUpSettings = FollowUpSettings

    def settings(name):
        from renotify.errors import UnknownName
        from renotify.ledger.models import FollowUp

        try:
            f = FollowUp.objects.get(name=name)
        except FollowUp.DoesNotExist:
            raise UnknownName(f"There is no follow-up {name!r}.")
        s = f.settings
        return FollowUpSettings(
            s["name"],
            s["kind"],
            tuple(s["campaigns"]),
            f.notice_date,
            s["days_after_notice"],
            s["sender"],
        )

    m.settings = settings
    import renotify.ledger

    sys.modules["renotify.ledger.follow_ups"] = m
    renotify.ledger.follow_ups = m

from renotify.letters import compile_letter, compose
from renotify.mailing import versions
from renotify.rules import load

_FORMS = {}


def _compiled(spec, *, rules_on, profile):
    digest = compose.recipe(spec, profile, load(rules_on)).digest
    if digest not in _FORMS:
        _FORMS[digest] = compile_letter(spec, rules_on=rules_on, profile=profile)
    return _FORMS[digest]


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch):
    monkeypatch.setattr(versions, "compile_letter", _compiled)
