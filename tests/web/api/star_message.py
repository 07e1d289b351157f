"""A repair order as a message of the shape of a STAR business object, as a dealer system would send it."""

from __future__ import annotations

from collections.abc import Sequence


def star_message(number: str, vin: str, day: str, jobs: Sequence[tuple[str, str, str]]) -> bytes:
    """``jobs``: campaign, status and hours of each."""
    lines = "".join(
        f"<Job><OperationCode>{code}</OperationCode><JobStatus>{status}</JobStatus><LaborHours>{hours}</LaborHours></Job>"
        for code, status, hours in jobs
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ProcessRepairOrder xmlns="urn:made-up:star"><DataArea><RepairOrder><RepairOrderHeader>'
        f"<DocumentIdentificationGroup><DocumentIdentification><DocumentID>{number}</DocumentID></DocumentIdentification>"
        "</DocumentIdentificationGroup>"
        f"<Vehicle><VIN>{vin}</VIN></Vehicle><RepairOrderCompletedDate>{day}T16:20:00</RepairOrderCompletedDate>"
        f"</RepairOrderHeader>{lines}</RepairOrder></DataArea></ProcessRepairOrder>"
    ).encode()
