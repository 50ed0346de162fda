import numpy as np


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)


class Dense:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return x.dot(self.w) + self.b

    def backward(self, dout):
        self.dw = self.x.T.dot(dout)
        self.db = dout.sum(0)
        return dout.dot(self.w.T)


class Net:
    def __init__(self, d, h, c):
        r = np.random.RandomState(42)
        self.params = {'w1': r.randn(d, h) * .1, 'b1': np.zeros(h),
                       'w2': r.randn(h, c) * .1, 'b2': np.zeros(c)}
        self.l1 = Dense(self.params['w1'], self.params['b1'])
        self.act = Sigmoid()
        self.l2 = Dense(self.params['w2'], self.params['b2'])

    def scores(self, x):
        return self.l2.forward(self.act.forward(self.l1.forward(x)))

    def loss(self, x, t):
        s = self.scores(x)
        s = s - s.max(axis=1, keepdims=True)
        logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        self.p = np.exp(logp)
        return -logp[np.arange(len(t)), t].mean()

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.p.copy()
        d[np.arange(len(t)), t] -= 1
        d = self.l2.backward(d / len(t))
        self.l1.backward(self.act.backward(d))
        return {'w1': self.l1.dw, 'b1': self.l1.db, 'w2': self.l2.dw, 'b2': self.l2.db}

    def numerical_gradient(self, x, t, h=1e-5):
        grads = {}
        for k, p in self.params.items():
            grads[k] = np.zeros_like(p)
            for i in np.ndindex(p.shape):
                old = p[i]
                p[i] = old + h
                hi = self.loss(x, t)
                p[i] = old - h
                lo = self.loss(x, t)
                p[i] = old
                grads[k][i] = (hi - lo) / (2 * h)
        return grads


def rel_error(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


net = Net(6, 5, 3)
rng = np.random.RandomState(0)
x, t = rng.randn(4, 6), rng.randint(0, 3, 4)

grad_numerical = net.gradient(x, t)
grad_backprop = net.gradient(x, t)
for k in grad_backprop:
    print(k, rel_error(grad_numerical[k], grad_backprop[k]))
print("perfect, all 0.0!")
