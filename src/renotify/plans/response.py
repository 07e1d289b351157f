"""The stated response of a follow-up: a share of owners answers, on a Weibull clock, and some come without a letter.

What letters bring by it, week by week, is ``requests``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from renotify.campaigns.follow_up_settings import OF_SILENT, FollowUpSettings, check_bounds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Only settings that froze before followup.toml was held to the bounds come so far with such a value.
FROZEN = "The follow-up froze with it: mend followup.toml and start it under another name."


@dataclass(frozen=True)
class StatedResponse:
    """Share of owners who answer, scale (weeks) and shape of the Weibull; ``background_per_week`` is the share of open vehicles
    that come in a week without a letter. The defaults are assumed where a follow-up states nothing.
    """

    share: float = 0.07
    scale_weeks: float = 6.0
    shape: float = 1.2
    background_per_week: float = 0.003

    def curve(self, weeks: int) -> Floats:
        """Return the share of owners who ask in week 0, 1, .. after the letter. [weeks]"""
        return response_curve(self.share, self.scale_weeks, self.shape, weeks)


def stated_response(settings: FollowUpSettings, bundle: str = "") -> StatedResponse:
    """Return what a follow-up states for a bundle of campaigns: its own table's values, else the general ones, else the assumed.

    Of a list of silent owners the share is so many times as large as it states of who is silent (``of_silent``).
    """
    own = settings.own_response(bundle)
    names = [one.name for one in fields(StatedResponse)]
    known = {name: settings.response[name] for name in names if name in settings.response}
    stated = StatedResponse(**{**known, **own})
    if not settings.silent_of or OF_SILENT not in settings.response:
        return stated
    return replace(stated, share=min(stated.share * float(settings.response[OF_SILENT]), 1.0))


def response_curve(share: float, scale_weeks: float, shape: float, weeks: int) -> Floats:
    """Share of owners who ask in week 0, 1, .. after the letter: cure-Weibull increments. [weeks]

    F(t) = share * (1 - exp(-(t / scale_weeks) ** shape)), t in weeks.
    """
    import numpy as np

    stated = {"share": share, "scale_weeks": scale_weeks, "shape": shape}
    for key, value in stated.items():
        check_bounds(key, value, "The stated response", FROZEN)
    reached = share * -np.expm1(-((np.arange(weeks + 1) / scale_weeks) ** shape))
    weekly: Floats = np.diff(reached)
    return weekly


def requests(
    letters: Floats | NDArray[np.signedinteger[Any]],
    response: Floats,
    walk_ins: Floats | None = None,
) -> Floats:
    """(4) Requests by bundle, dealer and week: y[t] = beta[t] + sum_k rho[k] x[t - k]. [B, D, T]

    ``letters`` [B, D, T] in the week of mailing, ``response`` [B, K] shares, ``walk_ins`` [B, D, T].
    """
    import numpy as np

    asked = np.zeros(letters.shape) if walk_ins is None else walk_ins.astype(float).copy()
    weeks = letters.shape[2]
    for k in range(min(response.shape[1], weeks)):
        asked[:, :, k:] += response[:, k, None, None] * letters[:, :, : weeks - k]
    return asked


def requests_of_silent(
    silent: Floats | NDArray[np.signedinteger[Any]],
    response: Floats,
    weeks: int,
    weight: Floats | None = None,
) -> Floats:
    """Requests still to come from letters that are out, given that nobody of ``silent`` has asked so far. [B, D, weeks]

    ``silent`` [B, D, A]: owners by how many weeks ago their letter went out, 0 (this week) .. A - 1; ``response`` [B, K] shares. One
    who is silent for a weeks asks in week t with the share rho[a + t] / (1 - F[a - 1]). ``weight`` [B, K]: what is summed over those
    who are silent in place of the shares.
    """
    import numpy as np

    coming = np.zeros((*silent.shape[:2], weeks))
    summed = response if weight is None else weight
    reached = np.cumsum(response, axis=1)
    left = np.concatenate([np.ones((len(reached), 1)), 1 - reached], axis=1)  # before week a
    for age in range(min(silent.shape[2], response.shape[1])):
        share = summed[:, age : age + weeks] / np.maximum(left[:, age : age + 1], 1e-9)
        coming[:, :, : share.shape[1]] += silent[:, :, age, None] * share[:, None, :]
    return coming
