"""What a person may set by the environment is read: each variable changes what the site answers, and without it the careful value holds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from web.test_server_alone import LONG, answers, free_port, started, until

ASKS = """
import json
from renotify.web.site import starting
starting.set_up_site()
from django.conf import settings
from django.test import Client
page = Client(HTTP_HOST="recalls.example").get("/sign-in/login/", secure=True)
own = Client(HTTP_HOST="127.0.0.1").get("/sign-in/login/", secure=True)
plain = Client(HTTP_HOST="127.0.0.1").get("/sign-in/login/")
print(json.dumps({
    "other_host": page.status_code, "plain": plain.status_code, "hsts": own.get("Strict-Transport-Security", ""),
    "secure_cookie": bool(own.cookies["csrftoken"]["secure"]), "played": "Day played" in own.content.decode(),
    "company": "Company account" in own.content.decode(), "rules": own["Content-Security-Policy"],
    "folder": settings.RENOTIFY_FOLDER, "key": settings.SECRET_KEY,
}))
"""
SIGN_ON = """
name = "Company account"
server = "https://login.company.example/.well-known/openid-configuration"
client = "renotify"
secret = "made up"
[roles]
analysts = "analyst"
"""


def _answers(ledger: str, **stated: str) -> dict[str, Any]:
    unset = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RENOTIFY_") and name != "DJANGO_SETTINGS_MODULE"
    }
    environment = {
        **unset,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "RENOTIFY_DATABASE_URL": ledger,
        **stated,
    }
    said = subprocess.run(
        [sys.executable, "-c", ASKS], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(said.stdout)


@pytest.fixture
def own_ledger(site_kept_on_sqlite: str, tmp_path: Path) -> str:
    shutil.copy(site_kept_on_sqlite.removeprefix("sqlite:///"), tmp_path / "own.sqlite3")
    return f"sqlite:///{tmp_path}/own.sqlite3"


def test_without_a_word_the_site_is_this_machine_s_alone_and_its_key_is_made_once(
    own_ledger, tmp_path
) -> None:
    said, again = _answers(own_ledger), _answers(own_ledger)
    assert (said["other_host"], said["plain"], said["hsts"], said["secure_cookie"]) == (
        400,
        200,
        "",
        False,
    )
    assert (said["played"], said["company"], said["folder"]) == (False, False, str(tmp_path))
    assert said["key"] == again["key"]
    (kept,) = tmp_path.glob("own.sqlite3-web-key")
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("stated", "kept"), [("1", "max-age=31536000; includeSubDomains"), ("0", None)])  # fmt: skip
def test_the_running_server_keeps_browsers_to_https_where_it_is_told_to(
    own_ledger, tmp_path, monkeypatch, stated, kept
) -> None:
    """Through the server as it is served: behind a proxy that says https, and one that forgets to."""
    monkeypatch.setenv("RENOTIFY_SECURE", stated)
    port = free_port()
    with started(tmp_path, own_ledger, port):
        until(lambda: answers(port), "an answer")
        address = f"http://127.0.0.1:{port}/sign-in/login/"
        by_tls = requests.get(address, headers={"X-Forwarded-Proto": "https"}, timeout=LONG)
        assert (by_tls.status_code, by_tls.headers.get("Strict-Transport-Security")) == (200, kept)
        assert ("Secure" in by_tls.headers["Set-Cookie"]) == (stated == "1")
        plain = requests.get(address, timeout=LONG, allow_redirects=False)
        assert plain.status_code == (301 if stated == "1" else 200)
        assert plain.headers.get("Strict-Transport-Security") is None


def test_each_variable_of_the_environment_is_read(own_ledger, tmp_path) -> None:
    (tmp_path / "sign-on.toml").write_text(SIGN_ON)
    said = _answers(
        own_ledger, RENOTIFY_HOSTS="recalls.example,127.0.0.1", RENOTIFY_SECURE="1", RENOTIFY_DAY="2013-03-05",
        RENOTIFY_FOLDER="/srv/renotify", RENOTIFY_SECRET_KEY="k" * 50, RENOTIFY_OIDC=str(tmp_path / "sign-on.toml"),
    )  # fmt: skip
    assert (said["other_host"], said["plain"], said["secure_cookie"]) == (200, 301, True)
    assert "max-age=31536000" in said["hsts"]
    assert (said["played"], said["company"], said["folder"], said["key"]) == (
        True,
        True,
        "/srv/renotify",
        "k" * 50,
    )
    assert "https://login.company.example" in said["rules"]


def test_a_sign_on_that_lacks_a_key_or_names_a_role_nobody_knows_is_refused(tmp_path) -> None:
    from renotify.errors import BadInput
    from renotify.web.site.company_sign_on import sign_on

    file = tmp_path / "sign-on.toml"
    file.write_text(SIGN_ON.replace('client = "renotify"\n', ""))
    with pytest.raises(BadInput, match="does not state client"):
        sign_on(str(file))
    file.write_text(SIGN_ON.replace('"analyst"', '"king"'))
    with pytest.raises(BadInput, match="king"):
        sign_on(str(file))
