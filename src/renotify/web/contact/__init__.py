"""Contact staff's desk: one search, what to say of a vehicle in either language, its letter, a new address, a visit, calls to come."""
