"""The screens: a lesson, the course, an exercise, and the small ones on top of them."""
