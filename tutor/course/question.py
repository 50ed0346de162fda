"""A question, its answers, and the reply that each of them gets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to choose: its id, the words on the button, and what is said to it."""

    id: str
    label: str
    reply: str


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction to make before the run shows what happens.

    The texts still hold their `{figures}`; `Play` fills them in. Answers stand in the order of
    the lesson's text.
    """

    id: str
    right: str
    prompt: str
    answers: tuple[Answer, ...]

    def answer(self, answer_id: str) -> Answer:
        """Return one answer.

        Raises
        ------
        KeyError
            If the question has no answer of that id.
        """
        for answer in self.answers:
            if answer.id == answer_id:
                return answer
        raise KeyError(f"The question {self.id} has no answer {answer_id}.")

    def is_right(self, answer_id: str) -> bool:
        """Tell whether this is the right answer."""
        return answer_id == self.right
