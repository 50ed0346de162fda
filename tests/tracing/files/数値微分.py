import numpy as np


def 数値勾配(関数, 重み):
    刻み = 1e-4
    勾配 = np.zeros_like(重み)
    for 添字 in np.ndindex(重み.shape):
        元 = 重み[添字]
        重み[添字] = 元 + 刻み
        上 = 関数(重み)
        重み[添字] = 元 - 刻み
        下 = 関数(重み)
        勾配[添字] = (上 - 下) / (2 * 刻み)
        重み[添字] = 元
    return 勾配


重み = np.array([1.0, 2.0])
print("勾配:", 数値勾配(lambda w: np.sum(w**2), 重み))
