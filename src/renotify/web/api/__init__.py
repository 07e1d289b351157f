"""The interface for a dealer's own system, ``/api/v1``: what its desk asks and types, as JSON."""
