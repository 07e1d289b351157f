"""Parts at the dealer: check stock, order to appointments, sell one buy one (memo, section 4)."""
