"""The right nets: what a learner's code is held beside. They stand on NumPy alone."""

from tutor.nets.arrays import FloatArray, Function, Seed
from tutor.nets.data import DataError, Dataset, Samples, load_digits, load_mnist
from tutor.nets.functions import cross_entropy_error, one_hot, relu, sigmoid, softmax
from tutor.nets.gradient import gradient_descent, numerical_gradient
from tutor.nets.layers import Affine, Relu, Sigmoid, SoftmaxWithLoss
from tutor.nets.networks import SigmoidTwoLayerNet, SimpleNet, TwoLayerNet

__all__ = [
    "Affine",
    "DataError",
    "Dataset",
    "FloatArray",
    "Function",
    "Relu",
    "Samples",
    "Seed",
    "Sigmoid",
    "SigmoidTwoLayerNet",
    "SimpleNet",
    "SoftmaxWithLoss",
    "TwoLayerNet",
    "cross_entropy_error",
    "gradient_descent",
    "load_digits",
    "load_mnist",
    "numerical_gradient",
    "one_hot",
    "relu",
    "sigmoid",
    "softmax",
]
