"""The auditor sees the mailing as the analyst does, and is offered nothing that writes."""

from __future__ import annotations

from typing import Any

import pytest

FORM = 'action="/jobs/start/'


PAGES = ("", "1/", "work/ask/", "work/skip_trace/")


@pytest.mark.parametrize("at", [f"/mailing/spring/{page}" for page in PAGES])
def test_the_auditor_sees_the_mailing_without_its_forms(site: Any, at: str) -> None:
    pages = {name: site.client(name).get(f"{at}?now=1") for name in ("ana", "rex")}
    assert {name: page.status_code for name, page in pages.items()} == {"ana": 200, "rex": 200}
    assert FORM not in pages["rex"].content.decode()
    assert site.client("rex").post(at).status_code == 403


def test_the_analyst_has_the_forms_that_the_auditor_has_not(site: Any) -> None:
    assert FORM in site.client("ana").get("/mailing/spring/?now=1").content.decode()
    menu = site.client("rex").get("/auditor/").content.decode()
    assert 'href="/mailing/"' in menu
    assert 'href="/jobs/"' in menu
