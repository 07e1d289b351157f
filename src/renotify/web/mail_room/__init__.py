"""The mail room of the analyst: waves and whether they are ready, released, called back, answered for, and what came back."""
