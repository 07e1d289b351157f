"""The one door: who somebody is, what their role opens, whose rows they see, and what they read."""
