"""Done but still open: another dealer's order that a dealer names at its desk, and the analyst's answer to it.

A dispute is a row of ``repair_disputes``, typed or loaded. It closes nothing: the vehicle stays open until the analyst takes the order in
as a row of ``repair_orders``, or says why it does not count. One whose campaign was closed meanwhile waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renotify.desks.booking import NotFree
from renotify.desks.recorded_work import Work, record_work
from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.ledger.kinds import DisputeAnswer
from renotify.ledger.questions import not_done
from renotify.ledger.session import Session
from renotify.values.english import long_day, series

TABLE = "repair_disputes"


class Asked(NamedTuple):
    """The key of a dispute."""

    vin: str
    campaign_code: str
    done_by: str
    ro_id: str
    dealer_code: str


class Dispute(NamedTuple):
    """An order that another dealer (``done_by``) is said to have closed, who says so, and what was answered."""

    vin: str
    campaign_code: str
    done_by: str
    ro_id: str
    close_date: date
    outcome: str
    dealer_code: str
    asked_on: date
    answer: str
    reason: str
    answered_on: date | None
    is_open: bool  # the campaign is not done on the vehicle

    @property
    def key(self) -> Asked:
        """What tells it from every other."""
        return Asked(self.vin, self.campaign_code, self.done_by, self.ro_id, self.dealer_code)

    @property
    def waits(self) -> bool:
        """Whether the analyst has to answer it."""
        return self.answer == DisputeAnswer.ASKED and self.is_open

    @property
    def became(self) -> str:
        """What became of it, in words."""
        if self.answer == DisputeAnswer.REFUSED:
            when = f" on {long_day(self.answered_on)}" if self.answered_on else ""
            return f"The analyst did not take it in{when}: {self.reason}"
        if self.answer == DisputeAnswer.TAKEN:
            done = "it is done" if not self.is_open else "it is open again since"
            return f"The analyst took it in: {done}."
        return "The analyst has not answered yet: it stays open." if self.is_open else "It was closed meanwhile."  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """What a dealer says: another dealer's order on a vehicle, its day, and the campaigns that it did."""

    vin: str
    campaigns: Sequence[str]
    done_by: str
    ro_id: str
    close_date: date
    outcome: str


_ASK = (
    "select d.vin, d.campaign_code, d.done_by, d.ro_id, d.close_date, d.outcome, d.dealer_code, d.asked_on, d.answer, d.reason,"
    " d.answered_on, exists (select 1 from state s where s.vin = d.vin and s.campaign_code = d.campaign_code and s.current"
    f" and {not_done('s.status')}) as is_open from repair_dispute d"
)
_STILL_OPEN = f"select s.campaign_code as code from state s where s.vin = :vin and s.current and {not_done('s.status')}"
_ORDER = " order by d.asked_on desc, d.vin, d.campaign_code, d.done_by, d.ro_id"


def disputes_of(session: Session, dealer: str, vin: str = "") -> list[Dispute]:
    """Return what a dealer has disputed, the newest first; of one vehicle, or of all."""
    only = " and d.vin = :vin" if vin else ""
    of_vin = {"vin": vin} if vin else {}
    return _read(session, f"{_ASK} where d.dealer_code = :dealer{only}{_ORDER}", dealer=dealer, **of_vin)  # fmt: skip


def all_disputes(session: Session) -> list[Dispute]:
    """Return every dispute, the newest first."""
    return _read(session, f"{_ASK}{_ORDER}")


def waiting(session: Session) -> list[Dispute]:
    """Return the disputes that the analyst has to answer, the newest first."""
    found = _read(session, f"{_ASK} where d.answer = :word{_ORDER}", word=str(DisputeAnswer.ASKED))  # fmt: skip
    return [one for one in found if one.waits]


def _read(session: Session, asked: str, **values: str) -> list[Dispute]:
    return [one._replace(is_open=bool(one.is_open)) for one in session.rows(Dispute, asked, **values)]  # fmt: skip


