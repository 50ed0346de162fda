"""Print one of the README's two commands, so that CI runs the very line that people copy."""

import pathlib
import re
import sys

readme = pathlib.Path(__file__).parents[1] / "README.md"
commands = re.findall(r"```sh\n(python3 -m venv .*?)\n```", readme.read_text(encoding="utf-8"))
if len(commands) != 2:
    sys.exit(f"README.md should hold two commands that begin with python3 -m venv: {commands}")
print(commands[int(sys.argv[1]) - 1])
