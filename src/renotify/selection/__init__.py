"""Who gets a follow-up notification, and why not the others."""
