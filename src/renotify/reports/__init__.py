"""Reports: what the regulator, the manager and the auditor are told, each figure with its VINs."""
