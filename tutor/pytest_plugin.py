"""The pytest plugin: the fixture ``gradtutor``, and `assert_gradients_agree`.

It is loaded whenever pytest starts, so it imports nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tutor.testing import assert_gradients_agree

if TYPE_CHECKING:
    from tutor.checks import GradientCheck
    from tutor.diagnosis.findings import Diagnosis
    from tutor.trace import Recording
    from tutor.trace.frames import FrameRecording

__all__ = ["GradTutor", "assert_gradients_agree", "gradtutor"]


class GradTutor:
    """What a test can ask about a net; the fixture ``gradtutor`` is one."""

    assert_gradients_agree = staticmethod(assert_gradients_agree)

    def record(
        self, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Recording | FrameRecording:
        """Call a function and return the recording of that call; see `tutor.record`."""
        from tutor.trace import record

        return record(function, *args, **kwargs)

    def check(self, net: object, x: Any, t: Any, *, seed: int = 0) -> GradientCheck:
        """Check a net's gradients, and return what was found; see `assert_gradients_agree`."""
        from tutor.testing.agreement import checked
        from tutor.testing.parts import Given, parts_of

        return checked(parts_of(net, Given(x, t)), 1e-7, seed)

    def diagnose(self, path_or_source: Any, seed: int = 0, seconds: float = 10) -> Diagnosis:
        """Judge a file, or a source text; see `tutor.diagnose`."""
        from tutor import diagnose

        return diagnose(path_or_source, seed, seconds)


@pytest.fixture(scope="session")
def gradtutor() -> GradTutor:
    """Return helpers to record, check and diagnose nets written by hand."""
    return GradTutor()
