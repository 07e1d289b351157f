"""Values that need no rule pack: VIN, Federal calendar, addresses, piece ids."""
