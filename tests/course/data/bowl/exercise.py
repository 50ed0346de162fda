def slope(x, h=1e-4):
    return ((x + h) ** 2 - (x - h) ** 2) / 2 * h
