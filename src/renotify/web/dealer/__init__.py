"""A dealer's desk: its day and week, the write-up desk's VIN check, stock on hold, parts to order, notices to acknowledge."""
