"""The digits of each piece's barcode."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from mailing.follow_up import WEEK, planned
from mailing.releases import release
from renotify.errors import BadInput, Refused
from renotify.ledger import pieces
from renotify.letters import imb
from renotify.mailing import barcodes

DAY = timedelta(days=1)

ROWS = pa.table({
    "zip": ["02108", "02108", "02108", ""],
    "zip4": ["", "1234", "1234", "1234"],
    "delivery_point": ["56", "", "56", "56"],
})  # fmt: skip


def digits(mailer_id="123456", first=41, in_use=0, rows=ROWS, service_type="270"):
    return barcodes.payloads(
        rows, tracking=barcodes.Tracking(mailer_id, service_type), first_serial=first, in_use=in_use
    )


def test_a_payload_is_identifier_service_mailer_serial_and_routing():
    assert digits().to_pylist() == [
        "0027012345600000004102108",
        "00270123456000000042021081234",
        "0027012345600000004302108123456",
        "00270123456000000044",
    ]


def test_a_nine_digit_mailer_has_six_digit_serials():
    assert digits("987654321")[0].as_py() == "0027098765432100004102108"


def test_the_service_type_is_the_one_that_the_settings_ask_for():
    assert digits(service_type="141")[0].as_py() == "0014112345600000004102108"


def test_every_payload_can_be_encoded():
    assert imb.valid(digits()).all()


def test_serials_start_again_after_the_last():
    payloads = digits("987654321", first=999_998).to_pylist()
    assert [p[14:20] for p in payloads] == ["999998", "999999", "000000", "000001"]


def test_a_serial_is_not_used_twice_in_45_days():
    with pytest.raises(Refused, match="Mailer ID 987654321 has 3 serial numbers"):
        digits("987654321", in_use=10**6 - 3)


def test_the_serials_of_a_week_are_in_use_from_its_monday_on(session, tmp_path):
    """The window of 45 days is counted in weeks: the Monday itself is in it, the one before not."""
    planned(session, tmp_path, ["9LA"], ["9LA"], weeks=2)
    release(session, tmp_path, wave=1)
    release(session, tmp_path, wave=2, on=WEEK + 7 * DAY)
    in_use = {day: pieces.barcodes_since(session, WEEK + day * DAY) for day in (0, 6, 7, 13, 14)}
    assert in_use == {0: 2, 6: 2, 7: 1, 13: 1, 14: 0}  # a day within a week counts its whole week


@pytest.mark.parametrize(
    "wrong", ["", "12345", "1234567", "123456789", "12345a", "９９９９９９", "999999"]
)
def test_anything_else_is_no_mailer_id(wrong):
    with pytest.raises(BadInput, match="is not a Mailer ID"):
        digits(wrong)


def test_a_release_counts_the_serials_of_the_last_45_days(sqlite_session, tmp_path, monkeypatch):
    """45 days before 24 April is 10 March, in the week of the first wave; a day later it is not."""
    asked = []
    given = barcodes.payloads

    def spied(rows, **how):
        asked.append(how["in_use"])
        return given(rows, **how)

    monkeypatch.setattr(barcodes, "payloads", spied)
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"], ["ALE"], weeks=3)
    release(sqlite_session, tmp_path, wave=1)  # two letters, then one a week
    release(sqlite_session, tmp_path, wave=2, on=date(2013, 4, 24))
    release(sqlite_session, tmp_path, wave=3, on=date(2013, 4, 25))
    assert asked == [0, 2, 1]  # then the two of wave 1, then the one of wave 2
