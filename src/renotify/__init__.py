"""renotify: finds every vehicle whose recall is not done, reaches its owner, readies its dealer, and proves it."""
