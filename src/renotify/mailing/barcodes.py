"""What stands in each piece's Intelligent Mail barcode: 20 tracking digits and the routing digits.

Barcode identifier 2, service type 3, Mailer ID 6 or 9, serial number 9 or 6, then the ZIP Code as
far as it is known (USPS-B-3200). The service type must be one of First-Class Mail (49 CFR 577.7).
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.campaigns.mail_service import check_mailer_id, in_words
from renotify.errors import Refused
from renotify.values.address import routing_digits
from renotify.values.english import counted

BARCODE_ID = "00"  # no optional presort marking
TEST_MAILER_ID = "000000"  # ours, for demonstrations (nobody's, MEM): no piece that carries it may enter the mail
TRACKING = 20  # digits of a barcode that are the piece's own, before those of its place
TRACKING_DIGITS = 15  # Mailer ID and serial number together
UNIQUE_DAYS = 45  # a serial number may not come again within so many days
UNIQUE = timedelta(days=UNIQUE_DAYS)


class Tracking(NamedTuple):
    """What the barcodes of a follow-up have in common; the service type is one of First-Class Mail (``campaigns.mail_service``)."""

    mailer_id: str
    service_type: str


def tracking_of(settings: FollowUpSettings) -> Tracking:
    """Return a follow-up's Mailer ID, ours for tests where it states none, and its service type."""
    mailer_id = str(settings.sender.get("mailer_id") or TEST_MAILER_ID)
    return Tracking(check_mailer_id(mailer_id), settings.mail_service.service_type)


def asked_of_the_post(settings: FollowUpSettings) -> list[str]:
    """Return what a job ticket asks of the Postal Service, first of all that nothing with the Mailer ID for tests is mailed."""
    asked = in_words(settings.mail_service)
    if settings.sender.get("mailer_id"):
        return asked
    warning = (
        f"DO NOT MAIL: the barcodes carry Mailer ID {TEST_MAILER_ID}, which is for tests only."
    )
    return [warning, *asked]


def payloads(
    rows: pa.Table,
    *,
    tracking: Tracking,
    first_serial: int,
    in_use: int,
) -> pa.ChunkedArray:
    """Return the digits of the barcode of each row (columns zip, zip4, delivery_point, and abroad if any is), blank for an address abroad.

    Serials run on from
    ``first_serial`` and start again after the last; ``in_use`` pieces of the
    last 45 days hold theirs, and Refused is raised when not enough are left.
    """
    if "abroad" in rows.column_names and pc.any(rows["abroad"], min_count=0).as_py():
        at_home = pc.invert(rows["abroad"])
        blank = pa.array([""] * rows.num_rows, pa.string())
        some = _of_the_united_states(rows.filter(at_home), tracking, first_serial, in_use)
        return pa.chunked_array([
            pc.replace_with_mask(blank, at_home.combine_chunks(), some.combine_chunks())
        ])  # fmt: skip
    return _of_the_united_states(rows, tracking, first_serial, in_use)


def kept_or_new(
    rows: pa.Table, *, tracking: Tracking, first_serial: int, in_use: int
) -> pa.ChunkedArray:
    """Return each row's barcode: one that is there (``imb``) keeps its tracking digits and is routed to the address as it is now.

    The others get a new one. Columns as for ``payloads``, and imb and abroad; blank for an address abroad.
    """
    bare = pc.equal(rows["imb"], "")
    own = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(rows["imb"], 0, TRACKING), routing_digits(rows), ""
    )
    own = pc.if_else(rows["abroad"], "", own).combine_chunks()
    new = payloads(rows.filter(bare), tracking=tracking, first_serial=first_serial, in_use=in_use)
    return pa.chunked_array([
        pc.replace_with_mask(own, bare.combine_chunks(), new.combine_chunks())
    ])  # fmt: skip


def _of_the_united_states(
    rows: pa.Table, tracking: Tracking, first_serial: int, in_use: int
) -> pa.ChunkedArray:
    mailer_id, service_type = tracking
    width = TRACKING_DIGITS - len(check_mailer_id(mailer_id))
    free = 10**width - in_use
    if rows.num_rows > free:
        raise Refused(
            f"{counted(rows.num_rows, 'piece needs a barcode', 'pieces need barcodes')}, and Mailer ID {mailer_id} has {free:,}"
            f" serial numbers that were not used in {UNIQUE_DAYS} days.",
            "Release fewer pieces at once, or ask the Postal Service for a 6-digit Mailer ID.",
        )
    serials = (np.arange(rows.num_rows) + first_serial) % 10**width
    numbers = pc.utf8_lpad(pa.array(serials).cast(pa.string()), width, "0")
    head = f"{BARCODE_ID}{service_type}{mailer_id}"
    return pc.binary_join_element_wise(head, numbers, routing_digits(rows), "")
