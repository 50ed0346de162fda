from __future__ import annotations

from tutor.course.play import Play
from tutor.trace.recording import Recording
from tutor.ui.drawing.ink import width
from tutor.ui.plain import WIDTH, lesson_text, recording_text


def test_a_lesson_as_text_has_all_of_it(play: Play) -> None:
    text = "\n".join(lesson_text(play.lesson, play))
    for question in play.lesson.questions.values():
        for answer in question.answers:
            assert " ".join(answer.label.replace("`", "").split()[:3]) in text
    assert "2.06[1]962307074" in text
    assert "printed by a reader, a letter" in text
    assert "The first row of grad" in text
    assert "To keep. A function can depend" in text
    assert "Exercise. Write a function answer()" in text
    assert "{" not in text


def test_no_line_is_longer_than_a_terminal(play: Play) -> None:
    long = [row for row in lesson_text(play.lesson, play) if width(row) > WIDTH + 12]
    assert not long


def test_a_recording_as_text_says_what_each_line_did(mutated: Recording) -> None:
    rows = list(recording_text(mutated))
    assert sum("fxh1 = 2.06" in row for row in rows) == 6 or "more steps" in rows[-1]
    assert any("x[0, 2] -1.057443… -> -1.057343…" in row for row in rows)
    assert f"... and {len(mutated) - 5:,} more steps" in list(recording_text(mutated, 5))
