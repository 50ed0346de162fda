"""One curve differentiated with steps from 1e-1 to 1e-16: two sides, one side, float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls import Setting, code_of, find
from tutor.trace import Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

STEPS = tuple(float(f"1e-{power}") for power in range(1, 17))
NET_STEPS = (1e-2, 1e-3, 1e-4, 1e-5)
Gradient = Callable[..., FloatArray]

POINT = (2.1, 3.3)


def curve(x):
    return np.sum(np.exp(x))


def point() -> FloatArray:
    return np.array(POINT)


def point_in_float32() -> FloatArray:
    return np.array(POINT, dtype=np.float32)


def wide() -> Recording:
    return record(numerical_gradient, curve, point(), 1e-1)


def narrower() -> Recording:
    return record(numerical_gradient, curve, point(), 1e-2)


def usual() -> Recording:
    return record(numerical_gradient, curve, point(), 1e-4)


def narrow() -> Recording:
    return record(numerical_gradient, curve, point(), 1e-10)


def too_narrow() -> Recording:
    return record(numerical_gradient, curve, point(), 1e-16)


def far_too_narrow() -> Recording:
    return record(find("step-underflow").wrong, curve, point())


def one_sided() -> Recording:
    return record(find("forward-difference").wrong, curve, point(), 1e-4)


def single() -> Recording:
    return record(numerical_gradient, curve, point_in_float32(), 1e-4)


def errors_by_h(f, x, true, sizes):
    errors = np.zeros(len(sizes))
    for i, h in enumerate(sizes):
        slopes = numerical_gradient(f, x, h)
        errors[i] = np.max(abs(slopes / true - 1))
    return errors


def by_size() -> Recording:
    return record(errors_by_h, curve, point(), np.exp(point()), STEPS)


# --- what the text quotes --------------------------------------------------------------------


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    errors = runs["by-size"].result
    two, one, single = STEPS[np.argmin(errors)], best(upwards()), best(in_float32())
    return {
        "x": point(),
        "true": float(np.exp(POINT[0])),
        **{f"slope_{name}": slope(runs[name]) for name in ("wide", "narrower", "usual", "narrow")},
        "off_wide": off(runs["wide"]),
        "off_narrower": off(runs["narrower"]),
        "off_usual": off(runs["usual"]),
        "off_narrow": off(runs["narrow"]),
        "off_one_sided": off(runs["one-sided"]),
        "off_single": off(runs["single"], point_in_float32()),
        "floats_usual": floats_between(runs["usual"]),
        "floats_narrow": floats_between(runs["narrow"]),
        "spacing": float(np.spacing(POINT[0])),
        "spacing_single": float(np.spacing(point_in_float32()[0])),
        "slope_before": float(numerical_gradient(curve, point(), 1e-15)[0]),
        "single_up": moved_by(np.float32(1e-4)),
        "best_two": two,
        "best_one": one,
        "best_single": single,
        "least_two": min(errors),
        "least_one": min(upwards()),
        "least_single": min(in_float32()),
        "net_floor": errors_of_nets(1e-4)[0],
        "cube_root": float(np.cbrt(np.finfo(np.float64).eps)),
        "cube_root_single": float(np.cbrt(np.finfo(np.float32).eps)),
    }


def slope(recording: Recording) -> float:
    return float(recording.result[0])


def off(recording: Recording, x: FloatArray | None = None) -> float:
    """Return by how much of itself the worst slope of a run is off."""
    return error_of(recording.result, point() if x is None else x)


def error_of(slopes: FloatArray, x: FloatArray) -> float:
    return float(np.max(np.abs(slopes / np.exp(x.astype(float)) - 1)))


def floats_between(recording: Recording) -> int:
    """Return how many floats fxh1 is above fxh2, for the first element."""
    first = recording.iterations[0]
    return round(float(first["fxh1"] - first["fxh2"]) / float(np.spacing(first["fxh2"])))


def moved_by(h: np.float32) -> float:
    """Return how far the first element really moves if h is added to it in float32."""
    x = point_in_float32()[0]
    return float(x + h) - float(x)


def errors_of(gradient: Gradient, x: FloatArray) -> list[float]:
    """Return the largest error for each step, 1 where the slope is no number at all."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return [error_of(gradient(curve, x.copy(), h), x) for h in STEPS]


def upwards() -> list[float]:
    return errors_of(find("forward-difference").wrong, point())


def in_float32() -> list[float]:
    return errors_of(numerical_gradient, point_in_float32())


def best(errors: Sequence[float]) -> float:
    return STEPS[int(np.argmin(errors))]


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    central = [float(error) for error in runs["by-size"].result]
    return {
        "central": Table(
            "Two sides, float64: the worst slope is off by this much of itself",
            ("h", "off by", "digits that are right"),
            tuple((f"{h:.0e}", *shown(e)) for h, e in zip(STEPS, central, strict=True)),
        ),
        "one-sided": side_by_side(("two sides", "upwards only"), central, upwards(), slice(3, 10)),
        "float32": side_by_side(("float64", "float32"), central, in_float32(), slice(7)),
        "net": Table(
            "The numerical gradient of W1 in a small net, off by",
            ("h", "float64", "float32"),
            tuple((f"{h:.0e}", *(f"{e:.0e}" for e in errors_of_nets(h))) for h in NET_STEPS),
        ),
    }


