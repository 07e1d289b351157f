"""Reports: what the regulator, the manager and the auditor are told, each figure with its VINs."""

from renotify.reports import charts, nhtsa13
from renotify.reports.completion import progress
from renotify.reports.quarterly import nhtsa_line, quarterly, quarterly_vehicles
from renotify.reports.running import deadlines
from renotify.reports.summary import summary_html
from renotify.reports.vehicle_file import vehicle_file

__all__ = [
    "charts",
    "deadlines",
    "nhtsa13",
    "nhtsa_line",
    "progress",
    "quarterly",
    "quarterly_vehicles",
    "summary_html",
    "vehicle_file",
]
