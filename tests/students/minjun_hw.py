# 딥러닝 과제 3 - 김민준
# 2층 신경망의 역전파 구현
import numpy as np


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)   # 오버플로 방지
    exp_z = np.exp(z)
    return exp_z / exp_z.sum(axis=1, keepdims=True)


class Affine:
    """완전연결 계층"""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.matmul(x, self.W) + self.b

    def backward(self, dout):
        m = self.x.shape[0]
        # 배치 평균
        self.dW = np.matmul(self.x.T, dout) / m
        self.db = np.sum(dout, axis=0) / m
        return np.matmul(dout, self.W.T)


class Sigmoid:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


class SoftmaxLoss:
    def forward(self, x, t):
        """t: 정답 레이블 (정수)"""
        self.y = softmax(x)
        self.t = t
        n = len(t)
        return -np.mean(np.log(self.y[np.arange(n), t] + 1e-10))

    def backward(self):
        n = len(self.t)
        dx = self.y.copy()
        dx[np.arange(n), self.t] -= 1
        return dx / n


class Net:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = []
        for i, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:])):
            W = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out))
            self.layers.append(Affine(W, np.zeros(n_out)))
            if i < len(sizes) - 2:
                self.layers.append(Sigmoid())
        self.loss_layer = SoftmaxLoss()

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.loss_layer.forward(self.predict(x), t)

    def backward(self):
        d = self.loss_layer.backward()
        for layer in self.layers[::-1]:
            d = layer.backward(d)

    def step(self, lr):
        for layer in self.layers:
            if isinstance(layer, Affine):
                layer.W -= lr * layer.dW
                layer.b -= lr * layer.db


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    # 가우시안 덩어리 3개
    centers = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    t = rng.integers(0, 3, 300)
    x = centers[t] + 0.5 * rng.normal(size=(300, 2))

    net = Net([2, 16, 3])
    for epoch in range(200):
        order = rng.permutation(300)
        for i in range(0, 300, 30):
            batch = order[i:i + 30]
            net.loss(x[batch], t[batch])
            net.backward()
            net.step(lr=1.0)
        if epoch % 50 == 0:
            print(epoch, net.loss(x, t))   # 왜 이렇게 느리지?
