import numpy as np


def numerical_gradient(f, x):
    print("begin")
    grad = np.zeros_like(x)
    for i in range(x.size):
        keep = x[i]
        x[i] = keep + 0.5
        fxh1 = f(x)
        x[i] = keep - 0.5
        fxh2 = f(x)
        print("i =", i)
        grad[i] = fxh1 - fxh2
        x[i] = keep
    return grad


def f(x):
    print("x is", x)
    return np.sum(x**2)


print("before")
numerical_gradient(f, np.array([1.0, 2.0]))
print("after")
