"""The second step at sign-in: a person adds it, and from then on the password alone opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

PASSWORD = "a made-up password"
SIGN_IN, STEP, ADD = (
    "/sign-in/login/",
    "/sign-in/2fa/authenticate/",
    "/sign-in/2fa/totp/activate/",
)


def _code(secret: str, now: float) -> str:
    """The six digits that an app shows for a secret in a half minute (RFC 6238, RFC 4226)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    said = hmac.new(key, int(now // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = said[-1] & 15
    number = int.from_bytes(said[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def _with_password(site: Any) -> tuple[Any, Any]:
    browser = site.client()
    return browser, browser.post(SIGN_IN, {"login": "ana", "password": PASSWORD})


def test_after_a_second_step_is_added_the_password_alone_opens_nothing(site) -> None:
    browser, answer = _with_password(site)
    assert answer["Location"] == "/"
    asked = browser.get(ADD)
    if asked.status_code == 302:  # who has been here for a while says the password once more
        browser.post(asked["Location"], {"password": PASSWORD})
        asked = browser.get(ADD)
    page = asked.content.decode()
    (secret,) = re.findall(r"[A-Z2-7]{32}", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))[:1]
    assert browser.post(ADD, {"code": "000000"}).status_code == 200  # refused: the form again
    assert browser.post(ADD, {"code": _code(secret, time.time())}).status_code == 302
    other, answer = _with_password(site)
    assert answer["Location"].startswith(STEP)
    assert other.get("/analyst/")["Location"].startswith(SIGN_IN)
    wrong = other.post(STEP, {"code": "000000"})
    assert wrong.status_code == 200
    assert other.get("/analyst/").status_code == 302
    spent = other.post(STEP, {"code": _code(secret, time.time())})
    later = other.post(STEP, {"code": _code(secret, time.time() + 30)})
    assert 302 in {spent.status_code, later.status_code}  # a code serves once
    assert other.get("/")["Location"] == "/analyst/"
    assert [deed for who, deed, _ in site.readings() if who == "ana"] == []
