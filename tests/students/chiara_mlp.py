import numpy as np
from tensorflow.keras.datasets import mnist


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        idx = it.multi_index
        tmp = x[idx]
        x[idx] = tmp + h
        f1 = f(x)
        x[idx] = tmp - h
        f2 = f(x)
        grad[idx] = (f1 - f2) / (2 * h)
        x[idx] = tmp
        it.iternext()
    return grad


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def crossEntropy(y, t):
    return -np.mean(np.log(y[range(len(t)), t] + 1e-7))


class MLP:
    def __init__(self, inputSize, hiddenSize, outputSize):
        self.params = {}
        self.params['W1'] = 0.01 * np.random.randn(inputSize, hiddenSize)
        self.params['b1'] = np.zeros(hiddenSize)
        self.params['W2'] = 0.01 * np.random.randn(hiddenSize, outputSize)
        self.params['b2'] = np.zeros(outputSize)

    def predict(self, x):
        h = sigmoid(x.dot(self.params['W1']) + self.params['b1'])
        return softmax(h.dot(self.params['W2']) + self.params['b2'])

    def loss(self, x, t):
        return crossEntropy(self.predict(x), t)

    def numericalGradient(self, x, t):
        lossW = lambda W: self.loss(x, t)
        grads = {}
        grads['W1'] = numerical_gradient(lossW, self.params['W1'])
        grads['b1'] = numerical_gradient(lossW, self.params['b1'])
        grads['W2'] = numerical_gradient(lossW, self.params['W1'])
        grads['b2'] = numerical_gradient(lossW, self.params['b2'])
        return grads


(xTrain, tTrain), _ = mnist.load_data()
xTrain = xTrain.reshape(-1, 784) / 255.0

net = MLP(784, 10, 10)
for step in range(3):
    idx = np.random.choice(len(xTrain), 8)
    grads = net.numericalGradient(xTrain[idx], tTrain[idx])
    for key in grads:
        net.params[key] -= 0.1 * grads[key]
    print(step, net.loss(xTrain[idx], tTrain[idx]))
