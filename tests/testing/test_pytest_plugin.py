"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]
INSTALLED = list(entry_points(group="pytest11", name="gradtutor"))
ARGUMENTS = () if INSTALLED else ("-p", "tutor.pytest_plugin")
QUIET = ("-p", "no:asyncio", "-p", "no:cacheprovider")


@pytest.fixture
def run(pytester, request):
    root = request.config.rootpath
    pytester.syspathinsert(root)

    def runs(source):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(*ARGUMENTS, *QUIET)

    return runs


def test_a_net_that_is_wrong_fails_with_the_diagnosis(run):
    result = run(
        """
        from tests.testing.nets import T, Usual, X
        from tutor.pytest_plugin import assert_gradients_agree

        def test_right():
            assert_gradients_agree(Usual(), X, T)

        def test_wrong():
            assert_gradients_agree(Usual(factor=3.0), X, T, judge=False)
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: The gradients by backprop are not the slopes of the loss.",
            "E * W is wrong in all 2 entries, most at (*, 0): backprop says *, the slope is *.*",
            "E * b agrees.",
        ]
    )
    result.stdout.no_fnmatch_line("*disagreement(parts*")


def test_the_fixture_records_checks_and_diagnoses(run):
    result = run(
        """
        import numpy as np
        from tests.testing.nets import T, Usual, X
        from tutor.nets import numerical_gradient

        def test_record(gradtutor):
            net = Usual()
            W = net.params["W"]
            run = gradtutor.record(numerical_gradient, lambda _: net.loss(X, T), W)
            assert run.passes == 2
            assert np.allclose(run.result, net.gradient(X, T)["W"], rtol=1e-6)

        def test_check(gradtutor):
            assert gradtutor.check(Usual(), X, T).ok
            assert [one.name for one in gradtutor.check(Usual(2.0), X, T).wrong] == ["W"]

        def test_diagnose(gradtutor):
            source = "import numpy as np\\ndef softmax(x):\\n    e = np.exp(x)\\n    return e\\n"
            assert gradtutor.diagnose(source).errors

        def test_agree(gradtutor):
            gradtutor.assert_gradients_agree(Usual(), X, T)
        """
    )
    result.assert_outcomes(passed=4)


def test_pytest_starts_without_numpy(run):
    result = run(
        """
        import sys

        def test_nothing_heavy(gradtutor):
            heavy = {"numpy", "textual", "click", "tutor.trace", "tutor.checks", "tutor.diagnosis"}
            assert not heavy & set(sys.modules)
        """
    )
    result.assert_outcomes(passed=1)


def test_the_entry_point_is_declared(request):
    text = (request.config.rootpath / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\ngradtutor = "tutor.pytest_plugin"' in text
