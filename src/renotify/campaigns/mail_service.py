"""What a sender asks of the Postal Service: its Mailer ID, and what is done with a letter that cannot be delivered.

The codes and ranges are data with their source and mark (``mail_service.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from renotify.errors import BadInput
from renotify.values.stated_tables import TEXT, check_keys, check_kinds, read_toml

TABLES = Path(__file__).with_name("mail_service.toml")
MAIL = ("endorsement", "service_type")  # the keys of [mail] in followup.toml
NONE = "none"


@dataclass(frozen=True)
class MailService:
    """The three digits of the barcode's service type, the endorsement they stand for, and what it does.

    ``printed``: the endorsement must stand on the envelope too. ``known``: the table has the code; else only the settings say what it is.
    """

    service_type: str
    endorsement: str
    does: str
    service: str = ""
    printed: bool = False
    known: bool = True

    @property
    def on_front(self) -> str:
        """Return the endorsement where it must stand on the envelope, else nothing; of a code that is not known here, whatever it asks."""
        return (
            self.endorsement
            if self.endorsement != NONE and (self.printed or not self.known)
            else ""
        )


@cache
def _tables() -> Mapping[str, Any]:
    return read_toml(TABLES)


def check_mailer_id(mailer_id: str, where: str = "") -> str:
    """Return a Mailer ID within the ranges of USPS-B-3200; anything else is BadInput."""
    ranges = _tables()["mailer_id"]["ranges"]
    if re.fullmatch("[0-9]+", mailer_id) and any(
        len(mailer_id) == one["digits"] and one["first"] <= mailer_id <= one["last"]
        for one in ranges
    ):
        return mailer_id
    known = ", of ".join(f"{r['digits']} digits {r['first']} to {r['last']}" for r in ranges)
    raise BadInput(
        f"{where}{mailer_id!r} is not a Mailer ID.",
        f"The Postal Service gives of {known} (USPS-B-3200): state yours, [sender] mailer_id.",
    )


def mail_service(mail: Mapping[str, Any], where: str = "mail") -> MailService:
    """Return what ``[mail]`` asks for: by its endorsement, its service type, or both where they agree.

    Left out, nothing is asked: service type 270. Raises BadInput for a code that is none of First-Class Mail
    (49 CFR 577.7(a)(2)), unless the settings say with which endorsement it goes, and for a pair that disagrees.
    """
    code, asked = str(mail.get("service_type", "")), _asked(mail, where)
    rows = _tables()["service_types"]["codes"]
    if not code:
        wanted = asked or NONE
        return _service(next(r for r in rows if r["endorsement"] == wanted and r.get("usual")))
    if not re.fullmatch("[0-9]{3}", code):
        raise BadInput(f"{where}: service_type = {code!r} is not three digits.", "As in 141.")
    row = next((one for one in rows if one["code"] == code), None)
    if row is None:
        return _stated(code, asked, where)
    if asked and row["endorsement"] != asked:
        raise BadInput(
            f"{where}: service type {code} stands for {row['endorsement']!r}, and endorsement is {asked!r}.",
            "Leave one of the two out, or correct it.",
        )
    return _service(row)


def _asked(mail: Mapping[str, Any], where: str) -> str:
    """Return the stated endorsement as the table writes it; blank where none is stated."""
    stated = " ".join(str(mail.get("endorsement", "")).split()).casefold()
    names = [one["name"] for one in _tables()["endorsements"]["words"]]
    found = next((name for name in names if name.casefold() == stated), "")
    if stated and not found:
        raise BadInput(
            f"{where}: endorsement = {mail['endorsement']!r} is none.",
            f"Known are {', '.join(names)}.",
        )
    return found


def _service(row: Mapping[str, Any]) -> MailService:
    return MailService(
        row["code"], row["endorsement"], _does(row["endorsement"]), row["service"],
        row.get("printed", False),
    )  # fmt: skip


def _stated(code: str, asked: str, where: str) -> MailService:
    """Return a code that the table lacks, as the settings describe it: the Postal Service may have made a new one."""
    if not asked:
        raise BadInput(
            f"{where}: {code} is none of the service types of First-Class Mail that are known here (49 CFR 577.7(a)(2)).",
            "Correct it, or state its endorsement beside it if the Postal Service gave you this code for First-Class Mail.",
        )
    return MailService(code, asked, _does(asked), known=False)


def _does(endorsement: str) -> str:
    words = _tables()["endorsements"]["words"]
    return str(next(one["does"] for one in words if one["name"] == endorsement))


def check_mail(mail: Mapping[str, object], where: str) -> None:
    """Check the table ``[mail]`` of a follow-up's settings. Raises BadInput."""
    check_keys(mail, MAIL, where)
    check_kinds(mail, dict.fromkeys(MAIL, TEXT), where)
    mail_service(mail, where)


def in_words(asked: MailService) -> list[str]:
    """Return what the job ticket says of a service: the code, the endorsement, and what becomes of a letter."""
    name = "no endorsement" if asked.endorsement == NONE else asked.endorsement
    of = (
        f" ({asked.service} service)"
        if asked.known
        else ", a code that this program does not know: confirm it"
    )
    carried = f"The barcodes carry service type {asked.service_type}{of}: {name}."
    lines = [f"{carried} A letter that cannot be delivered is {asked.does}."]
    if asked.on_front:
        lines.append(f'Print "{asked.on_front}" on the envelope, right below the return address.')
    return lines
