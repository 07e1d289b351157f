"""The one door: who comes in, what each role may open, and that nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from site_addresses import every_address
from two_dealers import EAST
from web.conftest import PASSWORD

SIGN_IN = "/sign-in/login/"
METHODS = ("get", "post", "put", "patch", "delete")


def test_nobody_sees_a_desk_without_signing_in(site) -> None:
    for address in every_address():
        if address.is_open:
            continue
        answer = site.client().get(address.example)
        assert answer.status_code in {302, 401}, address
        if answer.status_code == 302:
            assert answer["Location"].startswith(SIGN_IN)


OF_NO_ROLE = ("stranger", "unknown_role", "dealer_of_nothing")


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(False, id="a method that no page has by turns"),
        pytest.param(True, id="every method", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("turn", range(3), ids=OF_NO_ROLE)
def test_a_person_whose_role_says_nothing_opens_nothing(site, turn, every) -> None:
    """The methods that no page has are tried by turns: each at each address by one of the three."""
    browser = site.client(OF_NO_ROLE[turn])
    for place, address in enumerate(every_address()):
        if address.is_open or address.is_of_everybody:
            continue
        for method in METHODS if every else (*METHODS[:2], METHODS[2 + (place + turn) % 3]):
            answer = getattr(browser, method)(address.example)
            assert answer.status_code in {401, 403, 405}, (method, address)


def test_every_view_of_ours_names_its_roles() -> None:
    """A view without a mark is closed to everybody, so that it would be of no use: it was forgotten."""
    assert [one.example for one in every_address() if not one.roles] == []


def test_a_page_of_another_role_is_refused_and_logged(site) -> None:
    for address in every_address():
        if address.is_open or address.is_of_everybody or "auditor" in address.roles:
            continue
        assert site.client("rex").get(address.example).status_code == 403, address
        break
    assert ("rex", "refused") in {line[:2] for line in site.readings()}


def test_a_wrong_password_is_refused_in_one_sentence(site) -> None:
    answer = site.client().post(SIGN_IN, {"login": "ana", "password": "guessed"})
    assert answer.status_code == 200
    assert "not correct" in answer.content.decode()


def test_too_many_wrong_passwords_stop_the_name_for_a_while_even_with_the_right_one(site) -> None:
    browser = site.client()
    for _ in range(8):
        browser.post(SIGN_IN, {"login": "ana", "password": "guessed"})
    answer = browser.post(SIGN_IN, {"login": "ana", "password": "a made-up password"})
    assert answer.status_code == 429
    assert "Wait" in answer.content.decode()


def test_a_form_that_is_sent_after_the_session_has_ended_says_that_nothing_was_recorded(site) -> None:  # fmt: skip
    browser = site.client()
    referer = {"HTTP_REFERER": "http://testserver/dealer/week/"}
    answer = browser.post("/dealer/hours/", {"week": "2013-03-11"}, follow=True, **referer)
    assert answer.redirect_chain[0][0] == f"{SIGN_IN}?next=%2Fdealer%2Fweek%2F"
    assert "nothing was recorded. Sign in, and send it again." in answer.content.decode()
    away = browser.post("/dealer/hours/", {}, HTTP_REFERER="https://elsewhere.example/dealer/week/")
    assert away["Location"] == f"{SIGN_IN}?next=%2F"
    assert "nothing was recorded" not in site.client().get("/dealer/", follow=True).content.decode()


def test_the_right_password_leads_to_the_own_desk(site_on_both) -> None:
    browser = site_on_both.client()
    answer = browser.post(SIGN_IN, {"login": "east_service", "password": "a made-up password"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/")["Location"] == "/dealer/"


def test_a_form_without_the_sign_of_its_session_is_turned_away(site) -> None:
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(
        SIGN_IN, {"login": "ana", "password": "a made-up password"}
    )
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()


def test_every_page_says_what_a_browser_may_load_and_no_script_or_style_stands_in_it(site) -> None:
    answer = site.client("east_service").get("/dealer/")
    rules = answer["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    page = answer.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page


def test_a_lost_sign_in_ends_at_once_when_the_person_is_locked_out(site) -> None:
    from renotify.web.door.keeping_people import lock_out

    browser = site.client("east_service")
    assert browser.get("/dealer/").status_code == 200
    assert lock_out("east_service") == 1
    assert browser.get("/dealer/").status_code == 302


def test_a_locked_person_with_the_right_password_is_told_so_and_nobody_else_is(site) -> None:
    """With a wrong password a locked name is told what every name is told."""
    from renotify.web.door import keeping_people

    keeping_people.lock_out("east_service")
    browser = site.client()
    sign_in = "/sign-in/login/"
    answer = browser.post(sign_in, {"login": "east_service", "password": PASSWORD})
    assert answer.status_code == 403
    assert "This name is locked" in answer.content.decode()
    assert "Ask the analyst who keeps the people." in answer.content.decode()
    wrong = browser.post(sign_in, {"login": "east_service", "password": "another made-up one"})
    assert (wrong.status_code, "locked" in wrong.content.decode()) == (200, False)
    assert browser.get("/dealer/").status_code == 302


@pytest.mark.parametrize("page", ["/sign-in/password/change/", "/sign-in/reauthenticate/"])
def test_who_lost_the_password_is_told_whom_to_ask_and_led_to_no_closed_page(site, page) -> None:
    said = site.client("ana").get(page).content.decode()
    assert "The password is lost? Ask the analyst who keeps the people." in said
    assert "password/reset" not in said


def test_a_dealer_s_desk_shows_its_own_day_and_never_the_neighbour_s(site_on_both: Any) -> None:
    east = site_on_both.client("east_service").get("/dealer/").content.decode()
    assert EAST in east
    west = site_on_both.client("west_service").get(f"/dealer/?dealer={EAST}").content.decode()
    assert f"Made-up Dealer {EAST}" not in west


def test_the_command_offers_every_role_and_no_other() -> None:
    from renotify.cli.site import ROLES
    from renotify.web.door.roles import Role

    assert tuple(Role) == ROLES


def _guess(browser: Any, name: str, times: int, **sent: str) -> None:
    for _ in range(times):
        browser.post(SIGN_IN, {"login": name, "password": "guessed"}, **sent)


def _signs_in(browser: Any, name: str, **sent: str) -> int:
    form = {"login": name, "password": "a made-up password"}
    return int(browser.post(SIGN_IN, form, **sent).status_code)


def test_who_guesses_a_name_is_stopped_and_not_the_person_of_that_name(site) -> None:
    """Anybody can type a name: seven people of the office must not lose theirs by it."""
    _guess(site.client(), "rex", 8, REMOTE_ADDR="10.0.0.9")
    assert _signs_in(site.client(), "rex", REMOTE_ADDR="10.0.0.9") == 429
    assert _signs_in(site.client(), "rex", REMOTE_ADDR="10.0.0.1") == 302


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(site, monkeypatch) -> None:
    """What a caller writes before it counts for nothing: the proxy adds what it saw at the end."""
    from django.conf import settings

    def by(address: str) -> dict[str, str]:
        return {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": address}

    monkeypatch.setattr(settings, "SECURE", True)
    for pretended in range(8):
        _guess(site.client(), "rex", 1, **by(f"192.0.2.{pretended}, 10.0.0.9"))
    assert _signs_in(site.client(), "rex", **by("192.0.2.99, 10.0.0.9")) == 429
    assert _signs_in(site.client(), "rex", **by("10.0.0.1")) == 302


def test_without_a_proxy_nobody_chooses_their_own_address(site) -> None:
    sent = [{"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": f"192.0.2.{one}"} for one in range(9)]  # fmt: skip
    for one in sent[:8]:
        _guess(site.client(), "rex", 1, **one)
    assert _signs_in(site.client(), "rex", **sent[8]) == 429
