# バッチサイズの割り算は Affine レイヤの中で行う方針
import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, dout):
        batch_size = self.x.shape[0]
        self.dW = self.x.T.dot(dout) / batch_size
        self.db = dout.sum(axis=0) / batch_size
        return dout.dot(self.W.T)


class Sigmoid:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


class SoftmaxWithLoss:
    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        self.t = t
        return -np.sum(t * np.log(self.y + 1e-7)) / len(x)

    def backward(self, dout=1):
        # 割り算は Affine でやるので、ここではしない
        return dout * (self.y - self.t)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {'W1': 0.1 * np.random.randn(input_size, hidden_size),
                       'b1': np.zeros(hidden_size),
                       'W2': 0.1 * np.random.randn(hidden_size, output_size),
                       'b2': np.zeros(output_size)}
        self.layers = [Affine(self.params['W1'], self.params['b1']), Sigmoid(),
                       Affine(self.params['W2'], self.params['b2'])]
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward()
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return {'W1': self.layers[0].dW, 'b1': self.layers[0].db,
                'W2': self.layers[2].dW, 'b2': self.layers[2].db}


np.random.seed(0)
net = TwoLayerNet(4, 6, 3)
x = np.random.randn(30, 4)
t = np.eye(3)[np.argmax(x[:, :3], axis=1)]
for i in range(200):
    grads = net.gradient(x, t)
    for key in net.params:
        net.params[key] -= 1.0 * grads[key]
print(net.loss(x, t))
