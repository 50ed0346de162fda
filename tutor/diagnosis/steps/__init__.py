"""A training step as an oracle: nets that are no class, judged by the slopes of their own loss."""
