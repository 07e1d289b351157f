"""The names of the files in the folder of a wave's print job; the ledger's wave says where the folder is."""

MANIFEST = "manifest.csv"
EXCEPTIONS = "exceptions.csv"
WITHDRAWN = "withdrawn.csv"  # only of a release that was begun, stopped and resumed
