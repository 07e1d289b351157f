"""Reports: what the regulator, the manager and the auditor are told, each figure with its VINs."""

from renotify.reports import nhtsa13
from renotify.reports.quarterly import nhtsa_line, quarterly, quarterly_vehicles

__all__ = ["nhtsa13", "nhtsa_line", "quarterly", "quarterly_vehicles"]
