"""The words of the folder: campaigns.toml with the demo's counts, followup.toml, README.txt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from renotify.demo.scenario import Scenario, memo_size, text

INVOLVED = re.compile(r"^(involved = )(\d+)( #.*)?$", re.MULTILINE)
CODE = re.compile(r'^campaign_code = "(.+)"', re.MULTILINE)


def write_papers(
    folder: Path, scenario: Scenario, involved: Mapping[str, int], rows: Mapping[str, int]
) -> None:
    """Write the two TOML files and README.txt into the folder."""
    _write(folder / "campaigns.toml", campaigns_toml(involved))
    _write(folder / "followup.toml", followup_toml(scenario))
    listed = ", ".join(f"{table} {count:,}" for table, count in rows.items())
    _write(
        folder / "README.txt",
        text("readme.template.txt").format(
            vehicles=scenario.vehicles,
            seed=scenario.seed,
            scale=scenario.scale,
            memo=memo_size(),
            rows=listed,
        ),
    )


def campaigns_toml(involved: Mapping[str, int]) -> str:
    """Return the catalogue with the demo's counts; the record's stay beside them."""
    source = text("campaigns.toml")
    counts = iter([involved[code] for code in CODE.findall(source)])

    def count(found: re.Match[str]) -> str:
        remark = (found[3] or "").replace(" #", ",")
        return f"{found[1]}{next(counts)} # made up; the record: {int(found[2]):,}{remark}"

    return "# SYNTHETIC: see README.txt\n\n" + INVOLVED.sub(count, source)


def followup_toml(scenario: Scenario) -> str:
    """Return the follow-up's settings, the mail house at the demo's scale."""
    response = dict(scenario.numbers["response"])
    if scenario.handful:
        response["background_per_week"] = 0.0  # a hundredth of a kit helps no reader
    source = text("followup.template.toml")
    return source.format(letters_per_week=scenario.letters_per_week, **response)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
