# 숫자 이미지 분류 연습 (이서연) - 출력은 선형, 손실은 제곱오차
# 픽셀 값 0~255 를 그대로 넣었다
import numpy as np


def 데이터_만들기(n=600):
    rng = np.random.RandomState(5)
    원형 = rng.randint(0, 256, (10, 100))
    라벨 = rng.randint(0, 10, n)
    잡음 = rng.randint(-40, 41, (n, 100))
    이미지 = np.clip(원형[라벨] + 잡음, 0, 255).astype(np.float64)
    return 이미지, np.eye(10)[라벨]


class 신경망:
    def __init__(self, 입력, 은닉, 출력):
        rng = np.random.RandomState(0)
        self.W1 = 0.1 * rng.randn(입력, 은닉)
        self.b1 = np.zeros(은닉)
        self.W2 = 0.1 * rng.randn(은닉, 출력)
        self.b2 = np.zeros(출력)

    def 순전파(self, x):
        self.x = x
        z = x @ self.W1 + self.b1
        self.경사 = np.where(z > 0, 1.0, 0.1)     # 새는 ReLU
        self.h = z * self.경사
        return self.h @ self.W2 + self.b2

    def 손실(self, x, t):
        y = self.순전파(x)
        return 0.5 * np.sum((y - t) ** 2) / len(t)

    def 역전파(self, x, t):
        y = self.순전파(x)
        dy = (y - t) / len(t)
        dh = (dy @ self.W2.T) * self.경사
        return {
            "W2": self.h.T @ dy, "b2": dy.sum(axis=0),
            "W1": x.T @ dh, "b1": dh.sum(axis=0),
        }

    def 갱신(self, 기울기, 학습률):
        for 이름, g in 기울기.items():
            값 = getattr(self, 이름)
            값 -= 학습률 * g


if __name__ == "__main__":
    x, t = 데이터_만들기()
    net = 신경망(100, 64, 10)
    학습률 = 0.01
    for i in range(300):
        고른것 = np.random.RandomState(i).choice(600, 100)
        기울기 = net.역전파(x[고른것], t[고른것])
        net.갱신(기울기, 학습률)
        if i % 30 == 0:
            print(i, "손실:", net.손실(x, t))   # nan 이 나온다...
