"""What runs in the process of the learner's file: it imports the recorder and nothing else."""
