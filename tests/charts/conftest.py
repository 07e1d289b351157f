"""What holds of every chart that a test of this room draws."""

from __future__ import annotations

from typing import Any

import pytest

import drawn_charts
from renotify.charts import kept_pictures, svg

STYLED = svg._styled


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms drew is not what this one looks at."""
    monkeypatch.setattr(kept_pictures, "KEPT", drawn_charts.Nothing())


@pytest.fixture(autouse=True)
def held_against_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chart is of the schema of Vega-Lite: pages draw theirs without asking."""

    def held(chart: Any) -> dict[str, Any]:
        chart.to_dict()  # raises where it is not
        return STYLED(chart)

    monkeypatch.setattr(svg, "_styled", held)
