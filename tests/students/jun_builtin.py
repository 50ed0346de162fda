import numpy as np


def soft_max(x):
    biggest = max(x)
    e = np.exp(x - biggest)
    return e / sum(e)


def predict(x, W, b):
    return soft_max(np.dot(x, W) + b)


W = np.array([[0.1, 0.3, -0.5], [0.2, -0.4, 0.6]])
b = np.array([0.1, 0.2, 0.3])

# 1件なら動く
print(predict(np.array([1.0, 0.5]), W, b))

# バッチにすると ValueError
X = np.array([[1.0, 0.5], [0.3, -1.0], [2.0, 0.1], [0.0, 0.7]])
Y = predict(X, W, b)
print(np.argmax(Y, axis=1))
