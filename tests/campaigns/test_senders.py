"""What letters cannot be printed without of their sender."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from renotify.campaigns.follow_up_settings import FollowUpSettings


@pytest.mark.parametrize("missing", ["name", "address", "phone"])
def test_no_letter_can_be_without_the_sender_s_name_address_and_phone(missing):
    whole = {"name": "Made-up Motors", "address": "1 Example Way", "phone": "555"}
    without = {name: value for name, value in whole.items() if name != missing}
    for sender in (without, whole | {missing: ""}):
        stated = FollowUpSettings("small", "initial", ("A",), date(2013, 2, 26), sender=sender)
        assert stated.missing_of_sender() == [f"[sender] has no {missing}."]
    assert replace(stated, sender=whole).missing_of_sender() == []
    assert replace(stated, sender=whole).missing_of_sender(recall=True) == ["[sender] has no tty."]
    spoken = replace(stated, sender=whole | {"hours": "8 to 5"})
    assert spoken.missing_of_sender(languages=("en",)) == []
    (said,) = spoken.missing_of_sender(languages=("en", "es"))
    assert said == "[sender] states its hours, and [sender.es] has no Spanish words for it."
