"""What it takes to say that a gradient is right, and to say where and how it is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from tests.benchmarks.check_peers import PEERS, Finding, Peer
from tests.benchmarks.table import Row, at_least, at_most
from tests.checks.faults import FAULTS, Case, one_wrong_entry, right
from tests.checks.nets import any_net
from tutor.checks import GradientCheck, check_gradients, full_gradient

BOOK, BATCH = (784, 50, 10), 100
SMALL, SMALL_BATCH = (32, 12, 10), 10
_SEED = 3
_MOST_PASSES = 100
_SAMPLE = 200  # entries of which the full central difference is made and extrapolated


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield ours on the book's net, how often it errs, and the peers on the same faults."""
    sizes, batch = (SMALL, SMALL_BATCH) if quick else (BOOK, BATCH)
    yield from _right(sizes, batch, 1 if quick else 15)
    for make in FAULTS:
        yield _fault(make(sizes, batch, _SEED))
    yield from _reliable(sizes, batch, 3 if quick else 20, 10 if quick else 200)
    for peer in PEERS:
        yield from _peer(peer, sizes, batch, quick)


def _checked(case: Case, seed: int = 0) -> GradientCheck:
    return check_gradients(case.net.loss, case.net.params, case.grads, seed=seed)


def _ms(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


# -- ours -----------------------------------------------------------------------------------------


def _right(sizes: tuple[int, ...], batch: int, rounds: int) -> Iterator[Row]:
    case = right(sizes, batch, _SEED)
    found = [_checked(case, seed) for seed in range(rounds)]
    times = [_ms(lambda seed=seed: _checked(case, seed)) for seed in range(rounds)]
    name = "-".join(map(str, sizes))
    passes = [one.passes for one in found]
    how = f"median of {rounds} seeds, most {max(passes)}"
    yield Row(f"{name}, batch {batch}, right: passes", median(passes), "passes", at_most(10), how)
    yield Row("  time", median(times), "ms", how="two losses and two slopes a tensor")
    each = _full_ms(case)
    entries = sum(param.size for param in case.net.params.values())
    how = f"{2 * entries:,} passes; {_SAMPLE} entries timed, extrapolated"
    yield Row("  full central difference", each * entries, "ms", how=how)
    yield Row("  times faster", each * entries / median(times), "x")


def _full_ms(case: Case) -> float:
    """Return the time of the central difference of one entry."""
    W = case.net.params["W1"]
    part = W.reshape(-1)[:_SAMPLE]
    return _ms(lambda: full_gradient(case.net.loss, {"W1": part}, "W1")) / part.size


def _fault(case: Case) -> Row:
    result: list[GradientCheck] = []
    taken = _ms(lambda: result.append(_checked(case)))
    (found,) = result
    named = tuple(one.name for one in found.wrong)
    verdict = "exactly the wrong arrays" if named == case.wrong else f"WRONGLY {named}"
    words = str(found.wrong[0]) if found.wrong else "nothing noticed"
    target = at_most(_MOST_PASSES) if case.index else None
    how = f"{taken:.0f} ms; {verdict}: {words}"
    return Row(f"  {case.name}", found.passes, "passes", target, how)


def _reliable(sizes: tuple[int, ...], batch: int, seeds: int, nets: int) -> Iterator[Row]:
    cases = [one_wrong_entry(sizes, batch, seed) for seed in range(seeds)]
    found = [_checked(case, seed) for seed, case in enumerate(cases)]
    named = sum(
        [(one.name, one.worst and one.worst.index) for one in result.wrong] == [("W1", case.index)]
        for case, result in zip(cases, found, strict=True)
    )
    most = max(result.passes for result in found)
    how = f"at most {most} passes"
    yield Row("one entry 10% off, named", named, f"of {seeds}", at_least(seeds), how)
    accused = 0
    for seed in range(nets):
        net = any_net(seed)
        accused += bool(check_gradients(net.loss, net.params, net.gradient(), seed=seed).wrong)
    how = f"of {nets}; 1 to 3 layers, ReLU and sigmoid, batch 1 to 100, std 0.01 to 1"
    yield Row("right nets accused", accused, "nets", at_most(0), how)


# -- peers ----------------------------------------------------------------------------------------


def _peer(peer: Peer, sizes: tuple[int, ...], batch: int, quick: bool) -> Iterator[Row]:
    if not peer.version:
        yield Row(
            f"{peer.name}: not installed", float("nan"), "", how=f"pip install {peer.package}"
        )
        return
    peer.check(right((3, 2, 2), 2, _SEED))  # loads the package; nobody is timed at that
    # What takes minutes on the book's net is given a smaller one; so are most of the faults.
    large = peer.is_fast and not quick
    net = (sizes, batch) if large else (SMALL, SMALL_BATCH)
    yield _peer_row(peer, right(SMALL, SMALL_BATCH, _SEED), SMALL, f"{peer.version}; ")
    for make in FAULTS:
        yield _peer_row(peer, make(SMALL, SMALL_BATCH, _SEED), SMALL)
    if large:
        yield _peer_row(peer, right(*net, _SEED), net[0])
    if large and peer.is_fast_to_fail:
        yield _peer_row(peer, one_wrong_entry(*net, _SEED), net[0])


def _peer_row(peer: Peer, case: Case, sizes: tuple[int, ...], before: str = "") -> Row:
    found: list[Finding] = []
    taken = _ms(lambda: found.append(peer.check(case)))
    (one,) = found
    where = "-".join(map(str, sizes))
    says = "accuses" if one.noticed and not case.wrong else "notices" if one.noticed else "passes"
    how = (
        f"{before}{where}; {taken:,.0f} ms; {says}; where: {one.where or 'not said'}; why: not said"
    )
    what = f"{peer.name}: right" if before else f"  {case.name}"
    return Row(what, one.passes, "passes", how=how)
