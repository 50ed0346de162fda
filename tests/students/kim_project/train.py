import numpy as np
from net import TwoLayerNet

rng = np.random.RandomState(0)
x = rng.randn(90, 5)
t = np.eye(3)[np.argmax(x[:, :3], axis=1)]

net = TwoLayerNet(5, 12, 3)
for step in range(300):
    pick = rng.choice(90, 30)
    grads = net.gradient(x[pick], t[pick])
    for key in net.params:
        net.params[key] -= 0.5 * grads[key]
    if step % 50 == 0:
        print(step, net.loss(x, t))
