# 이름을 모두 한국어로 지은 2층 신경망
import numpy as np


def 시그모이드(값):
    return 1 / (1 + np.exp(-값))


def 소프트맥스(점수):
    최댓값 = 점수.max(axis=-1, keepdims=True)
    지수 = np.exp(점수 - 최댓값)
    return 지수 / 지수.sum(axis=-1, keepdims=True)


def 교차엔트로피(확률, 정답):
    return -(정답 * np.log(확률 + 1e-7)).sum() / 확률.shape[0]


def 수치기울기(함수, 변수, 폭=1e-4):
    결과 = np.zeros(변수.shape)
    for 위치 in np.ndindex(변수.shape):
        원본 = 변수[위치]
        변수[위치] = 원본 + 폭
        위 = 함수(변수)
        변수[위치] = 원본 - 폭
        아래 = 함수(변수)
        변수[위치] = 원본
        결과[위치] = (위 - 아래) / (2 * 폭)
    return 결과


class 신경망:
    def __init__(self, 입력, 은닉, 출력):
        난수 = np.random.RandomState(2)
        self.가중치 = {'W1': 난수.randn(입력, 은닉) * 0.2, 'b1': np.zeros(은닉),
                    'W2': 난수.randn(은닉, 출력) * 0.2, 'b2': np.zeros(출력)}

    def 예측(self, x):
        w = self.가중치
        self.z = 시그모이드(x @ w['W1'] + w['b1'])
        return 소프트맥스(self.z @ w['W2'] + w['b2'])

    def 손실(self, x, t):
        return 교차엔트로피(self.예측(x), t)

    def 기울기(self, x, t):
        오차 = (self.예측(x) - t) / len(x)
        은닉오차 = 오차 @ self.가중치['W2'].T * self.z * (1 - self.z)
        return {'W1': x.T @ 은닉오차, 'b1': 은닉오차.sum(axis=0),
                'W2': self.z.T @ 오차, 'b2': 오차.sum(axis=0)}


망 = 신경망(4, 5, 3)
x = np.random.RandomState(0).randn(7, 4)
t = np.eye(3)[[0, 1, 2, 2, 1, 0, 0]]
역전파 = 망.기울기(x, t)
for 이름, w in 망.가중치.items():
    수치 = 수치기울기(lambda _: 망.손실(x, t), w)
    차이 = np.abs(수치 - 역전파[이름]).max() / np.abs(수치).max()
    print(이름, 차이)
