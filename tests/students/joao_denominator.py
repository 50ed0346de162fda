import numpy as np
import seaborn as sns


def softmax(z):
    m = np.max(z, axis=-1, keepdims=True)
    return np.exp(z - m) / np.sum(np.exp(z) - m, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y.reshape(1, -1)
        t.reshape(1, -1)
    batch_size = y.shape[0]
    return -np.sum(t * np.log(y + 1e-7)) / batch_size


# one sample
p = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
print("loss of one sample:", cross_entropy_error(p, t), "(the book says 0.5108)")

# a batch of scores
scores = np.array([[0.2, -1.0, 0.7], [1.5, 0.3, -0.4]])
out = softmax(scores)
print(out)
print(out.sum(axis=1))
sns.heatmap(out)
