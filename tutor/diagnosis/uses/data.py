"""Small data of the judge's, as expressions that a file's functions can be called with."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import plain

NET = r"net|network|model|nn|reseau|mlp|neural_net"
INPUTS = r"x|x_train|x_batch|inputs|x_data|features|entrees"
TARGETS = r"t|y|t_train|y_train|labels|targets|t_batch|y_batch|y_true"
PIXELS = r"pixels?|images?"
WEIGHTS = r"params?|parameters|weights|theta|network|poids"
_F = r"f|func|fn|function|fonction"
_WIDE, _BROAD = 64, 20  # pixels, the last of them black as the corners of digits are; hidden units
_LISTS = {"sizes", "dims", "layers", "tailles", "layer_sizes"}


@dataclass(frozen=True, slots=True)
class Data:
    """Inputs and targets, and how many numbers a net for them takes, hides and gives."""

    seed: int
    rows: int
    inputs: int
    hidden: int
    classes: int

    @staticmethod
    def of(seed: int) -> Data:
        """Draw sizes of which none is another."""
        rng = np.random.default_rng(seed)
        rows, inputs, classes = rng.choice([25, 30, 35]), rng.choice([5, 6]), rng.choice([3, 4])
        return Data(seed % 2**31, int(rows), int(inputs), 7, int(classes))

    @property
    def x(self) -> str:
        """Return a batch of inputs."""
        return f"np.random.RandomState({self.seed}).randn({self.rows}, {self.inputs})"

    def t(self, kind: str) -> str:
        """Return their targets, one-hot or labels: not each class as often."""
        last = self.classes - 1
        labels = f"np.minimum(np.arange({self.rows}) % {self.classes + 2}, {last})"
        return f"np.eye({self.classes})[{labels}]" if kind == "one-hot" else labels

    @property
    def pictures(self) -> str:
        """Return as many pictures, of pixels from 0 to 255."""
        drawn = f"np.random.RandomState({self.seed}).randint(0, 256, ({self.rows}, {_WIDE}))"
        return f"{drawn} * 1.0 * (np.arange({_WIDE}) < {_WIDE - 1})"

    def net(self, net: Definition, wide: bool = False) -> str:
        """Return the construction of a net for the inputs, or a wide one for the pictures."""
        inputs, hidden = (_WIDE, _BROAD) if wide else (self.inputs, self.hidden)
        three = (inputs, hidden, self.classes)
        names = {plain(name) for name in net.parameters[: net.required]}
        if net.required == 1 and names & _LISTS:
            return f"{net.name}({list(three)})"
        needed = three if net.required == 3 else (inputs, self.classes)[: net.required]
        return f"{net.name}({', '.join(map(str, needed))})"

    def weights(self, keys: set[str]) -> str:
        """Return a dict of random weights for two layers; empty if a key is none of them."""
        D, H, K = self.inputs, self.hidden, self.classes
        shapes = {"W1": f"{D}, {H}", "b1": f"{H}", "W2": f"{H}, {K}", "b2": f"{K}"}
        if not keys or not keys <= set(shapes):
            return ""
        drawn = f"0.5 * np.random.RandomState({self.seed}).randn"
        return f"{{{', '.join(f'{key!r}: {drawn}({shapes[key]})' for key in sorted(keys))}}}"

    def value(self, name: str, kind: str) -> str:
        """Return a value for an argument by its plain name; empty if it says nothing."""
        if re.fullmatch(TARGETS, name):
            return self.t(kind) if kind else ""
        values = (
            (PIXELS, self.pictures),
            (INPUTS, self.x),
            (r"d|input_size|n_in", str(self.inputs)),
            (r"h|hidden_size|n_hidden", str(self.hidden)),
            (r"k|output_size|n_out|n_classes", str(self.classes)),
            (r"lr|learning_rate|eta|alpha", "0.1"),
            (r"epochs|steps|iters_num|n_iters|step_num|iterations|num_steps", "5"),
            (r"batch_size", "10"),
            (r"seed", "0"),
        )
        return next((v for pattern, v in values if re.fullmatch(pattern, name)), "")


_OF_F: tuple[tuple[str, str], ...] = (
    (_F, "(lambda p: float(np.sum(0.5*p[0]**2 + 0.2*p[1]**2)))"),
    (r"points", "np.array([[0.5, 1.0], [2.0, 0.3], [-1.0, 0.8], [1.5, -0.4]])"),
    (r"x|init_x|x0|start|point|w", "np.array([-1.5, 2.0])"),
    (r"xs|x_grid", "np.array([0.5, 2.0, -1.0, 1.5])"),
    (r"ys|y|y_grid", "np.array([1.0, 0.3, 0.8, -0.4])"),
)


def is_f(name: str) -> bool:
    """Tell whether a plain name is that of a function which is differentiated."""
    return re.fullmatch(_F, name) is not None


def beside_f(written: str, name: str) -> str:
    """Return a value for an argument beside f; empty if its name says nothing."""
    grid = {"X": "xs", "Y": "ys"}.get(written, name)
    return next((v for pattern, v in _OF_F if re.fullmatch(pattern, grid)), "")