def dispute(session: Session, dealer: str, claim: Claim, *, person: str, on: date) -> Typed:
    """Ask the analyst about another dealer's order; said again it is the same. Raises NotFree for the dealer itself or one not known."""
    if claim.done_by == dealer:
        raise NotFree("elsewhere", "That is your own code.", "Choose Ours: your own order counts at once.")  # fmt: skip
    if not session.rows(_Code, "select dealer_code from dealer where dealer_code = :code", code=claim.done_by):  # fmt: skip
        lacking = f"No dealer has the code {claim.done_by}." if claim.done_by else "Which dealer closed the order?"  # fmt: skip
        raise NotFree("elsewhere", lacking, "Give its code, as it stands on the order.")
    is_open = {one.code for one in session.rows(_Open, _STILL_OPEN, vin=claim.vin)}
    done = [code for code in claim.campaigns if code not in is_open]
    if done:
        raise NotFree("campaigns", f"{series(done)} is not open on {claim.vin}.", "Name what stands open there.")  # fmt: skip
    before = {
        one.campaign_code: one
        for one in disputes_of(session, dealer, claim.vin)
        if (one.done_by, one.ro_id) == (claim.done_by, claim.ro_id)
    }
    said = [before[code] for code in claim.campaigns if code in before]
    if said:
        raise NotFree(
            "number",
            f"You named order {claim.ro_id} of dealer {claim.done_by} on {long_day(said[0].asked_on)}"
            f" for {series([one.campaign_code for one in said])}.",
            said[0].became,
        )
    rows = [
        {
            "vin": claim.vin, "campaign_code": code, "done_by": claim.done_by, "ro_id": claim.ro_id,
            "close_date": claim.close_date.isoformat(), "outcome": claim.outcome, "dealer_code": dealer, "asked_on": on.isoformat(),
        }
        for code in claim.campaigns
    ]  # fmt: skip
    return take_typed(session, TABLE, rows, person=person, on=on)


class _Code(NamedTuple):
    dealer_code: str


class _Open(NamedTuple):
    code: str


def standing(session: Session, asked: Asked) -> Dispute:
    """Return one dispute that waits for its answer. Raises NotFree where there is none, or it was answered."""
    found = [one for one in disputes_of(session, asked.dealer_code, asked.vin) if one.key == asked]
    for one in found:
        if one.waits:
            return one
    became = found[0].became if found else "Nobody has disputed that."
    raise NotFree("answer", became, "See the list: it has what waits now.")


def take_order(session: Session, one: Dispute, *, before_filed: bool, person: str, on: date) -> Typed:  # fmt: skip
    """Take the order of a dispute in as a row of ``repair_orders``, and answer it so, in one transaction."""
    work = Work(one.done_by, one.vin, one.ro_id, one.close_date, {one.campaign_code: one.outcome}, before_filed=before_filed)  # fmt: skip
    beside = {TABLE: [_answer(one, DisputeAnswer.TAKEN, "", on)]}
    return record_work(session, work, person=person, on=on, beside=beside, provided=_still(one))


def refuse_order(session: Session, one: Dispute, why: str, *, person: str, on: date) -> Typed:
    """Answer that the order of a dispute does not count, and why: the dealer reads it."""
    if not why:
        raise NotFree("reason", "Say why it does not count.", "The dealer reads it with the check of the VIN.")  # fmt: skip
    row = _answer(one, DisputeAnswer.REFUSED, why, on)
    return take_typed(session, TABLE, [row], person=person, on=on, provided=_still(one))


def _still(one: Dispute) -> Callable[[Session], None]:
    """Return what refuses where somebody else has answered it meanwhile."""

    def ask(inside: Session) -> None:
        standing(inside, one.key)

    return ask


def _answer(one: Dispute, answer: DisputeAnswer, why: str, on: date) -> dict[str, str]:
    return {
        "vin": one.vin, "campaign_code": one.campaign_code, "done_by": one.done_by, "ro_id": one.ro_id,
        "close_date": one.close_date.isoformat(), "outcome": one.outcome, "dealer_code": one.dealer_code,
        "asked_on": one.asked_on.isoformat(), "answer": str(answer), "reason": why, "answered_on": on.isoformat(),
    }  # fmt: skip
