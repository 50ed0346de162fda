#!/usr/bin/env python3
"""Day 4 - neural net from scratch (bootcamp).  Task: iris-like flowers."""
import numpy as np
import matplotlib.pyplot as plt


class NeuralNetwork:
    def __init__(self, input_size, hidden_size, output_size, learning_rate=0.1):
        np.random.seed(42)
        self.learning_rate = learning_rate
        self.weights1 = np.random.randn(input_size, hidden_size) * 0.5
        self.bias1 = np.zeros((1, hidden_size))
        self.weights2 = np.random.randn(hidden_size, output_size) * 0.5
        self.bias2 = np.zeros((1, output_size))
        self.losses = []

    def softmax(self, z):
        exp_z = np.exp(z - np.max(z, axis=1, keepdims=True))
        return exp_z / np.sum(exp_z, axis=1, keepdims=True)

    def feedforward(self, X):
        self.z1 = np.dot(X, self.weights1) + self.bias1
        self.a1 = np.tanh(self.z1)
        self.z2 = np.dot(self.a1, self.weights2) + self.bias2
        self.a2 = self.softmax(self.z2)
        return self.a2

    def compute_loss(self, X, y):
        a2 = self.feedforward(X)
        return -np.sum(y * np.log(a2 + 1e-15)) / X.shape[0]

    def backprop(self, X, y):
        m = X.shape[0]
        self.feedforward(X)
        dz2 = (self.a2 - y) / m
        self.d_weights2 = np.dot(self.a1.T, dz2)
        self.d_bias2 = np.sum(dz2, axis=0, keepdims=True)
        dz1 = np.dot(dz2, self.weights2.T) * (1 - np.power(self.a1, 2))
        self.d_weights1 = np.dot(X.T, dz1)
        self.d_bias1 = np.sum(dz1, axis=0, keepdims=True)

    def update(self):
        # gradient step
        self.weights1 += self.learning_rate * self.d_weights1
        self.bias1 += self.learning_rate * self.d_bias1
        self.weights2 += self.learning_rate * self.d_weights2
        self.bias2 += self.learning_rate * self.d_bias2

    def train(self, X, y, epochs=200):
        for epoch in range(epochs):
            self.backprop(X, y)
            self.update()
            self.losses.append(self.compute_loss(X, y))


def make_flowers(n=150):
    rng = np.random.RandomState(1)
    kind = np.repeat([0, 1, 2], n // 3)
    centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
    X = centers[kind] + 0.3 * rng.randn(n, 4)
    return (X - X.mean(axis=0)) / X.std(axis=0), np.eye(3)[kind]


if __name__ == "__main__":
    X, y = make_flowers()
    nn = NeuralNetwork(4, 8, 3)
    nn.train(X, y)
    print("first loss:", nn.losses[0], "last loss:", nn.losses[-1])
    plt.plot(nn.losses)
    plt.title("why is it going UP?")
    plt.show()
