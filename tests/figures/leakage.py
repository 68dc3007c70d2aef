"""The leakage simulator: the distribution of a maximum is that of SciPy's binomials."""

import numpy as np
from scipy.stats import binom

CLASS = "LeakageSimulator"
DRAG = (0.5, 0.4, 0.75, 0.4)
PICTURED = r"mean [+−]?(\d+(?:\.\d+)?)"
SHOWN = r"(?:looks \+?|; )(\d+(?:\.\d+)?)"


def random_state(rng):
    return {
        "candidates": int(rng.integers(1, 51)),
        "digits": int(rng.choice([300, 500, 1499, 1500, 2500, 3300, rng.integers(300, 10001)])),
        "claim": int(rng.integers(41)) / 20,
        "fresh": bool(rng.integers(2)),
        "seed": int(rng.integers(10000)),
    }


def expected(state):
    m, n = state["candidates"], state["digits"]
    counts = np.arange(n + 1)
    best = np.diff(binom.cdf(counts, n, 0.98) ** m, prepend=0)
    enough = counts / n - 0.98 >= state["claim"] / 100 - 1e-12
    fresh = binom.pmf(counts, n, 0.98)[enough].sum()
    width = max(1, int(n / 1000 + 0.5))
    first = int(0.98 * n + 0.5) - width // 2 - 25 * width
    shares = [best[max(0, a) : max(0, a + width)].sum() for a in first + width * np.arange(51)]
    return [100 * (best @ counts / n - 0.98), best[enough].sum(), fresh, *shares]


BAD = [{"candidates": 0}, {"digits": 299}, {"digits": 3300.5}, {"claim": True}, {"seed": -1}]
