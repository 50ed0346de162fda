import numpy as np


from common.gradient import numerical_gradient
from simple_net import SimpleNet

x = np.array([0.6, 0.9])
t = np.array([0.0, 0.0, 1.0])
net = SimpleNet()
print(numerical_gradient(lambda W: net.loss(x, t), net.W))
