"""Contact staff: what may be said of one vehicle, in plain words, and nothing about its owner."""