def shown(error: float) -> tuple[str, str]:
    """Return an error, and a bar with a mark for each digit that is right."""
    digits = max(0, int(-np.log10(error)))
    return f"{error:.0e}", "#" * digits


def side_by_side(
    names: tuple[str, str], left: list[float], right: list[float], part: slice
) -> Table:
    """Return the errors of two ways beside each other, for some of the steps."""
    rows = list(zip(STEPS, left, right, strict=True))[part]
    return Table(
        "Off by",
        ("h", *names),
        tuple((f"{h:.0e}", f"{a:.0e}", f"{b:.0e}") for h, a, b in rows),
    )


def errors_of_nets(h: float) -> tuple[float, ...]:
    """Return how far W1's numerical gradient is off, of its largest slope: float64, float32."""
    setting = Setting()
    right = setting.net(code_of()).gradient(setting.x, setting.t)["W1"]
    nets = (setting.net(code) for code in (code_of(), find("float32-noise").code()))
    return tuple(
        float(np.max(np.abs(slopes_of_W1(net, setting, h) - right)) / np.max(np.abs(right)))
        for net in nets
    )


def slopes_of_W1(net: Any, setting: Setting, h: float) -> FloatArray:
    return numerical_gradient(lambda _: net.loss(setting.x, setting.t), net.params["W1"], h)


# --- the exercise ----------------------------------------------------------------------------

CASES = 8
LIMITS = {np.float64: 1e-8, np.float32: 2e-4}
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Case:
    """f(x) = sum of exp(a x): a point x and rates a, both of shape (3,) and of one type."""

    a: FloatArray
    x: FloatArray

    @classmethod
    def draw(cls, rng: np.random.Generator, dtype: type) -> Case:
        return cls(rng.uniform(0.8, 1.2, 3).astype(dtype), rng.uniform(2, 3, 3).astype(dtype))

    def errors(self, slopes: FloatArray) -> FloatArray:
        """Return how much of itself each slope is off, with its sign."""
        a, x = self.a.astype(float), self.x.astype(float)
        return slopes.astype(float) / (a * np.exp(a * x)) - 1


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    means: dict[str, object] = {}
    for dtype, limit in LIMITS.items():
        name = np.dtype(dtype).name
        found, mean = judged(oracle, [Case.draw(rng, dtype) for _ in range(CASES)], limit)
        if found is not None:
            text, own = found
            return Verdict(False, text, {"name": name, "limit": limit, **means, **own})
        means[name] = mean
    return Verdict(True, "solved", means)


def judged(oracle: Oracle, cases: list[Case], limit: float) -> tuple[Fault | None, float]:
    """Return what is wrong with the slopes at some points of one type, and their mean error."""
    answers = [oracle.call("try_it", case.a, case.x, True) for case in cases]
    for case, answer in zip(cases, answers, strict=True):
        if not (isinstance(answer, tuple) and len(answer) == 2):
            return ("no-parts", {}), 0.0
        if not isinstance(answer[0], np.ndarray) or answer[0].shape != case.x.shape:
            return ("no-array", {"what": described(answer[0]), "shape": case.x.shape}), 0.0
    slopes = np.array([grad for grad, _ in answers], dtype=float)
    errors = np.array([case.errors(grad) for case, (grad, _) in zip(cases, answers, strict=True)])
    mean = float(np.mean(np.abs(errors)))
    fault = off_by(cases, slopes, errors, limit) or moved(cases, answers)
    return fault or unread(oracle, cases[0]), mean


def off_by(cases: list[Case], slopes: FloatArray, errors: FloatArray, limit: float) -> Fault | None:
    """Name what is wrong with the size of the step, None if the slopes are near enough."""
    single = cases[0].x.dtype == np.float32
    if not np.isfinite(slopes).all():
        return "not-a-number", {}
    if not slopes.any():
        return "zeros-in-float32" if single else "zeros", {}
    mean = float(np.mean(np.abs(errors)))
    if mean <= limit:
        return None
    rates = np.array([case.a for case in cases], dtype=float)
    shown: dict[str, object] = {"mean": mean}
    if np.allclose(errors, np.median(errors), rtol=1e-2, atol=0):
        return "factor", {"factor": 1 + float(np.median(errors))}
    if np.allclose(errors / rates, np.median(errors / rates), rtol=5e-2, atol=0):
        return "one-sided", shown
    if np.all(errors > 0):
        # exp is bent alike everywhere: what h cuts off is h ** 2 / 6 times the squared rate.
        h = float(np.sqrt(6 * np.median(errors / rates**2)))
        return "too-wide", {**shown, "h": h}
    return "noise-in-float32" if single else "noise", shown


def moved(cases: list[Case], answers: list[Any]) -> Fault | None:
    """Return the verdict on an x that was not put back."""
    for case, (_, left) in zip(cases, answers, strict=True):
        if not np.array_equal(left, case.x):
            return "not-put-back", {"most": float(np.max(np.abs(left - case.x)))}
    return None


def unread(oracle: Oracle, case: Case) -> Fault | None:
    """Return the verdict on slopes of 0 where f reads the array itself, as a net does."""
    slopes, _ = oracle.call("try_it", case.a, case.x, False)
    return None if np.any(slopes) else ("perturbs-a-copy", {})


def described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "nothing" if value is None else f"a {type(value).__name__}"
