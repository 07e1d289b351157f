"""The stated response curve of a follow-up: a share of owners answers, on a Weibull clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renotify.errors import BadInput

Floats = NDArray[np.float64]


def response_curve(share: float, scale_weeks: float, shape: float, weeks: int) -> Floats:
    """Share of owners who ask in week 0, 1, .. after the letter: cure-Weibull increments. [weeks]

    F(t) = share * (1 - exp(-(t / scale_weeks) ** shape)), t in weeks (planner study, section 5.1).
    """
    if not 0 <= share <= 1:
        raise BadInput(
            f"response.share must lie between 0 and 1, not {share}.", "Mend followup.toml."
        )
    if scale_weeks <= 0 or shape <= 0:
        raise BadInput(
            "response.scale_weeks and response.shape must be above 0.", "Mend followup.toml."
        )
    reached = share * -np.expm1(-((np.arange(weeks + 1) / scale_weeks) ** shape))
    weekly: Floats = np.diff(reached)
    return weekly
