"""What one visit takes: technician hours, kits by live part number, and the share of inspections that take a kit."""
