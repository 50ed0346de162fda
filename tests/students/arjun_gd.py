import numpy as np


def function_2(x):
    """f(x0, x1) = x0^2 + x1^2"""
    return x[0] ** 2 + x[1] ** 2


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = float(tmp_val) + h
        fxh1 = f(x)
        x[idx] = float(tmp_val) - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    history = []
    for i in range(step_num):
        history.append(x.copy())
        x -= lr * numerical_gradient(f, x)
    return x, np.array(history)


print("gradient at (3, 4):", numerical_gradient(function_2, np.array([3, 4])))
print("gradient at (0, 2):", numerical_gradient(function_2, np.array([0, 2])))
print("gradient at (3, 0):", numerical_gradient(function_2, np.array([3, 0])))

x, hist = gradient_descent(function_2, np.array([-3.0, 4.0]), lr=0.1, step_num=100)
print("minimum:", x)
