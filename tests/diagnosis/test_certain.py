"""Which exceptions are the code's own, whatever it was called with."""

from __future__ import annotations

import ast

import pytest

from tutor.diagnosis.certain import is_certain
from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.names import Role

NET = """\
class Net:
    def __init__(self):
        self.params = {}
        self.params['W1'] = 1

    def loss(self, x, t):
        return self.params['W1'] + self.params['b1'], self.cache['a'], self.seen

    def forward(self, x):
        self.cache = {}
        self.cache['a'] = x
        self.seen = x
"""
DEFINED = definitions("__main__", ast.parse(NET))["Net"]
SURE = (
    "UnboundLocalError: local variable 'y'",
    "TypeError: 'int' object is not callable",
    "TypeError: 'tuple' object cannot be interpreted as an integer",
    "TypeError: unhashable type: 'numpy.ndarray'",
    "AttributeError: module 'numpy' has no attribute 'shpae'",
    "AttributeError: 'numpy.ndarray' object has no attribute 'shapep'",
    "AttributeError: 'Net' object has no attribute 'prams'",
    "KeyError: 'b1'",
)
NOT_SURE = (
    "TypeError: 'numpy.ndarray' object is not callable",
    "AttributeError: 'numpy.ndarray' object has no attribute 'keys'",
    "AttributeError: 'int' object has no attribute 'shape'",
    "AttributeError: 'Net' object has no attribute 'seen'",
    "KeyError: 'a'",
    "ValueError: operands could not be broadcast together",
)


@pytest.mark.parametrize("told", SURE)
def test_what_is_its_own(told: str) -> None:
    assert is_certain(told, Role.NETWORK, DEFINED, 7, missing=False)


@pytest.mark.parametrize("told", NOT_SURE)
def test_what_may_be_of_its_arguments_or_of_the_order_of_calls(told: str) -> None:
    assert not is_certain(told, Role.NETWORK, DEFINED, 7, missing=False)


def test_a_module_that_is_missing_may_have_given_a_name() -> None:
    told = "NameError: name 'softmax' is not defined"
    assert is_certain(told, Role.LOSS, DEFINED, 7, missing=False)
    assert not is_certain(told, Role.LOSS, DEFINED, 7, missing=True)
