"""Appointments, technician hours and bays per dealer and week (the memo's "manpower requirements")."""

from renotify.workload.heat_map import heat_map
from renotify.workload.manpower import (
    Workload,
    expected_requests,
    hours,
    sentences,
    visits_quantile,
    workload,
)
from renotify.workload.response import response_curve

__all__ = [
    "Workload",
    "expected_requests",
    "heat_map",
    "hours",
    "response_curve",
    "sentences",
    "visits_quantile",
    "workload",
]
