"""A run of the learner's own file, recorded in a process of its own."""
