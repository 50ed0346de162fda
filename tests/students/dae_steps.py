# 수치 미분 실험
import numpy as np

# h 는 작을수록 좋다고 배웠다
H = 1e-13


def 함수(x):
    return x[0] ** 2 + np.exp(x[1]) + 3 * x[0] * x[1]


def 기울기(f, x, h=H):
    결과 = np.zeros(len(x))
    for i in range(len(x)):
        원래값 = x[i]
        x[i] = 원래값 + h
        위 = f(x)
        x[i] = 원래값 - h
        아래 = f(x)
        x[i] = 원래값
        결과[i] = (위 - 아래) / (2 * h)
    return 결과


점 = np.array([1.5, 0.7])
정답 = np.array([2 * 1.5 + 3 * 0.7, np.exp(0.7) + 3 * 1.5])
print('수치 기울기:', 기울기(함수, 점))
print('정답       :', 정답)
