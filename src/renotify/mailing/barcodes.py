"""What stands in each piece's Intelligent Mail barcode: 20 tracking digits and the routing digits.

Barcode identifier 2, service type 3, Mailer ID 6 or 9, serial number 9 or 6, then the ZIP Code as
far as it is known (USPS-B-3200). The service type must be one of First-Class Mail (49 CFR 577.7).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import check_mailer_id
from renotify.errors import Refused
from renotify.values.address import routing_digits

BARCODE_ID = "00"  # no optional presort marking
SERVICE_TYPE = "270"  # First-Class, full service, no address correction; a public example, see docs
TEST_MAILER_ID = "999999"  # ours, for demonstrations: no piece that carries it may enter the mail
LEADING_DIGITS = 20  # all that stands before the routing digits
TRACKING_DIGITS = 15  # Mailer ID and serial number together
UNIQUE_DAYS = 45  # a serial number may not come again within so many days


def readdressed(rows: pa.Table, known: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the digits of pieces that have a barcode (``known``): its own number, and the routing of the address of now."""
    tracking = pc.utf8_slice_codeunits(known, 0, LEADING_DIGITS)
    return pc.binary_join_element_wise(tracking, routing_digits(rows), "")


def payloads(
    rows: pa.Table,
    *,
    mailer_id: str,
    first_serial: int,
    in_use: int,
) -> pa.ChunkedArray:
    """Return the digits of the barcode of each row (columns zip, zip4, delivery_point).

    Serials run on from ``first_serial`` and start again after the last; ``in_use`` pieces of the
    last 45 days hold theirs, and Refused is raised when not enough are left.
    """
    width = TRACKING_DIGITS - len(check_mailer_id(mailer_id))
    free = 10**width - in_use
    if rows.num_rows > free:
        raise Refused(
            f"{rows.num_rows:,} pieces need barcodes, and Mailer ID {mailer_id} has {free:,}"
            f" serial numbers that were not used in {UNIQUE_DAYS} days.",
            "Release fewer pieces at once, or ask the Postal Service for a 6-digit Mailer ID.",
        )
    serials = (np.arange(rows.num_rows) + first_serial) % 10**width
    tracking = pc.utf8_lpad(pa.array(serials).cast(pa.string()), width, "0")
    head = f"{BARCODE_ID}{SERVICE_TYPE}{mailer_id}"
    return pc.binary_join_element_wise(head, tracking, routing_digits(rows), "")
