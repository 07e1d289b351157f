"""Why a list leaves a vehicle out for the sake of its owner's record, in the words of the ledger."""

TO_CONFIRM, INCOMPLETE, AWAY = "owner_to_confirm", "address_incomplete", "address_abroad"
MAIL_RETURNED = "mail_returned"  # from the newest address of every holder
