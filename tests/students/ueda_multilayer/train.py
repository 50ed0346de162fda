# coding: utf-8
import numpy as np
from multi_layer_net import MultiLayerNet
from dataset.mnist import load_mnist

(x_train, t_train), (x_test, t_test) = load_mnist(normalize=True)
x_train, t_train = x_train[:300], t_train[:300]     # わざと少なく

network = MultiLayerNet(784, [100, 80, 60], 10, weight_decay_lambda=0.1)
for i in range(201):
    batch_mask = np.random.choice(x_train.shape[0], 100)
    grads = network.gradient(x_train[batch_mask], t_train[batch_mask])
    for key in network.params:
        network.params[key] -= 0.01 * grads[key]
    if i % 50 == 0:
        print(i, network.accuracy(x_train, t_train), network.accuracy(x_test, t_test))
