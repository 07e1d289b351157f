"""The digits of each piece's barcode."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from renotify.ledger.bulk import bulk

from mailing.plant import WEEK, Plant
from mailing.releases import planted, release
from renotify.errors import BadInput, Refused
from renotify.ledger import pieces
from renotify.letters import imb
from renotify.mailing import barcodes

MONDAY, DAY = WEEK, timedelta(days=1)

ROWS = pa.table({
    "zip": ["02108", "02108", "02108", ""],
    "zip4": ["", "1234", "1234", "1234"],
    "delivery_point": ["56", "", "56", "56"],
})  # fmt: skip


def digits(mailer_id="123456", first=41, in_use=0, rows=ROWS):
    return barcodes.payloads(rows, mailer_id=mailer_id, first_serial=first, in_use=in_use)


def test_a_payload_is_identifier_service_mailer_serial_and_routing():
    assert digits().to_pylist() == [
        "0027012345600000004102108",
        "00270123456000000042021081234",
        "0027012345600000004302108123456",
        "00270123456000000044",
    ]


def test_a_nine_digit_mailer_has_six_digit_serials():
    assert digits("987654321")[0].as_py() == "0027098765432100004102108"


def test_every_payload_can_be_encoded():
    assert imb.valid(digits()).all()


def test_serials_start_again_after_the_last():
    payloads = digits("987654321", first=999_998).to_pylist()
    assert [p[14:20] for p in payloads] == ["999998", "999999", "000000", "000001"]


def test_a_serial_is_not_used_twice_in_45_days():
    with pytest.raises(Refused, match="Mailer ID 987654321 has 3 serial numbers"):
        digits("987654321", in_use=10**6 - 3)


def test_the_serials_of_a_week_are_in_use_from_its_monday_on(ledger):
    plant = Plant()
    plant.vehicle(1, "9LA", wave=1)
    plant.vehicle(2, "9LA", wave=2)
    for piece in plant.rows["piece"]:
        piece |= {"imb": "0027012345600000004102108", "state": "printed"}
    plant.write()
    with bulk() as using:
        in_use = {
            day: pieces.barcodes_since(using, WEEK + timedelta(days=day)) for day in (0, 6, 7, 14)
        }
    assert in_use == {0: 2, 6: 2, 7: 1, 14: 0}  # a day within a week counts its whole week


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "123456789", "12345a", "９９９９９９"])
def test_anything_else_is_no_mailer_id(wrong):
    with pytest.raises(BadInput, match="is not a Mailer ID"):
        digits(wrong)


@pytest.mark.usefixtures("ledger")
def test_a_serial_is_in_use_from_the_monday_of_its_week(tmp_path):
    """The window of 45 days is counted in weeks: the Monday itself is in it, the one before not."""
    planted(["ALE"], ["ALE"])
    release(tmp_path)
    with bulk() as using:
        used = [pieces.barcodes_since(using, day) for day in (MONDAY, MONDAY + 6 * DAY)]
        after = pieces.barcodes_since(using, MONDAY + 7 * DAY)
    assert (used, after) == ([2, 2], 0)


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_release_counts_the_serials_of_the_last_45_days(tmp_path, monkeypatch):
    """45 days before 24 April is 10 March, in the week of the first wave; a day later it is not."""
    asked = []
    given = barcodes.payloads

    def spied(rows, **how):
        asked.append(how["in_use"])
        return given(rows, **how)

    monkeypatch.setattr(barcodes, "payloads", spied)
    plant = Plant(waves={1: MONDAY, 2: date(2013, 4, 22), 3: date(2013, 4, 22)})
    for number, wave in ((1, 1), (2, 1), (3, 2), (4, 3)):
        plant.vehicle(number, "ALE", wave=wave)
    plant.write()
    release(tmp_path, wave=1)
    release(tmp_path, wave=2, on=date(2013, 4, 24))
    release(tmp_path, wave=3, on=date(2013, 4, 25))
    assert asked == [0, 2, 1]  # then the two of wave 1, then the one of wave 2
