"""The commands of the program that have a module of their own."""
