"""A dealer's system as tests have one: it calls the interface by its token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

HERE = "/api/v1"


@dataclass
class System:
    """A dealer's system: every write gets a key of its own where none is given."""

    token: str
    keys: Any = field(default_factory=count)

    def get(self, address: str, **query: Any) -> Any:
        from django.test import Client

        return Client().get(HERE + address, query, headers=self._headers())

    def post(self, address: str, body: Any = None, *, key: str | None = None, kind: str = "application/json") -> Any:  # fmt: skip
        from django.test import Client

        own = {"Idempotency-Key": key or f"made-up-key-{next(self.keys)}"}
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return Client().post(HERE + address, data, content_type=kind, headers=self._headers() | own)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def system_of(name: str) -> System:
    from renotify.web.door.keeping_people import new_token

    return System(new_token(name))
