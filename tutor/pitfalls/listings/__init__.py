"""A right student's file, in the plain style of students, as the modules that it is made of.

They stand on NumPy alone, one after the other they are one file, and nothing imports them for
their code: `tutor.pitfalls.listing` reads their text, and a pitfall is an edit of it. They
check no input, as students' files do not; `tutor.nets` does, and is what they are tested
against.
"""
