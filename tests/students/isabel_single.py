# Digit by digit prediction, one picture at a time
import numpy as np
from dataset.mnist import load_mnist


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(a):
    """a is the score vector of ONE picture, shape (10,)."""
    exp_a = np.exp(a - np.max(a))
    return exp_a / np.sum(exp_a)


def get_data():
    (_, _), (x_test, t_test) = load_mnist(normalize=True, flatten=True, one_hot_label=False)
    return x_test, t_test


def init_network(sizes=(784, 50, 100, 10)):
    # the trained weights come next week, random ones until then
    rng = np.random.default_rng(0)
    network = {}
    for i, (a, b) in enumerate(zip(sizes, sizes[1:]), 1):
        network["W%d" % i] = rng.normal(0, 0.1, (a, b))
        network["b%d" % i] = np.zeros(b)
    return network


def predict(network, x):
    z1 = sigmoid(np.dot(x, network["W1"]) + network["b1"])
    z2 = sigmoid(np.dot(z1, network["W2"]) + network["b2"])
    return softmax(np.dot(z2, network["W3"]) + network["b3"])


def main():
    x, t = get_data()
    network = init_network()
    hits = 0
    for i in range(len(x)):
        y = predict(network, x[i])
        hits += int(np.argmax(y) == t[i])
    print("Accuracy:", hits / len(x))


print(softmax(np.array([0.3, 2.9, 4.0])))
print(softmax(np.array([1010, 1000, 990])))

if __name__ == "__main__":
    main()
