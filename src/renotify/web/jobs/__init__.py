"""Long work in workers: each job is one resumable command of the house, run by a worker from a queue in the database."""
