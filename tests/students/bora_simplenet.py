# 밑바닥부터 시작하는 딥러닝 4장: 기울기 구하기
import numpy as np


def softmax(a):
    c = np.max(a, axis=-1, keepdims=True)   # 오버플로 대책
    exp_a = np.exp(a - c)
    return exp_a / np.sum(exp_a, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    # t 는 정답 레이블 (원-핫 아님)
    if y.ndim == 1:
        t = np.array(t).reshape(1)
        y = y.reshape(1, y.size)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[:, t] + 1e-7)) / batch_size


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=['multi_index'])
    for _ in it:
        i = it.multi_index
        tmp = x[i]
        x[i] = tmp + h
        f1 = f(x)
        x[i] = tmp - h
        f2 = f(x)
        grad[i] = (f1 - f2) / (2 * h)
        x[i] = tmp      # 원래 값 복원
    return grad


class SimpleNet:
    def __init__(self):
        self.W = np.random.randn(2, 3)   # 정규분포로 초기화

    def predict(self, x):
        return np.dot(x, self.W)

    def loss(self, x, t):
        return cross_entropy_error(softmax(self.predict(x)), t)


net = SimpleNet()
x = np.array([[0.6, 0.9], [0.1, -0.4], [1.2, 0.3], [-0.5, 0.8]])
t = np.array([2, 0, 1, 1])

print('손실:', net.loss(x, t))
f = lambda w: net.loss(x, t)
W = net.W.copy()  # 원본이 바뀌지 않도록
dW = numerical_gradient(f, W)
print(dW)   # 왜 전부 0 이지?
