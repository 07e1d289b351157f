"""The company's own sign-on, end to end against an OpenID Connect provider on this machine: groups say the role, each time anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from browsers import browser, violations
from renotify.errors import BadInput
from serving import served
from two_dealers import EAST

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of the provider's own library
LOGIN = "/sign-in/oidc/company/login/"
GROUPS = '[roles]\n"recall-analysts" = "analyst"\n"service-desk" = "dealer_service"\n'


@dataclass
class Company:
    """The company's provider at an address: what it says of a person may change between two sign-ins."""

    address: str

    def says(self, name: str, **claims: object) -> None:
        own = {"preferred_username": name, "given_name": "Nadia", "family_name": "New", **claims}
        requests.put(f"{self.address}/users/{name}", json=own, timeout=10).raise_for_status()

    def signs_in(self, browser: Any, name: str) -> Any:
        """Go the way a browser goes: our button, the provider's page, and back; return our answer."""
        asked = browser.post(LOGIN, {"process": "login"})
        assert asked.status_code == 302, asked.content
        assert asked["Location"].startswith(self.address)
        said = requests.post(
            asked["Location"], data={"sub": name}, allow_redirects=False, timeout=10
        )
        back = urlsplit(said.headers["Location"])
        return browser.get(f"{back.path}?{back.query}")


@contextmanager
def provider() -> Iterator[str]:
    """Serve an OpenID Connect provider for as long as the ``with``, and give its address."""
    from oidc_provider_mock import app
    from werkzeug.serving import make_server

    server = make_server("localhost", 0, app(), threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def company(site, tmp_path: Path, monkeypatch) -> Iterator[Company]:
    from django.conf import settings

    from renotify.web.site.company_sign_on import sign_on

    with provider() as address:
        file = tmp_path / "sign-on.toml"
        file.write_text(f'name = "Made-up Motors"\nserver = "{address}"\nclient = "renotify"\nsecret = "made up"\n{GROUPS}')  # fmt: skip
        found = sign_on(str(file))
        rules = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
        rules["form-action"] = ["'self'", *found.origins]
        monkeypatch.setattr(settings, "CONTENT_SECURITY_POLICY", {"DIRECTIVES": rules})
        monkeypatch.setattr(settings, "SOCIALACCOUNT_PROVIDERS", found.providers)
        monkeypatch.setattr(settings, "RENOTIFY_ROLE_OF_GROUP", found.role_of_group)
        yield Company(address)


def person(name: str) -> Any:
    from renotify.web.door.person import Person

    return Person.objects.get(username=name)


def test_a_group_makes_a_person_of_its_role_who_comes_to_their_own_desk(site, company) -> None:
    company.says("nadia", groups=["everybody", "recall-analysts"])
    one = site.client()
    assert company.signs_in(one, "nadia")["Location"] == "/"
    assert one.get("/")["Location"] == "/analyst/"
    assert (person("nadia").role, person("nadia").has_usable_password()) == ("analyst", False)


def test_a_dealer_s_people_have_the_dealer_that_the_company_says(site, company) -> None:
    company.says("nadia", groups=["service-desk"], dealer_code=EAST)
    one = site.client()
    company.signs_in(one, "nadia")
    assert EAST in one.get("/dealer/").content.decode()


def test_the_role_is_asked_each_time(site, company) -> None:
    company.says("nadia", groups=["recall-analysts"])
    company.signs_in(site.client(), "nadia")
    company.says("nadia", groups=["service-desk"], dealer_code=EAST)
    one = site.client()
    company.signs_in(one, "nadia")
    assert (person("nadia").role, person("nadia").dealer_code) == ("dealer_service", EAST)
    assert one.get("/analyst/").status_code == 403


def test_without_a_group_a_person_is_turned_away_and_the_old_role_is_gone(site, company) -> None:
    company.says("nadia", groups=["recall-analysts"])
    at_the_desk = site.client()
    company.signs_in(at_the_desk, "nadia")
    assert at_the_desk.get("/analyst/").status_code == 200
    company.says("nadia", groups=["everybody"])
    refused = company.signs_in(site.client(), "nadia")
    assert refused.status_code == 403
    assert "Not for your role" in refused.content.decode()
    assert person("nadia").role == ""
    assert at_the_desk.get("/analyst/").status_code == 403  # the session of before opens nothing


def test_nobody_of_no_group_is_made_a_person(site, company) -> None:
    from renotify.web.door.person import Person

    company.says("stray", groups=[])
    assert company.signs_in(site.client(), "stray").status_code == 403
    assert not Person.objects.filter(username="stray").exists()


def test_a_name_of_the_house_is_not_taken_over_by_the_company_s(site, company) -> None:
    company.says("ana", groups=["service-desk"], dealer_code=EAST)
    company.signs_in(site.client(), "ana")
    assert person("ana").role == "analyst"


def test_an_answer_that_was_not_asked_for_is_refused_in_our_look(site, company) -> None:
    answer = site.client().get("/sign-in/oidc/company/login/callback/?code=guessed&state=guessed")
    assert answer.status_code in {400, 401, 403, 200}
    assert "renotify.css" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


def test_the_way_by_get_shows_a_button_in_our_look(site, company) -> None:
    shown = site.client().get(LOGIN)
    assert shown.status_code == 200
    assert "renotify.css" in shown.content.decode()
    assert "Made-up Motors" in shown.content.decode()


def test_a_browser_signs_in_by_the_button_of_the_sign_in_page(site, company, monkeypatch) -> None:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    company.says("nadia", groups=["recall-analysts"])
    with browser() as opened, served() as address:
        shown, faults = _page_without_the_world(opened, address)
        shown.goto(f"{address}/sign-in/login/")
        assert violations(shown) == []
        shown.get_by_role("button", name="Sign in with Made-up Motors").click()
        shown.get_by_placeholder("sub").fill("nadia")
        shown.get_by_role("button", name="Authorize").click()
        shown.wait_for_url(f"{address}/analyst/")
        assert shown.locator("summary", has_text="Nadia New").is_visible()
        assert faults == []


def _page_without_the_world(opened: Any, address: str) -> tuple[Any, list[str]]:
    """Open a page that asks this machine only (the provider's own page wants a stylesheet of the net), and the faults of our pages."""
    context = opened.new_context()
    context.route(
        lambda url: urlsplit(url).hostname not in {"localhost", "127.0.0.1"},
        lambda route: route.abort(),
    )
    shown, faults = context.new_page(), []
    shown.on(
        "console",
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and said.location["url"].startswith(address)
            else None
        ),
    )
    return shown, faults


def test_origins_behind_the_provider_are_stated(tmp_path: Path) -> None:
    from renotify.web.site.company_sign_on import sign_on

    file = tmp_path / "sign-on.toml"
    file.write_text(
        'name = "M"\nserver = "https://id.example/tenant/v2.0"\nclient = "c"\nsecret = "s"\nleads_to = ["https://adfs.example/ls/"]\n'
    )
    assert sign_on(str(file)).origins == ("https://id.example", "https://adfs.example")


def test_a_role_that_nobody_knows_is_refused_at_the_start(tmp_path: Path) -> None:
    from renotify.web.site.company_sign_on import sign_on

    file = tmp_path / "sign-on.toml"
    file.write_text('name = "M"\nserver = "https://id.example"\nclient = "c"\nsecret = "s"\n[roles]\nkings = "king"\n')  # fmt: skip
    with pytest.raises(BadInput, match="king"):
        sign_on(str(file))
