"""Answers are kept while the ledger says the same, for the same scope and day, and never longer."""

from __future__ import annotations

from datetime import date

from renotify.ledger.intake.typed_rows import take_typed
from two_dealers import EAST, EAST_BOTH, PMP

_NOTICE = (
    "insert into notice (follow_up, audience, code, edition, file, sha256, written_on, acknowledged_at, receipt)"
    " values ('spring', 'dealer', 'D0001', 1, 'f', 's', '2013-02-26', '2013-03-01', 'r')"
)


def _visit(name: str, on: date = date(2013, 3, 5)):
    from renotify.web.door.person import Person
    from renotify.web.door.visit import Visit

    return Visit(Person.objects.get(username=name), on)


def test_a_question_is_asked_once_until_somebody_writes(site_on_both) -> None:
    from renotify.web.kept_answers import kept

    asked: list[str] = []

    def ask(name: str, on: date = date(2013, 3, 5)) -> int:
        visit = _visit(name, on)
        try:
            return kept(visit, "how many", lambda: asked.append(name) or len(asked))
        finally:
            visit.close()

    assert [ask("east_service"), ask("east_service"), ask("east_parts")] == [
        1,
        1,
        1,
    ]  # the same dealer, the same answer
    assert ask("west_service") == 2
    assert ask("east_service", date(2013, 3, 6)) == 3
    order = {
        "ro_id": "R9",
        "dealer_code": EAST,
        "vin": EAST_BOTH,
        "campaign_code": PMP,
        "close_date": "2013-03-04",
    }
    repair = order | {"outcome": "remedied"}
    with site_on_both.ledger() as session:
        take_typed(session, "repair_orders", [repair], person="east_service", on=date(2013, 3, 5))
    assert ask("east_service") == 4


def test_a_wave_released_or_a_notice_acknowledged_is_another_edition(site_on_both) -> None:
    from renotify.web.kept_answers import edition

    said = []
    for change in (
        "update wave set planned = planned",  # says nothing new
        "update wave set released_at = '2013-03-05 09:00:00' where number = 1",
        _NOTICE,
    ):
        with site_on_both.ledger() as session, session.transaction():
            session.execute(change)
        visit = _visit("ana")
        said.append(edition(visit))
        visit.close()
    assert len(set(said)) == 3
