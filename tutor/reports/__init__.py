"""What the tutor has to say, as text."""
