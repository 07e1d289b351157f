"""The auditor's desk, which may only look: who read and decided what, one vehicle from its first event on, and what left the house."""
