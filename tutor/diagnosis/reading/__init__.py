"""How a hand-in is read: files, notebooks, pasted sessions, archives; nothing is run."""
