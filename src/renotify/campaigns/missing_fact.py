"""One fact that letters need and campaigns.toml does not state, as a person is told it."""

from __future__ import annotations

from typing import NamedTuple

LIKE_THIS = '"301, Fuel System Integrity"'


class Missing(NamedTuple):
    """A key that a letter about a campaign needs and that it does not have; ``must``: without it the letter is refused.

    ``wrong`` says of a key that it has what is wrong with it, and what to do.
    """

    campaign_code: str
    key: str
    language: str
    citation: str
    must: bool = True
    wrong: str = ""

    @property
    def sentence(self) -> str:
        """Return what is missing or wrong and where it belongs, as a note and an error say it."""
        if self.wrong:
            return f"Campaign {self.campaign_code}: {self.wrong} ({self.citation})."
        table = "" if self.language == "en" else f" under [campaign.{self.language}]"
        verb = "add it" if self.must else "it should have one: add it"
        lacks = f"has no `{self.key}`"
        if self.key == "standard":
            lacks = (
                f"is a noncompliance recall and {lacks} with number and title, as in {LIKE_THIS}"
            )
        return f"Campaign {self.campaign_code} {lacks}{table} ({self.citation}): {verb} to campaigns.toml."
