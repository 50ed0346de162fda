# coding: utf-8
# 隠れ層の数を自由に変えられるネットワーク(重み減衰つき) 上田
from collections import OrderedDict
from common.layers import *


class MultiLayerNet:
    """
    input_size : 入力の次元
    hidden_size_list : 隠れ層のニューロン数のリスト(例 [50, 30, 20])
    weight_decay_lambda : L2 ノルムの強さ
    """

    def __init__(self, input_size, hidden_size_list, output_size,
                 activation='relu', weight_decay_lambda=0):
        self.hidden_layer_num = len(hidden_size_list)
        self.weight_decay_lambda = weight_decay_lambda
        self.params = {}
        sizes = [input_size] + hidden_size_list + [output_size]
        gain = {'relu': 2.0, 'sigmoid': 1.0}[activation]
        for k in range(1, len(sizes)):
            self.params['W' + str(k)] = \
                np.sqrt(gain / sizes[k - 1]) * np.random.randn(sizes[k - 1], sizes[k])
            self.params['b' + str(k)] = np.zeros(sizes[k])

        activation_layer = {'sigmoid': Sigmoid, 'relu': Relu}
        self.layers = OrderedDict()
        for k in range(1, self.hidden_layer_num + 1):
            self.layers['Affine' + str(k)] = Affine(self.params['W' + str(k)],
                                                    self.params['b' + str(k)])
            self.layers['Activation' + str(k)] = activation_layer[activation]()
        k = self.hidden_layer_num + 1
        self.layers['Affine' + str(k)] = Affine(self.params['W' + str(k)],
                                                self.params['b' + str(k)])
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        decay = 0
        for k in range(1, self.hidden_layer_num + 2):
            decay += 0.5 * self.weight_decay_lambda * np.sum(self.params['W' + str(k)] ** 2)
        return self.last_layer.forward(self.predict(x), t) + decay

    def accuracy(self, x, t):
        y = np.argmax(self.predict(x), axis=1)
        if t.ndim != 1:
            t = np.argmax(t, axis=1)
        return np.sum(y == t) / float(x.shape[0])

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        grads = {}
        for k in range(1, self.hidden_layer_num + 2):
            affine = self.layers['Affine' + str(k)]
            grads['W' + str(k)] = affine.dW + self.weight_decay_lambda * affine.W
            grads['b' + str(k)] = affine.db
        return grads
