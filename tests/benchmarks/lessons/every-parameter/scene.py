"""The numerical gradient of 784-50-10, recorded twice: at the net's arrays and at copies."""

from __future__ import annotations

from tests.benchmarks.runs import two_layer_net
from tutor.nets import numerical_gradient
from tutor.trace import Recorder, Recording

net, x, t = two_layer_net()


def f(W):
    return net.loss(x, t)


def gradients(arrays):
    return {key: numerical_gradient(f, value) for key, value in arrays.items()}


def mutated() -> Recording:
    return Recorder(numerical_gradient).run(gradients, net.params)


def copied() -> Recording:
    copies = {key: value.copy() for key, value in net.params.items()}
    return Recorder(numerical_gradient).run(gradients, copies)
