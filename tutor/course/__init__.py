"""The course: lessons loaded, questions asked, exercises judged, progress kept.

Nothing is imported here, so that the map of the course can be drawn before NumPy is loaded.
"""
