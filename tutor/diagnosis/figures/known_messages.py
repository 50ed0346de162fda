"""Warnings and exceptions whose words alone say what they point to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

METHODS: Final = (
    "forward", "backward", "predict", "loss", "gradient", "accuracy",
    "arange", "reshape", "argmax", "shape", "batch_size", "flatten", "zeros_like",
)  # fmt: skip
"""The names that are misspelt: first the methods of a layer or net, then others."""


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A kind of warning or exception, a pattern of its words, and one of what stands above it."""

    kind: str
    says: str
    pitfall: str
    sentence: str
    above: str = ""


KNOWN_MESSAGES: Final = (
    KnownMessage(
        "RuntimeWarning",
        "divide by zero encountered in log",
        "log-of-zero",
        "log(0) was taken: some y is exactly 0, and that loss is inf. Where it is multiplied by "
        "t = 0 it becomes NaN. Next: print y.min(), and use log(y + 1e-7).",
    ),
    KnownMessage(
        "RuntimeWarning",
        r"invalid value encountered in (?:\w+ )?multiply",
        "log-of-zero",
        "0 * inf is NaN: in -sum(t * log(y)) that is t = 0 beside y = 0. Other products of 0 and "
        "inf look the same. Next: print y.min(), and use log(y + 1e-7).",
    ),
    KnownMessage(
        "RuntimeWarning",
        "invalid value encountered in log",
        "",
        "The log of a negative number is NaN. What went into the log is no probability: raw "
        "logits, an output that a softmax with a wrong sum made, or y minus an epsilon. The "
        "warning does not say which. Next: print y.min() and y.sum(axis=1).",
    ),
    KnownMessage(
        "RuntimeWarning",
        r"invalid value encountered in (?:true_)?divide",
        "softmax-overflow",
        "inf / inf or 0 / 0 was divided, which is NaN. In a softmax inf / inf is an exp that "
        "overflowed, 0 / 0 a row whose logits are all more than 745 below the number taken away. "
        "The warning does not say which. Next: print np.max(a, axis=1) and np.min(a, axis=1).",
    ),
    KnownMessage(
        "RuntimeWarning",
        "encountered in scalar divide",
        "",
        "A number was divided by 0. In a quotient of differences the divisor is 2h, never x. "
        "Next: print the divisor in the line above.",
    ),
    KnownMessage(
        "RuntimeWarning",
        r"invalid value encountered in (?:\w+ )?subtract",
        "",
        "inf - inf is NaN. In a numerical gradient that is a loss of inf at x + h and at x - h; in "
        "a softmax, a row that holds inf. Next: print the loss, and np.isinf(W1).any().",
    ),
    KnownMessage(
        "RuntimeWarning",
        r"overflow encountered in (?:\w+ )?(?:multiply|matmul|dot|square|add|subtract|power)",
        "blow-up",
        "A product or a sum went past 1.8e308: the weights have grown without bound, most often "
        "from a rate too large or pixels of 0 to 255. Next: print np.abs(W1).max() every 100 "
        "steps, and x.max().",
    ),
    KnownMessage(
        "ComplexWarning",
        "discards the imaginary part",
        "complex-step-into-float",
        "A complex number was written into an array of floats, which keeps the real part alone: a "
        "complex step is lost there, and that gradient is 0. Next: x = x.astype(complex) first.",
    ),
    KnownMessage(
        "TypeError",
        r"only (?:size-1|length-1|0-dimensional) arrays can be converted",
        "one-d-loop-on-matrix",
        "A row stands where one number is needed: float(x[idx]) with x a matrix takes a whole row. "
        "Next: print x.shape; loop with np.ndindex(x.shape) or over x.reshape(-1).",
        r"tmp_val|float\(",
    ),
    KnownMessage(
        "TypeError",
        r"only (?:size-1|length-1|0-dimensional) arrays can be converted",
        "",
        "An array stands where one number is needed: a row of a matrix, or an f that gives more "
        "than one number. The message does not say which. Next: print np.shape of both.",
    ),
    KnownMessage(
        "TypeError",
        "only integer scalar arrays can be converted",
        "",
        "An array stands where Python needs one integer: an index of a list, range(...), a size. "
        "The message does not say which array. Next: print the type and the shape of the index in "
        "the line above.",
    ),
    KnownMessage(
        "IndexError",
        "arrays used as indices must be of integer",
        "label-one-hot-mixup",
        "An array of floats was used as an index. In y[arange(N), t] that is a t that is one-hot, "
        "labels kept "
        "as floats, or images in place of labels. Next: print t.shape and t.dtype.",
    ),
    KnownMessage(
        "AxisError",
        "axis 1 is out of bounds for array of dimension 1",
        "accuracy-axis",
        "argmax over axis 1 was asked of an array with one axis: t holds labels already, and not "
        "one-hot rows. Next: print t.shape; take the argmax only if t.ndim is 2.",
        r"argmax",
    ),
    KnownMessage(
        "AxisError",
        "axis 1 is out of bounds for array of dimension 1",
        "",
        "Axis 1 was asked of an array with one axis: one sample where a batch is expected, or "
        "labels where one-hot rows are. The message does not say which. Next: print both shapes.",
    ),
    KnownMessage(
        "TypeError",
        r"unsupported operand type\(s\) for -: 'NoneType' and 'NoneType'",
        "closure-returns-none",
        "f(x+h) - f(x-h) was None - None: the function handed to numerical_gradient calls the loss "
        "and has no return. Next: print f(W) once.",
    ),
    KnownMessage(
        "TypeError",
        r"'(?:numpy\.)?float(?:64|32)?' object is not callable",
        "closure-returns-none",
        "A number was called like a function: loss_W = net.loss(x, t) is the loss itself, while "
        "lambda W: net.loss(x, t) is a function. Next: print type(f).",
    ),
    KnownMessage(
        "AttributeError",
        "'NoneType' object has no attribute",
        "backward-returns-none",
        "None stands where an array or a layer belongs: something above has no return, or was "
        "never set. A backward without return hands None to the layer below. Next: print what each "
        "call in the line above gives.",
        r"backward|dout",
    ),
    KnownMessage(
        "Error",
        "NoneType",
        "returns-none",
        "None stands where a number or an array belongs: a function above has no return (without "
        "one, Python returns None), or a value was never set. Next: print what each call in the "
        "line above gives.",
    ),
    KnownMessage(
        "ValueError",
        r"non-broadcastable output operand|doesn't match the broadcast shape",
        "bias-gradient",
        "An array of a larger shape was to be written into a smaller one, such as b -= lr * db "
        "with db of shape (N, K): the bias's gradient must be summed over the batch, axis=0. Next: "
        "print the shapes of each parameter and its gradient.",
    ),
    KnownMessage(
        "ValueError",
        r"shapes \(.*\) (?:and \(.*\) )?not aligned|mismatch in its core dimension",
        "missing-transpose",
        "In a product of matrices the columns of the first must be the rows of the second. In a "
        "backward that is most often a missing .T: dx = dout @ W.T, dW = x.T @ dout. The message "
        "does not say which array is wrong. Next: print both shapes.",
    ),
    KnownMessage(
        "ValueError",
        "truth value of an array",
        "builtin-max-sum",
        "Python's own max compares rows of a matrix, and a row is neither true nor false. "
        "Next: use np.max.",
        r"(?<![\w.])max\(",
    ),
    KnownMessage(
        "ValueError",
        "truth value of an array",
        "",
        "An array with several entries stands where one true or false is needed: in an if, an and, "
        "or Python's own max. Next: look for these in the line above.",
    ),
    KnownMessage(
        "ValueError",
        "setting an array element with a sequence",
        "loss-not-scalar",
        "An array stands where one number is stored: in a numerical gradient that is an f that "
        "gives more than one number. Next: print np.shape(f(x)).",
    ),
    KnownMessage(
        "ValueError",
        r"cannot reshape array of size \d+ into shape",
        "hard-coded-batch",
        "The array has another number of entries than the shape asks for: often a batch size "
        "written into reshape. Next: use reshape(x.shape[0], -1).",
    ),
    KnownMessage(
        "KeyError",
        r"'[Wb]\d'",
        "wrong-key",
        "There is no entry of that name among the parameters or the gradients. "
        "Next: print params.keys() and grads.keys().",
    ),
    KnownMessage(
        "Error",
        r"Cannot cast ufunc .* from dtype\('float\d+'\) to dtype\('int\d+'\)",
        "integer-array",
        "A step with a fraction cannot be written into an array of integers. np.array([3, 4]) "
        "holds integers, np.array([3.0, 4.0]) floats; a numerical gradient of the first is wrong "
        "as well. Next: print x.dtype.",
    ),
    KnownMessage(
        "AttributeError",
        r"object has no attribute '\w+'",
        "crash",
        "The object has nothing of that name: a spelling (X is not x), or a value that another "
        "method sets first. Next: look for the name in the class.",
    ),
    KnownMessage(
        "NameError",
        r"name '\w+' is not defined",
        "crash",
        "A name is used that nothing before it defines: a spelling, a cell that was not run, or a "
        "self. that is missing. Next: look for the name's definition.",
    ),
)
