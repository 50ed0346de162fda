import numpy as np
import matplotlib.pylab as plt

# numeric derivatives, homework 1

def derivative(f, x, h=1e-5):
    return f(x + h) - f(x) / h


def tangent(f, x):
    d = derivative(f, x)
    b = f(x) - d * x
    return lambda t: d * t + b


square = lambda x: x ** 2
cubic = lambda x: x ** 3 - 2 * x + 1

for p in (0.5, 1.0, 2.0):
    print('square', p, derivative(square, p), 'expected', 2 * p)
    print('cubic ', p, derivative(cubic, p), 'expected', 3 * p ** 2 - 2)

xs = np.linspace(-2, 2, 100)
plt.plot(xs, square(xs))
plt.plot(xs, tangent(square, 0.5)(xs))
plt.show()
