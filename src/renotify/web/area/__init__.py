"""An area manager's desk: who of its dealers needs help this month and why, their workload, the notices; nothing of other areas."""
