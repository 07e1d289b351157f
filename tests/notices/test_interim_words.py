"""What a notice says of letters that ask nobody in."""

from __future__ import annotations

from dataclasses import replace

from cases import at_once
from notices import sample
from notices.test_memo_wording import printed, week


@at_once(
    ("numbers", "words"),
    [
        ((0, 1), "1 letter says that {why}; the owner comes with a second one, and no visit is counted here."),
        ((2, 3), "5 letters say that {why}; the owners come with a second one, and no visit is counted here."),
        ((0, 0), None),
    ],
)  # fmt: skip
def test_letters_that_ask_nobody_in_are_told_with_the_expected_visits(
    numbers: tuple[int, int], words: str | None
) -> None:
    why = "the repair is not yet available, because parts or hours do not suffice by the last day for the letters"
    weeks = tuple(replace(week(t, 4), interim=number) for t, number in enumerate(numbers))
    for facts in (sample.dealer(weeks=weeks), sample.area(weeks=weeks)):
        told = printed(facts)["expect"]
        assert told.endswith(words.format(why=why)) if words else "not yet available" not in told
