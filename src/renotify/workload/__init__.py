"""Appointments, technician hours and bays per dealer and week (the memo's "manpower requirements")."""
