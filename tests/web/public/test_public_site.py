"""The public site without a server: the pages of 49 CFR 573.15(b), the interface for programs, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import public_world as w
from public_visitor import CALL, FORM, JSON, Visitor, header, text
from renotify.publish.public_answers import answer
from renotify.rules import load
from renotify.values.stated_tables import read_toml
from renotify.web.public import public_site
from renotify.web.public.address_limit import AddressLimit
from renotify.web.public.public_pages import HERE
from renotify.web.public.public_site import language_of
from renotify.web.public.site_request import asking_address
from small_world import vin


@pytest.fixture(scope="module")
def visitor(published: Path) -> Visitor:
    return Visitor(published)


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_pages_say_the_last_update_since_when_and_whom_to_ask(
    visitor: Visitor, language: str
) -> None:
    """573.15(b)(7), (10), (11)"""
    updated, earliest = {
        "en": ("March 5, 2013", "January 1, 1998"),
        "es": ("5 de marzo de 2013", "1 de enero de 1998"),
    }[language]
    for page in (visitor.ask("GET", f"/{language}"), visitor.post(w.ALL, language)):
        said = text(page)
        assert updated in said
        assert earliest in said
        assert "1-800-555-0100" in said
        assert b'href="https://motors.example/recalls"' in page.body


def test_the_form_asks_for_nothing_but_vin_make_and_model(visitor: Visitor) -> None:
    """573.15(b)(1)"""
    page = visitor.ask("GET", "/en").body.decode()
    assert re.findall(r'name="(\w+)"', page.partition("<main")[2]) == ["vin", "model"]
    assert "required" not in page


def test_an_answer_has_all_that_is_asked_for_and_open_recalls_first(visitor: Visitor) -> None:
    """573.15(b)(5), (6), (8)"""
    page = visitor.post(w.ALL)
    said = text(page)
    assert page.status == 200
    assert "2 open safety recalls" in said
    order = [said.index(word) for word in ("Water Pump", "Lamp", "Radio", "Look up another")]
    assert order == sorted(order)
    for words in (
        "12V001000", "12V002000", "January 5, 2012", "The pump can break.", "The engine can stop while you drive.",
        "The dealer will replace the part without charge.", "The remedy is available.",
        "This vehicle is covered by the recall. The remedy is not yet available.", "Do not drive this vehicle",
    ):  # fmt: skip
        assert words in said
    assert said.index("Lamp") < said.index("not yet available")


def test_a_remedy_to_come_has_its_day(visitor: Visitor) -> None:
    assert "It will be available from March 20, 2013 on." in text(visitor.post(w.LATER))
    assert "Estará disponible a partir del 20 de marzo de 2013." in text(visitor.post(w.LATER, "es"))  # fmt: skip


def test_spanish_is_spanish_and_what_is_not_is_marked(visitor: Visitor) -> None:
    page = visitor.post(w.ALL, "es")
    said = text(page)
    for words in ("2 retiros de seguridad pendientes", "Bomba de agua", "La bomba puede romperse.", "solo en inglés"):  # fmt: skip
        assert words in said
    assert 'lang="en">The dealer will replace the part without charge.' in page.body.decode()
    assert header(page, "content-language") == "es"


def test_a_vehicle_without_an_open_recall_is_told_so_with_what_was_done(visitor: Visitor) -> None:
    said = text(visitor.post(w.DONE))
    assert "No open safety recall" in said
    assert "Also open: service campaigns" in said
    assert said.index("Done on this vehicle") < said.index("Water Pump")
    assert "2012-05-07" not in said
    assert "May 7" not in said


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("JTHBK262", 422, "A VIN has 17 characters; this one has 8."),
        (vin(1).replace("0", "O", 1), 422, f"Did you mean {vin(1)}?"),
        (w.UNKNOWN, 200, "We have no recall for this number"),
        (w.STRANGE, 200, "It begins with 1HG, and none of ours does."),
        ("", 422, "Enter a VIN"),
        ("   ", 422, "Enter a VIN"),
    ],
)
def test_a_number_that_has_no_answer_is_told_why_and_what_to_do(
    visitor: Visitor, number: str, status: int, words: str
) -> None:
    page = visitor.post(number)
    assert page.status == status
    assert words in text(page)


def test_a_fault_is_told_in_spanish(visitor: Visitor) -> None:
    assert "Un VIN tiene 17 caracteres; este tiene 8." in text(visitor.post("JTHBK262", "es"))


def test_a_model_alone_shows_its_recalls_and_another_model_than_the_vehicle_s_is_told(
    visitor: Visitor,
) -> None:
    """573.15(a): searchable by make, model and VIN."""
    said = text(visitor.post("", model="Lexus|IS 350"))
    assert "Recalls of some vehicles: Lexus IS 350" in said
    assert "Lamp" in said
    assert "Water Pump" not in said
    other = text(visitor.post(w.ALL, model="Lexus|IS 350"))
    assert "You chose Lexus IS 350; this number is that of a 2006 Lexus IS 250." in other
    assert "No recall is known" in text(visitor.post("", model="Lexus|<b>LS</b>"))


def test_what_people_enter_is_shown_as_text_alone(visitor: Visitor) -> None:
    page = visitor.post('"><script>alert(1)</script>').body
    assert b"<script" not in page.lower()
    assert b"&lt;SCRIPT&gt;" in page


def test_no_vin_stands_in_an_address_and_nothing_is_kept(visitor: Visitor) -> None:
    page = visitor.post(w.ALL)
    assert w.ALL not in " ".join(re.findall(r'(?:href|src|action)="([^"]*)"', page.body.decode()))
    assert header(page, "cache-control") == "no-store"
    assert not header(page, "set-cookie")
    assert header(page, "referrer-policy") == "no-referrer"


def test_a_page_needs_no_script_and_no_other_host(visitor: Visitor) -> None:
    for page in (visitor.ask("GET", "/es"), visitor.post(w.ALL)):
        assert header(page, "content-security-policy").startswith("default-src 'none';")
        loaded = re.findall(rb'<(?:link|script|img|iframe)[^>]*(?:href|src)="([^"]+)"', page.body)
        assert all(one.startswith(b"/look-up.css?") for one in loaded)
        assert b"<script" not in page.body
        assert b"style=" not in page.body


def test_an_answer_can_be_read_in_the_other_language_without_entering_it_again(
    visitor: Visitor,
) -> None:
    switch = visitor.post(w.ALL).body.decode().partition("<nav")[2].partition("</nav>")[0]
    assert 'action="/es"' in switch
    assert f'name="vin" value="{w.ALL}"' in switch


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("es", "es"), ("es-US,es;q=0.9,en;q=0.8", "es"), ("en-US,es;q=0.5", "en"), ("fr,es;q=0.1", "es"),
     ("de", "en"), ("es;q=0", "en"), ("es;q=x", "en"), (";;;,,=", "en"), ("en;q=0.2, ES-mx;q=0.3", "es")],
)  # fmt: skip
def test_the_first_page_speaks_the_language_that_is_asked_for(
    visitor: Visitor, accepted: str, language: str
) -> None:
    assert language_of(accepted) == language
    page = visitor.ask("GET", "/", accept_language=accepted)
    assert f'<html lang="{language}">'.encode() in page.body
    assert header(page, "vary") == "accept-language"


def test_an_old_snapshot_says_so_on_every_page_and_its_health_is_red(published: Path) -> None:
    """573.15(b)(7): seven calendar days."""
    for days, status in ((7, 200), (8, 503)):
        late = Visitor(published, on=w.ON + timedelta(days=days))
        assert late.ask("GET", "/health").status == status
        for page in (late.ask("GET", "/en"), late.post(w.ALL)):
            assert ("Call us before you rely on it." in text(page)) is (status == 503)
        assert json.loads(late.call({"vins": [w.ALL]}).body)["stale"] is (status == 503)


def test_the_interface_says_what_the_page_and_the_function_say(visitor: Visitor) -> None:
    asked = [w.ALL, w.DONE, "12345", w.STRANGE, w.ALL.lower()]
    document = json.loads(visitor.call({"vins": asked}).body)
    found = answer(visitor.live.current, asked, w.ON)
    assert [one["vin"] for one in document["answers"]] == [one.vin for one in found]
    for told, one in zip(document["answers"], found, strict=True):
        assert (told["valid"], told["reason"], told["likely"]) == (one.valid, one.reason, one.likely)  # fmt: skip
        assert [(c["campaign"], c["done"], c["remedy_available"]) for c in told["campaigns"]] == [
            (c.campaign.campaign, c.done, c.remedy_available) for c in one.recalls
        ]
    assert sorted(document["campaigns"]) == ["AAA", "BBB", "CCC"]
    assert document["campaigns"]["AAA"]["texts"]["es"]["description"] == "La bomba puede romperse."
    assert (document["updated"], document["earliest"]) == ("2013-03-05", "1998-01-01")


def test_ten_thousand_vins_are_answered_in_their_order(visitor: Visitor) -> None:
    numbers = [vin(number % 200) for number in range(10_000)]
    document = json.loads(visitor.call({"vins": numbers}).body)
    assert [one["vin"] for one in document["answers"]] == numbers
    assert [len(one["campaigns"]) for one in document["answers"][:3]] == [0, 3, 2]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"vins": [w.ALL] * 10_001}, 422),
        ({"vins": []}, 422),
        ({"vins": w.ALL}, 422),
        ({"vins": [1]}, 422),
        ({"vins": ["0" * 65]}, 422),
        ({"vins": [None]}, 422),
        ({"vin": [w.ALL]}, 422),
        ({"vins": [w.ALL], "name": "x"}, 422),
        ([w.ALL], 422),
        (b"", 400),
        (b"{", 400),
        (b'{"vins": ["\xff"]}', 400),
        (b'\xef\xbb\xbf{"vins": []}', 400),
        (b"[" * 100_000, 400),
    ],
)
def test_a_call_that_cannot_be_answered_is_told_what_to_send(
    visitor: Visitor, body: Any, status: int
) -> None:
    refused = visitor.call(body)
    assert refused.status == status
    assert header(refused, "content-type") == "application/problem+json"
    told = json.loads(refused.body)
    assert (told["status"], set(told)) == (status, {"type", "title", "status", "detail"})
    assert w.ALL not in refused.body.decode()


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", CALL, b"", "", 405),
        ("POST", CALL, None, "application/json", 413),
        ("POST", CALL, b"{}", "text/plain", 415),
        ("GET", "/api/v2/lookup", b"", "", 404),
        ("GET", "/../../etc/passwd", b"", "", 404),
        ("GET", "/en/x", b"", "", 404),
        ("DELETE", "/en", b"", "", 405),
        ("POST", "/", b"vin=1", FORM["content-type"], 405),
        ("POST", "/health", b"", "", 405),
        ("POST", "/en", None, FORM["content-type"], 413),
        ("POST", "/en", b"vin=1", "multipart/form-data; boundary=x", 415),
        ("POST", "/en", b"vin=1", "", 415),
        ("POST", "/en", b"&a=1" * 9, FORM["content-type"], 400),
        ("POST", "/en", b"vin=\xff", FORM["content-type"], 400),
        ("POST", "/en", b"vin=%FF%FE%00", FORM["content-type"], 422),
    ],
)
def test_what_the_site_does_not_have_is_refused_by_its_status(
    visitor: Visitor, method: str, path: str, body: bytes | None, kind: str, status: int
) -> None:
    refused = visitor.ask(method, path, body, content_type=kind)
    assert refused.status == status
    assert bool(header(refused, "allow")) is (status == 405)
    assert header(refused, "content-security-policy")


def test_an_address_that_asks_too_often_waits_and_others_do_not(published: Path) -> None:
    """Sixty a minute, three at once: the fourth in the same second waits a second."""
    visitor = Visitor(published, per_minute=60)
    assert [visitor.post(w.ALL).status for _ in range(4)] == [200, 200, 200, 429]
    refused = visitor.post(w.ALL, "es")
    assert header(refused, "retry-after") == "1"
    assert "Espere un momento (1 s)" in text(refused)
    assert visitor.post(w.ALL, address="192.0.2.2").status == 200
    assert visitor.ask("GET", "/en").status == 200
    visitor.now = 1.0
    assert visitor.post(w.ALL).status == 200


def test_a_call_of_many_vins_counts_for_many(published: Path) -> None:
    """10,000 VINs are 101 questions: 98 beyond the three at once, so that the next is answered after 99 seconds."""
    visitor = Visitor(published, per_minute=60)
    assert visitor.call({"vins": [w.ALL] * 10_000}).status == 200
    refused = visitor.call({"vins": [w.ALL]})
    assert (refused.status, header(refused, "retry-after")) == (429, "99")
    assert header(refused, "content-type") == "application/problem+json"
    visitor.now = 99.0
    assert visitor.call({"vins": [w.ALL]}).status == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "asking"),
    [
        ("192.0.2.1", "203.0.113.9", (), "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", ("192.0.2.1",), "203.0.113.9"),
        ("192.0.2.1", "10.0.0.1, 203.0.113.9", ("192.0.2.1",), "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9, 192.0.2.7", ("192.0.2.1", "192.0.2.7"), "203.0.113.9"),
        ("192.0.2.1", "", ("192.0.2.1",), "192.0.2.1"),
        ("192.0.2.1", "<nobody>", ("192.0.2.1",), "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", (), "192.0.2.1"),
    ],
)
def test_who_asks_is_the_peer_unless_a_trusted_proxy_says_who(
    peer: str, forwarded: str, trusted: tuple[str, ...], asking: str
) -> None:
    assert asking_address(peer, forwarded, trusted) == asking


def test_a_limit_forgets_addresses_and_never_grows_beyond_its_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("renotify.web.public.address_limit.KNOWN", 10)
    limit = AddressLimit(60, burst=1, clock=lambda: 0.0)
    for number in range(1_000):
        assert limit.wait(str(number)) == 0
    assert len(limit._free) <= 10
    assert limit.wait("999") > 0


def test_a_fault_of_ours_is_a_page_and_a_line_of_the_log_without_the_vin(
    published: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Iterator[object]:
        raise RuntimeError("broken")

    monkeypatch.setattr(public_site, "answer", broken)
    page = Visitor(published).post(w.ALL)
    assert page.status == 503
    assert "could not be answered" in caplog.text
    assert w.ALL not in caplog.text


@given(body=st.binary(max_size=300), path=st.sampled_from(["/en", "/es", CALL]))
def test_whatever_is_sent_is_answered_or_refused_and_is_never_a_fault_of_ours(
    visitor: Visitor, body: bytes, path: str
) -> None:
    for kind in (FORM["content-type"], JSON["content-type"]):
        assert visitor.ask("POST", path, body, content_type=kind).status in {200, 400, 415, 422}


@settings(max_examples=40)
@given(vins=st.lists(st.text(max_size=64), min_size=1, max_size=5))
def test_whatever_stands_for_a_vin_page_and_interface_agree_on_it(
    visitor: Visitor, vins: list[str]
) -> None:
    told = json.loads(visitor.call({"vins": vins}).body)["answers"]
    assert len(told) == len(vins)
    for asked, one in zip(vins, told, strict=True):
        assert one["known"] is False
        assert visitor.post(asked).status == (200 if one["valid"] else 422)


def test_the_words_of_both_languages_have_the_same_keys_and_slots_and_sell_nothing() -> None:
    """573.15(b)(3): no sales or marketing message."""
    words = read_toml(HERE / "page_words.toml")
    assert set(words["en"]) == set(words["es"])
    for key, said in words["en"].items():
        assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", words["es"][key]))
    pack = load(w.ON)
    for language in ("en", "es"):
        sales = [row for row in pack.forbidden(language) if row.id.startswith("sales_")]
        assert sales
        found = {row.id: row.find(said) for row in sales for said in words[language].values()}
        assert not [name for name, spans in found.items() if spans]
