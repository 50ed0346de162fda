"""What the process of a file sends is not taken on trust."""

from __future__ import annotations

import pytest

from tutor.tracing.inside.frames import Sort
from tutor.tracing.process import Outcome


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"ending": "asleep"}', b'{"other": 1}'])
def test_a_report_that_is_none_is_as_if_it_had_not_come(data: bytes) -> None:
    outcome = Outcome()
    outcome.take(Sort.REPORT, data)
    assert outcome.report is None
