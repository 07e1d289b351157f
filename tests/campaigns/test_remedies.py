"""Whose remedy comes on which day: the first row that covers a vehicle, else the campaign's own date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from cases import at_once
from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Campaign, CampaignType, Remedy
from renotify.campaigns.remedy_days import (
    all_there,
    remedy_dates,
    with_remedied,
    with_remedy_days,
)
from renotify.errors import BadInput

MARCH, APRIL, MAY, JUNE = (date(2013, month, 6) for month in (3, 4, 5, 6))


def recall(*remedies: Remedy, code: str = "A", others: date | None = JUNE) -> Campaign:
    return Campaign(
        code, CampaignType.SAFETY_RECALL, "Lexus", "Made-up",
        remedy_available_date=others, remedies=remedies,
    )  # fmt: skip


BY_MODEL = recall(
    Remedy("IS 250", year_from=2006, year_to=2007, remedy_available_date=MARCH),
    Remedy("IS 250", remedy_available_date=APRIL),
    Remedy(built_from=date(2007, 1, 9), built_to=date(2007, 6, 30), remedy_available_date=MAY),
    Remedy("LX 470"),
)


@at_once(
    ("model", "year", "built", "day"),
    [
        ("IS 250", 2006, None, MARCH),
        ("IS 250", 2007, None, MARCH),
        ("IS 250", 2008, None, APRIL),  # the first row that covers it
        (" is  250", 2006, None, MARCH),
        ("IS 250", None, None, APRIL),  # of no known year: no row that names years covers it
        ("GS 350", 2007, date(2007, 1, 8), JUNE),
        ("GS 350", 2007, date(2007, 1, 9), MAY),
        ("GS 350", 2007, date(2007, 6, 30), MAY),
        ("GS 350", 2007, date(2007, 7, 1), JUNE),
        ("GS 350", 2007, None, JUNE),
        ("LX 470", 2007, None, None),  # stated, and not yet known
        ("", None, None, JUNE),
    ],
)
def test_the_first_remedy_that_covers_a_vehicle_is_its_own(model, year, built, day):
    assert BY_MODEL.remedy_date_of(model, year, built) == day
    rows = pa.table({
        "bundle": ["A"], "model": [model], "model_year": pa.array([year], pa.int64()), "build_date": pa.array([built], pa.date32()),
    })  # fmt: skip
    (text,) = with_remedy_days(rows, {"A": BY_MODEL})["remedy_days"].to_pylist()
    assert remedy_dates([BY_MODEL], text) == {"A": day}


def test_owners_were_first_told_of_a_remedy_with_the_earliest():
    assert BY_MODEL.first_remedy_date == MARCH
    assert recall().first_remedy_date == JUNE
    assert recall(Remedy("IS 250"), others=None).first_remedy_date is None


# ---- a population


def population(*rows: tuple[str, str | None]) -> pa.Table:
    return pa.table({
        "vin": [str(number) for number in range(len(rows))],
        "bundle": [bundle for bundle, _ in rows],
        "model": pa.array([model for _, model in rows], pa.string()),
        "model_year": pa.array([2008] * len(rows), pa.int64()),
        "build_date": pa.array([None] * len(rows), pa.date32()),
    })  # fmt: skip


def test_days_stand_in_the_order_of_the_bundle_and_the_rows_keep_theirs():
    known = {"A": BY_MODEL, "B": recall(code="B", others=MARCH)}
    rows = population(("A+B", "IS 250"), ("B", "IS 250"), ("B+A", "LX 470"), ("A", None))
    found = with_remedy_days(rows, known)
    assert found["vin"].to_pylist() == ["0", "1", "2", "3"]
    assert found["remedy_days"].to_pylist() == [
        "2013-04-06+2013-03-06",
        "",
        "2013-03-06+-",
        "2013-06-06",
    ]


def test_campaigns_of_one_remedy_for_all_say_nothing_of_vehicles():
    rows = population(("A", "IS 250"), ("A", "LX 470"))
    assert with_remedy_days(rows, {"A": recall()})["remedy_days"].to_pylist() == ["", ""]


def test_the_day_of_the_last_remedy_stands_beside_each_row():
    known = {"A": BY_MODEL, "B": recall(code="B", others=MARCH)}
    rows = population(("A+B", "IS 250"), ("B", "IS 250"), ("B+A", "LX 470"), ("A", "GS 350"))
    assert with_remedied(rows, known)["remedied"].to_pylist() == [APRIL, MARCH, None, JUNE]
    assert with_remedied(rows.slice(0, 0), known)["remedied"].to_pylist() == []


@at_once(
    ("days", "there"),
    [("2013-03-06+2013-04-06", APRIL), ("2013-03-06+-", None), ("-+-", None), ("", JUNE)],
)
def test_all_remedies_are_there_with_the_last_and_on_no_day_while_one_is_not_known(days, there):
    assert all_there([recall(), recall(code="B", others=MARCH)], days) == there


# ---- campaigns.toml

HEAD = """
[[campaign]]
campaign_code = "A"
campaign_type = "safety_recall"
make = "Lexus"
subject = "Made-up"
remedy = "The dealer will replace the mat."
remedy_available_date = 2013-06-06
"""
ROW = "[[campaign.remedy_date]]\n"


def read(tmp_path: Path, text: str) -> Campaign:
    file = tmp_path / "campaigns.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    (found,) = catalogue.read(file)
    return found


def test_remedies_are_read_in_their_order_and_come_back_from_the_facts(tmp_path):
    found = read(
        tmp_path,
        f'{ROW}model = "IS 250"\nyear_from = 2006\nyear_to = 2007\nremedy_available_date = 2013-03-06\n'
        f'{ROW}model = "IS 250"\nremedy_available_date = 2013-04-06\n'
        f"{ROW}built_from = 2007-01-09\nbuilt_to = 2007-06-30\nremedy_available_date = 2013-05-06\n"
        f'{ROW}model = "LX 470"\n',
    )
    assert found.remedies == BY_MODEL.remedies
    assert found.remedy == "The dealer will replace the mat."
    assert catalogue.from_facts(catalogue.to_facts(found)) == found


def test_the_facts_of_a_campaign_without_them_are_what_they_were(tmp_path):
    assert "remedies" not in catalogue.to_facts(read(tmp_path, ""))


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (f"{ROW}remedy_available_date = 2013-03-06", "remedy_date 1: it does not say which vehicles.", "Name model"),
        (f'{ROW}modle = "IS 250"', "remedy_date 1: there is no key 'modle'.", "Did you mean 'model'?"),
        (f'{ROW}model = "IS 250"\nremedy_available_date = "soon"', "remedy_available_date = 'soon' is not a date", "without quotes"),
        (f"{ROW}year_from = 2008\nyear_to = 2007", "year_from 2008 is later than year_to 2007.", "Exchange"),
        (f"{ROW}built_from = 2008-01-02\nbuilt_to = 2008-01-01", "built_from 2008-01-02 is later", "Exchange"),
        (
            f'{ROW}model = "IS 250"\n{ROW}model = "is 250"\nyear_from = 2006',
            "remedy_date 2: remedy_date 1 covers all of its vehicles, and the first that covers a vehicle counts.",
            "Put it before remedy_date 1, or leave it out.",
        ),
        (f"{ROW}year_to = 2008\n{ROW}year_from = 2006\nyear_to = 2008", "remedy_date 1 covers all", "Put it before"),
        ('remedy_date = { model = "IS 250" }', "remedy_date is one table.", "[[campaign.remedy_date]]"),
    ],
)  # fmt: skip
def test_a_remedy_that_cannot_stand_refuses_the_file_with_campaign_and_key(
    tmp_path, rows, message, hint
):
    with pytest.raises(BadInput) as refused:
        read(tmp_path, rows)
    assert refused.value.message.startswith("campaigns.toml, campaign A")
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "rows",
    [
        f'{ROW}model = "IS 250"\nyear_from = 2006\n{ROW}model = "IS 250"',  # the narrower first
        f'{ROW}model = "IS 250"\n{ROW}year_from = 2006',  # some of each only
        f"{ROW}year_from = 2006\nyear_to = 2007\n{ROW}year_from = 2007\nyear_to = 2008",
        f'{ROW}model = "IS 250"\n{ROW}model = "IS 350"',
    ],
)
def test_remedies_that_share_some_vehicles_only_are_taken(tmp_path, rows):
    assert len(read(tmp_path, rows).remedies) == 2


@at_once(
    ("remedy", "words"),
    [
        (Remedy("IS 250"), "IS 250"),
        (Remedy("IS 250", 2006, 2007), "2006-2007 IS 250"),
        (Remedy("IS 250", 2006, 2006), "2006 IS 250"),
        (Remedy("IS 250", year_from=2006), "from 2006 IS 250"),
        (Remedy(year_to=2007), "model year up to 2007"),
        (
            Remedy("IS 250", built_from=date(2007, 1, 9), built_to=date(2007, 6, 30)),
            "IS 250 built from 2007-01-09 to 2007-06-30",
        ),
        (Remedy(built_to=date(2007, 6, 30)), "built to 2007-06-30"),
    ],
)
def test_a_notice_names_the_vehicles_of_a_remedy(remedy, words):
    assert remedy.words == words
