"""``python -m tutor`` is the command ``gradtutor``."""

from tutor.cli import main

if __name__ == "__main__":
    main(prog_name="gradtutor")
