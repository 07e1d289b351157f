"""Where Django finds the jobs' table."""

from renotify.web.jobs.job import Job

__all__ = ["Job"]
