import numpy as np

from commun.fonctions import gradient_numerique
from reseau import Reseau

rng = np.random.default_rng(4)
x = rng.normal(size=(6, 4))
t = np.eye(3)[rng.integers(0, 3, 6)]
reseau = Reseau([4, 7, 5, 3], rng)

dpoids, dbiais = reseau.gradients(x, t)
for p, g in zip(reseau.poids + reseau.biais, dpoids + dbiais):
    num = gradient_numerique(lambda _: reseau.perte(x, t), p)
    print(p.shape, abs(num - g).max() / abs(g).max())
