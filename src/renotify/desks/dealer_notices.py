"""The notices that went to one dealer, what they say, and their receipts: the same receipts that ``notices --acknowledge`` takes in."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from renotify.errors import UnknownName
from renotify.ledger.kinds import Audience
from renotify.ledger.session import Session
from renotify.letters.picture import printed_page, printed_words
from renotify.notices.receipt_at_desk import acknowledge_at_desk


class DealerNotice(NamedTuple):
    """An edition of a follow-up's notice to a dealer; ``acknowledged_at`` blank: no receipt yet."""

    follow_up: str
    code: str
    edition: int
    file: str
    sha256: str
    written_on: date
    sent_on: date | None
    acknowledged_at: str
    receipt: str

    @property
    def waits(self) -> bool:
        """Whether it went and waits for its receipt."""
        return self.sent_on is not None and not self.acknowledged_at


def notices_of(session: Session, dealer: str, name: str = "") -> list[DealerNotice]:
    """Return the notices to a dealer that went, the newest first; drafts are nobody's business yet."""
    return session.rows(
        DealerNotice,
        f"select {', '.join(DealerNotice._fields)} from notice where audience = '{Audience.DEALER}' and code = :dealer"
        " and (sent_on is not null or acknowledged_at <> '') and (:name = '' or follow_up = :name)"
        " order by coalesce(sent_on, written_on) desc, follow_up, edition desc",
        dealer=dealer,
        name=name,
    )


def notice_of(session: Session, dealer: str, name: str, edition: int) -> DealerNotice:
    """Return one edition of a dealer's notice. Raises UnknownName."""
    for one in notices_of(session, dealer, name):
        if one.edition == edition:
            return one
    raise UnknownName(f"No such notice was sent to {dealer}.", "Go back to the list of notices.")


def acknowledge(session: Session, notice: DealerNotice, *, person: str, on: date) -> bool:
    """Take the receipt of a notice by a person; False where it had one before, which stands."""
    return acknowledge_at_desk(
        session, notice.follow_up, notice.code, notice.edition, person=person, on=on
    )


def content_of(notice: DealerNotice) -> bytes | None:
    """Return the file of a notice as it went; None where it is gone, or is not what went."""
    path = Path(notice.file)
    content = path.read_bytes() if path.is_file() else b""
    return content if hashlib.sha256(content).hexdigest() == notice.sha256 else None


def words_of(notice: DealerNotice) -> list[str]:
    """Return the words of each page of a notice; nothing where its file is gone."""
    content = content_of(notice)
    return [] if content is None else printed_words(content)


def page_of(notice: DealerNotice, number: int) -> bytes | None:
    """Return a page of a notice, counted from 1, as PNG; None where there is none such."""
    return printed_page(Path(notice.file), number) if 1 <= number <= len(words_of(notice)) else None
