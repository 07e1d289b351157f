"""The demo ends with three things to type."""

from __future__ import annotations

from renotify.demo import walkthrough


class Ledger:
    """Answers with one vehicle, or with none."""

    def __init__(self, vin: str | None) -> None:
        self.vin = vin

    def scalar(self, _sql: str, **_values: object) -> str | None:
        return self.vin


def test_the_status_one_vehicle_and_the_site_are_next() -> None:
    assert walkthrough._next(Ledger("1M8GDM9AXKP042788"), "spring", "2013-03-05") == [
        "renotify status",
        "renotify explain 1M8GDM9AXKP042788 --on 2013-03-05",
        "renotify serve --demo-people --on 2013-03-05",
    ]
