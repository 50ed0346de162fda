"""What the learner sees: widgets and screens on Textual, and the same lesson as plain text."""
