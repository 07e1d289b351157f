"""What each desk asks, one function a question: a scope and a day in, a typed answer out; commands print it and pages show it."""
