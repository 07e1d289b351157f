"""A follow-up's settings file, for tests that walk through commands."""

from __future__ import annotations

from pathlib import Path

DAY = "2013-02-26"


def follow_up_file(
    folder: Path, campaigns: list[str], name: str = "small", **extra: object
) -> Path:
    """Write a followup.toml of the memo's dates for these campaigns."""
    settings = {"name": name, "kind": "follow_up_voluntary", **extra}
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in settings.items()
    ]
    lines.append(f"campaigns = {campaigns!r}".replace("'", '"'))
    lines += [
        "notice_date = 2013-02-26",
        "days_after_notice = 7",
        "[response]",
        "share = 0.07",
        "scale_weeks = 6.0",
        "shape = 1.2",
    ]
    lines += [
        "background_per_week = 0.003",
        "[sender]",
        'name = "Made-up Motors"',
        'address = "1 Example Way, Boston, MA 02108"',
    ]
    lines += ['phone = "1-800-555-0100"', 'tty = "1-800-555-0101"']
    path = folder / "followup.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
