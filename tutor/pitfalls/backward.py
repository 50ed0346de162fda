"""Wrong variants of the backward pass."""

from __future__ import annotations

from tutor.nets.arrays import FloatArray
from tutor.nets.layers import SoftmaxWithLoss


class MissingBatchDivision(SoftmaxWithLoss):
    """Softmax with loss whose loss is a mean over the batch, and whose backward is a sum.

    It takes and gives what `tutor.nets.SoftmaxWithLoss` does.
    """

    def backward(self, dout: float = 1.0) -> FloatArray:
        """Return dx, of the shape of x: N times the slope of the loss."""
        dx: FloatArray = self.y - self.t
        return dx * dout


def missing_division_ratio(batch_size: int) -> float:
    """Predict backprop / numerical: N, in every parameter and every entry with a slope."""
    return float(batch_size)
