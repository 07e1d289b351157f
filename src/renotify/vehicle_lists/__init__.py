"""The list behind every figure: vehicles by campaign, filtered, sorted, grouped, counted; for the terminal, files and pages alike."""
