"""The company's own sign-on (OpenID Connect), as one file states it: where it is, who we are to it, and which group is which role."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from renotify.errors import BadInput
from renotify.web.door.roles import Role

KEYS = ("name", "server", "client", "secret")


@dataclass(frozen=True)
class SignOn:
    """``providers`` as the sign-in library wants them, the ``origins`` that forms may lead to, and roles by name of a group."""

    providers: dict[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    role_of_group: dict[str, str] = field(default_factory=dict)


def sign_on(file: str) -> SignOn:
    """Read the file; without one there are local names only. Raises BadInput for a key that lacks and for a role nobody knows.

    ``name``, ``server`` (its address), ``client``, ``secret``, and a table ``[roles]`` with the role of each group. Where the server leads
    on to other hosts, ``leads_to`` lists them: a browser follows a form to hosts that are named only.
    """
    if not file:
        return SignOn()
    stated = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    lacking = [key for key in KEYS if not stated.get(key)]
    if lacking:
        raise BadInput(
            f"{file} does not state {lacking[0]}.", f"It needs {', '.join(KEYS)} and [roles]."
        )
    roles = stated.get("roles", {})
    for group, role in roles.items():
        if role not in list(Role):
            raise BadInput(
                f"{file}: {group} has the role {role!r}.", f"Known are {', '.join(Role)}."
            )
    app = {
        "provider_id": "company", "name": stated["name"], "client_id": stated["client"], "secret": stated["secret"],
        "settings": {"server_url": stated["server"], "oauth_pkce_enabled": True},
    }  # fmt: skip
    origins = tuple(_origin(address) for address in (stated["server"], *stated.get("leads_to", ())))
    return SignOn({"openid_connect": {"APPS": [app]}}, origins, roles)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
