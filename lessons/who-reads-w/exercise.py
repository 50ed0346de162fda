"""Three nets, three functions, and all three ask the same net. Repair `losses_of`."""

from tutor.nets import SimpleNet, numerical_gradient


def losses_of(Ws, x_data, t):
    """A net for each W, and for each net an f: the loss of that net, whatever f is handed."""

    def f(W):
        return net.loss(x_data, t)

    nets, losses = [], []
    for first_W in Ws:
        net = SimpleNet(first_W)
        nets.append(net)
        losses.append(f)
    return nets, losses


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
