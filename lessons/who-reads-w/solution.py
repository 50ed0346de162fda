"""Three nets, three functions, and each asks its own net."""

from tutor.nets import SimpleNet, numerical_gradient


def losses_of(Ws, x_data, t):
    """A net for each W, and for each net an f: the loss of that net, whatever f is handed."""
    nets = [SimpleNet(first_W) for first_W in Ws]
    return nets, [loss_of(net, x_data, t) for net in nets]


def loss_of(net, x_data, t):
    def f(W):
        return net.loss(x_data, t)

    return f


# Nothing below needs repair. The check calls this, with arrays of its own.
def try_it(Ws, x_data, t):
    answer = losses_of(Ws, x_data, t)
    if not isinstance(answer, tuple):
        return None
    return [asked(f, net) for net, f in zip(*answer, strict=False)]


def asked(f, net):
    if not callable(f):
        return False, None, None, None, None
    value = f(net.W)
    if value is None:
        return True, None, None, None, None
    slopes = numerical_gradient(f, net.W)
    net.W[0, 0] += 1.0
    after = f(net.W)
    net.W[0, 0] -= 1.0
    try:
        other = f(3)
    except Exception:
        other = None
    return True, value, other, after, slopes
