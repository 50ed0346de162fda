# 소프트맥스 층의 기울기 검사
import numpy as np


def softmax(x):
    x -= np.max(x, axis=1, keepdims=True)   # 오버플로 방지
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)


def cross_entropy(y, t):
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), t] + 1e-7)) / n


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i, _ in np.ndenumerate(x):
        tmp = x[i]
        x[i] = tmp + h
        y1 = f(x)
        x[i] = tmp - h
        y2 = f(x)
        x[i] = tmp
        grad[i] = (y1 - y2) / (2 * h)
    return grad


np.random.seed(0)
scores = np.random.randn(4, 3) * 2
labels = np.array([0, 2, 1, 1])

y = softmax(scores.copy())
y[np.arange(4), labels] -= 1
dx = y / 4

num = numerical_gradient(lambda s: cross_entropy(softmax(s), labels), scores)
print(dx)
print(num)     # 값이 너무 크다...
