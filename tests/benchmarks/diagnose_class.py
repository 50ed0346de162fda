"""Our own students judged, one after the other; prints how many and where the time went.

``python -m tests.benchmarks.diagnose_class N``: the first N, 0 for all of them, -1 for none.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tutor.commands.judging import judge
from tutor.diagnosis import judge as judging
from tutor.diagnosis.findings import Verdict
from tutor.diagnosis.gather import Found, gather
from tutor.jail import Oracle

_STUDENTS = Path(__file__).parents[1] / "students"
_SECONDS = 10.0
_REST = "compare and decide"

spent: Counter[str] = Counter()


def main(most: int) -> None:
    """Judge so many, and print the figures as JSON."""
    _watch(Oracle, "__enter__", "start the jail")
    _watch(judging.Student, "load", "load")
    _watch(judging, "examine_all", "examine the parts")
    _watch(judging, "measured", "run the training steps")
    _watch(judging, "_findings", "repair")
    _watch(judging, "_of_steps", "repair")
    _watch(judging, "find_uses", "uses")
    begun = time.perf_counter()
    found = list(_read())[: max(most, 0) or None] if most >= 0 else []
    spent["read"] = time.perf_counter() - begun
    verdicts = [judge(one, 0, _SECONDS).diagnosis.verdict for one in found]
    seconds = time.perf_counter() - begun
    phases = {**spent, _REST: seconds - sum(spent.values())}
    figures = {"count": len(found), "seconds": seconds, "phases": phases}
    print(json.dumps({**figures, "faults": verdicts.count(Verdict.INTERNAL_ERROR)}))


def _read() -> Iterator[Found]:
    for path in sorted(_STUDENTS.iterdir()):
        if path.suffix in (".py", ".ipynb") or (path.is_dir() and path.name[0] not in "._"):
            yield from list(gather([path], path.is_dir()))[:1]


def _watch(owner: Any, name: str, phase: str) -> None:
    """Count the time that a function takes to a phase; a generator is drawn out for that."""
    inner: Callable[..., Any] = getattr(owner, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            result = inner(*args, **kwargs)
            return list(result) if isinstance(result, Iterator) else result
        finally:
            spent[phase] += time.perf_counter() - begun

    setattr(owner, name, watched)


if __name__ == "__main__":
    main(int(sys.argv[1]))
