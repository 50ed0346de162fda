from __future__ import annotations

import numpy as np


class Trainer:
    """Trains, and checks itself first."""

    def __init__(self, w: np.ndarray) -> None:
        self.w = w

    @staticmethod
    def num_grad(f, w, h: float = 1e-5):
        out = np.zeros_like(w)
        it = np.nditer(w, flags=["multi_index"])
        for _ in it:
            i = it.multi_index
            kept = w[i]
            w[i] = kept + h
            plus = f(w)
            w[i] = kept - h
            minus = f(w)
            w[i] = kept
            out[i] = (plus - minus) / (2 * h)
        return out

    def check(self) -> None:
        self.dw = self.num_grad(lambda w: float(np.sum(w**4)), self.w)


trainer = Trainer(np.array([[1.0], [2.0]]))
trainer.check()
