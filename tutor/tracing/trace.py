"""A file, traced: read, run in a process of its own, and what it recorded brought back."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from tutor.diagnosis.submission import Submission, read_submission
from tutor.diagnosis.unreadable import Unreadable
from tutor.trace.saved import DamagedRun, Saved, load
from tutor.tracing.call import Call
from tutor.tracing.crash import crash_place
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.plan import Again, Plan
from tutor.tracing.inside.retraced import last_count
from tutor.tracing.offer import offered_calls
from tutor.tracing.planning import Impossible, check_cell, plan_of
from tutor.tracing.process import Outcome, run_process
from tutor.tracing.request import Request
from tutor.tracing.search import find_calls
from tutor.tracing.sentences import death, died, died_again, ended, place_of
from tutor.tracing.traced import Ended, Traced

_BUILT = (
    "The file makes no such call itself. It was built for it:\n{lines}\nThe sizes, x and t are "
    "the tutor's."
)


def trace_file(request: Request, cancel: threading.Event | None = None) -> Traced:
    """Run a file in a process of its own and return what was recorded of it.

    Parameters
    ----------
    request : Request
    cancel : Event, optional
        Set it from another thread to have the run stopped; what is recorded comes back.

    Returns
    -------
    Traced
        Nothing is raised for what the file does: ``ended`` has the sentence.
    """
    try:
        submission = read_submission(request.path)
        if not submission.has_code:
            return _refused(f"{submission.name} holds figures and no code. Give the program.")
        request, call = chosen(request, submission)
        with tempfile.TemporaryDirectory(prefix="gradtutor-") as scratch:
            plan = plan_of(request, submission, Path(scratch))
            traced = _Tracing(plan, request.seconds, cancel).run()
    except Unreadable as error:
        return Traced(None, Ended(Ending.UNREADABLE, error.sentence, error.place))
    except Impossible as error:
        return _refused(str(error))
    return _with_notes(replace(traced, call=call), submission)


def chosen(request: Request, submission: Submission) -> tuple[Request, Call | None]:
    """Return a request that says what is to be recorded, and the call if it was chosen.

    Raises
    ------
    Impossible
        If there is nothing that can be traced.
    """
    if request.call is not None or request.function is not None:
        return request, None
    if request.cell is not None:
        check_cell(request.cell, submission)
    calls = [
        call
        for call in find_calls(submission)
        if call.is_reached and request.cell in (None, call.cell)
    ]
    calls = calls or ([] if request.cell else list(offered_calls(submission)))
    if not calls:
        raise Impossible(
            f"Nothing in {submission.name} calls a gradient. Say which call is meant: "
            "--call 'numerical_gradient(f, net.W)', or --function NAME."
        )
    return for_call(request, calls[0]), calls[0]


def for_call(request: Request, call: Call) -> Request:
    """Return a request for one of the calls that were found or offered."""
    line = call.line or None
    return replace(request, call=call.text, cell=call.cell, line=line, setups=call.setups)


def _refused(sentence: str) -> Traced:
    return Traced(None, Ended(Ending.REFUSED, sentence))


def _with_notes(traced: Traced, submission: Submission) -> Traced:
    if traced.saved is None:
        return traced
    said = [traced.ended.sentence] if traced.ended.sentence else []
    notes = (*traced.saved.notes, *submission.notes, *said)
    return replace(traced, saved=replace(traced.saved, notes=notes))


class _Tracing:
    """One file traced: in as many processes as that takes."""

    def __init__(self, plan: Plan, seconds: float, cancel: threading.Event | None) -> None:
        self.plan = plan
        self.seconds = seconds
        self.cancel = cancel

    def run(self) -> Traced:
        """Run it, and once more where its process died or the call led elsewhere."""
        outcome = self._run(self.plan)
        if self._led_elsewhere(outcome):
            self.plan = replace(self.plan, slopes=())
            outcome = self._run(self.plan)
        if outcome.report is None and outcome.has_ended and outcome.asked is None:
            self.plan = replace(self.plan, is_deep=False)  # f does not bear to be called again
            outcome = self._run(self.plan)
        if outcome.report is not None:
            return self._traced(outcome)
        if outcome.asked is not None:
            return self._silent(outcome)
        return self._died(outcome)

    def _run(self, plan: Plan) -> Outcome:
        return run_process(plan, self.seconds, self.cancel)

    def _led_elsewhere(self, outcome: Outcome) -> bool:
        """Tell whether a differentiator that the call mentions was not called after all."""
        report = outcome.report
        never = report is not None and report.ending is Ending.NEVER and outcome.has_begun
        return never and bool(self.plan.call) and not self.plan.function

    def _traced(self, outcome: Outcome) -> Traced:
        assert outcome.report is not None
        report = outcome.report
        if outcome.asked is not None and report.ending is Ending.STOPPED:
            report = replace(report, ending=outcome.asked)
        saved = _loaded(outcome)
        if saved is not None and self.plan.setups:
            lines = "\n".join(f"    {line}" for line in self.plan.setups[report.setup])
            saved = replace(saved, notes=(*saved.notes, _BUILT.format(lines=lines)))
        steps = report.steps if saved is not None else 0
        told = ended(replace(report, steps=steps), self.plan, self.seconds)
        return Traced(saved, told, outcome.printed)

    def _silent(self, outcome: Outcome) -> Traced:
        """Return what is said of a run that could not be stopped between two lines."""
        asked = outcome.asked or Ending.STOPPED
        sentence = (
            f"{Path(self.plan.file).name} was in the midst of something below Python that took "
            "too long, and its process was ended. Look for a computation that is too large."
        )
        return Traced(None, Ended(asked, sentence), outcome.printed)

    def _died(self, outcome: Outcome) -> Traced:
        """Run a file whose process died twice more: to count its lines, and to stop at the last."""
        place = crash_place(self.plan)
        cause = death(outcome.code)
        again = self._up_to_its_death(cause) if outcome.has_begun and outcome.code else None
        if again is None or again.report is None:
            told = Ended(Ending.DIED, died(self.plan, place, outcome.code), place)
            return Traced(None, told, outcome.printed)
        report = again.report
        place = place or place_of(report.label, report.line, self.plan.file)
        told = Ended(Ending.DIED, died_again(self.plan, place, outcome.code), place)
        return Traced(_loaded(again), told, again.printed)

    def _up_to_its_death(self, cause: str) -> Outcome | None:
        self._run(replace(self.plan, again=Again(0)))
        count = last_count(self.plan.counter)
        if not count:
            return None
        message = f"The process died here ({cause})"
        outcome = self._run(replace(self.plan, again=Again(count, message)))
        return outcome if outcome.document is not None else None


def _loaded(outcome: Outcome) -> Saved | None:
    if outcome.document is None:
        return None
    try:
        return load(outcome.document)
    except DamagedRun:  # the file has written on the tutor's own line
        return None
