"""The side of the jail on which somebody else's code runs. The program never imports it."""
