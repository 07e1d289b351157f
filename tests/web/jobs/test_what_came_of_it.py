"""A job says what came of it in words, tables and links; refused rows of evidence and receipts are mended at the page."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from two_dealers import EAST
from web.analyst.reading_pages import read

FORM = {"follow_up": "spring", "wave": "1"}


def _ran(site: Any, queue: Any, kind: str, values: dict[str, Any]) -> Any:
    """Ask for a job, let it run, and read its page."""
    site.client("ana").post(f"/jobs/start/{kind}/", values)
    queue.work()
    return read(site.client("ana").get(f"/jobs/{queue.job().pk}/"))


def _released(site: Any, queue: Any) -> list[str]:
    """Release the first wave, and return the numbers of its printed letters."""
    _ran(site, queue, "release_anyway", {**FORM, "because": "the dealers were called"})
    assert queue.job().state == "done", queue.job().sentence
    from renotify.ledger import pieces
    from renotify.ledger.kinds import PieceState

    with site.ledger() as session:
        return pieces.only(pieces.of_wave(session, "spring", 1), PieceState.PRINTED)[
            "piece_id"
        ].to_pylist()


def _raw(page: Any) -> bool:
    """Whether a document of a program stands on the page."""
    return "{" in page.text or '": ' in page.text


def test_a_plan_says_its_letters_by_week_and_leads_to_its_page(site: Any, queue: Any) -> None:
    page = _ran(site, queue, "draft", {"follow_up": "spring", "policy": "uniform:2", "draft": "slower"})  # fmt: skip
    assert "kept as the draft slower; the plan in force stays" in page.text
    (weeks,) = (
        rows
        for caption, rows in page.tables.items()
        if caption.startswith("Vehicles written about by week")
    )
    assert sum(int(row["Vehicles"]) for row in weeks) > 0
    assert "written about in" in page.text
    assert page.links["Look at the draft beside the plan in force"] == "/analyst/follow-ups/spring/#decide"  # fmt: skip
    assert not _raw(page)


@pytest.mark.parametrize(("dealers", "told"), [(["D1"], "1 dealer was"), (["D1", "D2", "D1"], "2 dealers were")])  # fmt: skip
def test_a_plan_says_how_many_dealers_were_told_other_weeks(
    site: Any, dealers: list[str], told: str
) -> None:
    from renotify.web.jobs.what_came_of_plans import planned

    weeks = [{"dealer": one} for one in dealers]
    came = planned(
        {"follow_up": "", "made_on": "2013-03-05", "letters": [], "held": [], "interim": [], "told_weeks": weeks, "messages": []}
    )  # fmt: skip
    assert f"{told} told other weeks." in came.sentences


def test_the_check_says_of_one_state_that_it_is_not_as_the_events_say() -> None:
    from renotify.web.jobs.what_came_of_plans import verified

    came = verified(
        {"ok": False, "vehicles": 1, "differences": [{"column": "status"}], "found": {}}
    )
    assert "1 state is not as the events say" in came.sentences[0]


def test_a_release_says_its_counts_and_gives_the_print_job(site: Any, queue: Any) -> None:
    letters = _released(site, queue)
    page = read(site.client("ana").get(f"/jobs/{queue.job().pk}/"))
    assert f"Wave 1: {len(letters)} letters released" in page.text
    assert not _raw(page)
    taken = site.client("ana").get(page.links["The print job with its manifest and ticket"])
    inside = zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content))).namelist()
    assert "wave-01/manifest.csv" in inside
    assert ("ana", "exported", f"files of job {queue.job().pk}") in site.readings()
    assert site.client("ana").get(f"/jobs/{queue.job().pk}/files/9/").status_code == 404
    assert site.client("rex").get(page.links["The manifest"]).status_code == 403


def test_the_check_of_the_ledger_says_that_it_is_sound(site: Any, queue: Any) -> None:
    assert "The ledger is sound" in _ran(site, queue, "verify", {}).text


def test_refused_evidence_is_mended_beside_its_reason_and_taken_in_again(site: Any, queue: Any) -> None:  # fmt: skip
    one, other, *_ = _released(site, queue)
    text = f"piece_id,status,mailed_date\n{one},accepted,2013-03-05\n{other},accepted,2013-02-01\n"
    page = _ran(site, queue, "accept", {**FORM, "files": [queue.upload(text, "evidence.csv")]})
    assert "1 letter mailed" in page.text
    assert not _raw(page)
    number = queue.job().pk
    browser = site.client("ana")
    mend = browser.get(page.links["See and mend the refused rows"]).content.decode()
    assert "lies before the release" in mend
    assert f'name="3:piece_id" value="{other}"' in mend
    rows = b"".join(browser.get(f"/jobs/{number}/refused/0/rows.csv").streaming_content)
    assert rows.decode().splitlines() == ["piece_id,status,mailed_date", f"{other},accepted,2013-02-01"]  # fmt: skip
    browser.post(f"/jobs/{number}/refused/0/again/", {"3:mailed_date": "2013-03-05"})
    assert queue.job().kind == "accept"
    queue.work()
    assert (queue.job().state, queue.job().said["accepted"], queue.job().said["wave"]) == ("done", 1, 1)  # fmt: skip


def test_evidence_of_which_every_row_is_refused_is_mended_too_and_names_no_path(site: Any, queue: Any) -> None:  # fmt: skip
    _released(site, queue)
    text = "piece_id,status,mailed_date\nNOPE,accepted,2013-03-05\n"
    page = _ran(site, queue, "accept", {**FORM, "files": [queue.upload(text, "evidence.csv")]})
    assert queue.job().state == "refused"
    assert "rejects" not in page.text
    assert "See and mend the refused rows" in page.links


@pytest.mark.parametrize(
    ("kind", "name", "text", "reason"),
    [
        ("returned", "returned.csv", "piece_id,returned_date,return_code\n{one},2013-03-05,NSN\nNOPE,2013-03-05,NSN\n", "no such piece"),
        ("traced", "found.csv", "piece_id,result,result_date\nNOPE,exhausted,2013-03-05\n", "no such piece"),
    ],
)  # fmt: skip
def test_refused_rows_of_what_came_back_stand_beside_their_reason(
    site: Any, queue: Any, kind: str, name: str, text: str, reason: str
) -> None:
    one = _released(site, queue)[0]
    page = _ran(site, queue, kind, {"files": [queue.upload(text.replace("{one}", one), name)]})
    mend = site.client("ana").get(page.links["See and mend the refused rows"]).content.decode()
    assert reason in mend
    assert 'value="NOPE"' in mend
    assert not _raw(page)


def test_an_address_of_a_search_that_the_ledger_refuses_is_mended_at_its_row(site: Any, queue: Any) -> None:  # fmt: skip
    """Row 2 of the file: its name has 300 characters, and 255 are kept."""
    one = _released(site, queue)[0]
    mailed = f"piece_id,status,mailed_date\n{one},accepted,2013-03-05\n"
    _ran(site, queue, "accept", {**FORM, "files": [queue.upload(mailed, "evidence.csv")]})
    back = f"piece_id,returned_date,return_code\n{one},2013-03-05,NSN\n"
    _ran(site, queue, "returned", {"files": [queue.upload(back, "returned.csv")]})
    head = "piece_id,result,result_date,name1,addr1,city,state,zip"
    found = f"{head}\n{one},found,2013-03-05,{'A' * 300},2 MAIN ST,RENO,NV,89501\n"
    page = _ran(site, queue, "traced", {"files": [queue.upload(found, "found.csv")]})
    assert "1 address refused" in page.text
    mend = site.client("ana").get(page.links["See and mend the refused rows"]).content.decode()
    assert "name1 has more than 255 characters" in mend
    site.client("ana").post(f"/jobs/{queue.job().pk}/refused/0/again/", {"2:name1": "ANN EXAMPLE"})
    queue.work()
    assert (queue.job().said["found"], queue.job().said["addresses_refused"]) == (1, 0)


def test_a_receipt_of_an_unknown_dealer_is_mended(site: Any, queue: Any) -> None:
    _ran(site, queue, "notices", {"follow_up": "spring"})
    _ran(site, queue, "notices_sent", {"follow_up": "spring"})
    text = "code,acknowledged_at,receipt\n99999,2013-03-05,R1\n"
    page = _ran(site, queue, "receipts", {"follow_up": "spring", "files": [queue.upload(text, "receipts.csv")]})  # fmt: skip
    number = queue.job().pk
    assert "See and mend the refused rows" in page.links
    site.client("ana").post(f"/jobs/{number}/refused/0/again/", {"2:code": EAST})
    queue.work()
    assert queue.job().said["acknowledged"] == 1


def test_each_kind_of_job_has_words_of_its_own(site: Any) -> None:
    from renotify.web.jobs.job_kinds import KINDS
    from renotify.web.jobs.what_came_of_it import KINDS as WORDS

    assert set(KINDS) - set(WORDS) == {"load"}


def test_letters_sent_again_say_where_the_mail_house_has_no_place_for_them(site: Any) -> None:
    """Kept answers of before say nothing of it."""
    from renotify.web.jobs.what_came_of_mail import sent_again

    full = "The week of 2013-03-11 has 5 pieces, 1 more than the 4 that the mail house takes."
    said = {"follow_up": "spring", "wave": 3, "pieces": 2, "spent": 0}
    ours = "2 letters to be sent again, in wave 3."
    assert sent_again(said | {"warnings": [full]}).sentences == [ours, full]
    assert sent_again(said).sentences == [ours]
