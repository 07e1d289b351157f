"""The names of the files in the folder of a wave's print job; the ledger's wave says where the folder is."""

MANIFEST = "manifest.csv"
EXCEPTIONS = "exceptions.csv"
CHANGES = "changes.csv"  # what was printed otherwise than its row stands: pieces, fields, reasons, nothing of a person
