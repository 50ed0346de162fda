"""The slopes of the loss at a, an array of your own. Both ways give zeros: repair them."""

from tutor.nets import SimpleNet, numerical_gradient


def first_way(f, net, a):
    """Slopes at a, with f as it is. Afterwards net.W holds the numbers it held before."""
    return numerical_gradient(f, a)


def second_way(net, x_data, t, a):
    """Slopes at a, with an f that uses its argument. net stays as it is."""

    def f(W):
        return net.loss(x_data, t)

    return numerical_gradient(f, a)


# Nothing below needs repair. The check calls these two, with arrays of its own.
def try_first_way(W, x_data, t, a):
    net = SimpleNet(W)
    held = net.W

    def f(W):
        return net.loss(x_data, t)

    return first_way(f, net, a), net.W, held


def try_second_way(W, x_data, t, a):
    net = SimpleNet(W)
    held = net.W
    return second_way(net, x_data, t, a), net.W, held
