"""What letters mean at the dealer: appointments, hours, bays, and the days to book."""

import numpy as np
import pytest

from renotify.errors import BadInput
from renotify.workload.manpower import (
    expected_requests,
    hours,
    sentences,
    visits_quantile,
    workload,
)
from renotify.workload.response import response_curve


def test_the_response_curve_is_the_increments_of_a_cure_weibull():
    curve = response_curve(0.3, 4.0, 1.2, 60)
    assert curve.sum() == pytest.approx(0.3, abs=1e-4)
    assert curve[:4].sum() == pytest.approx(0.3 * (1 - np.exp(-1)))
    assert (curve >= 0).all()


@pytest.mark.parametrize("stated", [(1.2, 4, 1), (0.3, 0, 1), (0.3, 4, -1)])
def test_an_impossible_response_curve_is_refused(stated):
    with pytest.raises(BadInput):
        response_curve(*stated, 10)


def test_letters_ask_in_the_weeks_of_their_curve_4():
    letters = np.zeros((1, 1, 4))
    letters[0, 0, 1] = 10
    asked = expected_requests(letters, np.array([[0.5, 0.2, 0.1, 0.1]]), np.ones((1, 1, 4)))
    assert asked[0, 0].tolist() == [1, 6, 3, 2]


def test_hours_are_visits_times_the_visits_hours():
    assert hours(np.ones((2, 1, 3)), np.array([2.0, 0.5])).tolist() == [[2.5, 2.5, 2.5]]


def test_the_busy_week_of_the_study():
    """Study, section 7: 18 visits of 2.5 hours: 60 h at 90 % if the rate is known, 62.5 h if not."""
    assert visits_quantile(np.array([18.0]), 0.9, 0.0) * 2.5 == 60
    work = workload(np.full((1, 1, 1), 18.0), np.array([2.5]))
    assert work.mean_hours[0, 0] == 45
    assert work.busy_hours[0, 0] == 62.5
    assert work.bays[0, 0] == 2


def test_the_days_to_book_are_a_sentence():
    requests = np.zeros((1, 2, 6))
    requests[0, 0, 2:5] = 20
    work = workload(requests, np.array([1.0]), np.full((2, 6), 20.0))
    assert sentences(work, ("D1", "D2"), first_number=9) == [
        "Dealer D1: 6 extra technician-days in weeks 11 to 13."
    ]


def test_an_unknown_capacity_asks_for_no_extra_days():
    assert sentences(workload(np.full((1, 1, 2), 50.0), np.array([1.0])), ("D",)) == []
