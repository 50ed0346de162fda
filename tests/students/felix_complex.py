"""Complex step differentiation: f'(x) = Im f(x + ih) / h, no cancellation at all."""
import numpy as np

STEP = 1e-20


def complex_step_gradient(f, x):
    grad = np.zeros_like(x)
    for i in range(len(x)):
        x[i] += STEP * 1j
        grad[i] = np.imag(f(x)) / STEP
        x[i] -= STEP * 1j
    return grad


def energy(v):
    return np.exp(v[0]) * np.sin(v[1]) + v[2] ** 3


point = np.array([0.5, 1.2, -0.7])
exact = np.array([
    np.exp(0.5) * np.sin(1.2),
    np.exp(0.5) * np.cos(1.2),
    3 * 0.7 ** 2,
])
print("complex step:", complex_step_gradient(energy, point))
print("exact       :", exact)
