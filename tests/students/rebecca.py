# my attempt at layers without looking at the answer. Rebecca
import numpy as np

class Affine():
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.W = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx

class Sigmoid():
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)

class SoftmaxLoss():
    def forward(self, x, t):
        z = x - np.max(x, axis=1).reshape(-1, 1)
        z = np.exp(z)
        self.y = z / np.sum(z, axis=1).reshape(-1, 1)
        self.t = t
        return -np.sum(t * np.log(self.y + 1e-8)) / len(x)

    def backward(self):
        return (self.y - self.t) / len(self.t)

class Net():
    def __init__(self, i, h, o):
        self.W1 = np.random.normal(0, 0.3, (i, h))
        self.b1 = np.zeros(h)
        self.W2 = np.random.normal(0, 0.3, (h, o))
        self.b2 = np.zeros(o)
        self.fc1 = Affine(self.W1, self.b1)
        self.act = Sigmoid()
        self.fc2 = Affine(self.W2, self.b2)
        self.end = SoftmaxLoss()

    def loss(self, x, t):
        s = self.fc2.forward(self.act.forward(self.fc1.forward(x)))
        return self.end.forward(s, t)

    def grad(self, x, t):
        self.loss(x, t)
        d = self.end.backward()
        d = self.fc2.backward(d)
        d = self.act.backward(d)
        self.fc1.backward(d)
        return {'W1': self.fc1.W, 'b1': self.fc1.db, 'W2': self.fc2.W, 'b2': self.fc2.db}

np.random.seed(7)
x = np.random.rand(40, 6)
t = np.eye(3)[np.argmax(x[:, :3], axis=1)]
net = Net(6, 12, 3)
for i in range(20):
    g = net.grad(x, t)
    net.W1 -= 0.5 * g['W1']
    net.b1 -= 0.5 * g['b1']
    net.W2 -= 0.5 * g['W2']
    net.b2 -= 0.5 * g['b2']
    print(i, net.loss(x, t))
