"""A student's file, judged."""
