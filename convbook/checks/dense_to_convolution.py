"""The exercises of "From dense layer to convolution"."""

import numpy as np
from scipy import linalg

from convbook.engine import Exercise

# Sections of the chapter's page, to read again.
MATRIX, TWO = "A kernel is a matrix in disguise", "Two decisions, four layers"
PLANE, NETWORK = "The same in two dimensions", '"A convolutional network has fewer weights"'


def _distinct(rng, count):
    """Draw odd numbers of different sizes, at least one of them negative: never symmetric."""
    signs = rng.choice([-1, 1], count)
    signs[rng.integers(count)] = -1
    return signs * rng.permutation(np.arange(1, 2 * count + 6, 2))[:count]


def _kernels(rng):
    """Draw (kernel, length of the signal); halves, so that two digits show them exactly."""
    n = int(rng.integers(6, 8))
    return {
        "odd kernel": (_distinct(rng, 3) / 2, n),
        "even kernel": (_distinct(rng, 4) / 2, n),
        "kernel of one": (_distinct(rng, 1) / 2, 4),
        "as long as the signal": (_distinct(rng, 3) / 2, 3),
    }


def _matrix(kernel, n, mode="valid"):
    return linalg.convolution_matrix(kernel[::-1], n, mode)


def _circulant(kernel, n):
    """Return the n x n matrix that lets the kernel run on from the other end."""
    return linalg.circulant(np.pad(kernel, (0, n - len(kernel)))).T


def _centred(kernel, n):
    """Return n rows with the middle of the kernel on the diagonal."""
    matrix = np.zeros((n, n))
    for i in range(n):
        for k, weight in enumerate(kernel, start=i - len(kernel) // 2):
            if 0 <= k < n:
                matrix[i, k] = weight
    return matrix


def _same_list(kernel, n):
    rows = [[0] * n] * (n - len(kernel) + 1)
    for i, row in enumerate(rows):
        row[i : i + len(kernel)] = kernel
    return rows


_CORRELATION_MATRIX = [
    (
        lambda w, n: linalg.convolution_matrix(w, n, "valid"),
        "this matrix convolves: the kernel stands in each row as it is, not flipped",
        MATRIX,
    ),
    (
        lambda w, n: _matrix(w, n).T,
        "the matrix is transposed: a row for each output, a column for each input",
        MATRIX,
    ),
    (_circulant, "the kernel comes in again at the other end: rows that do not fit go", MATRIX),
    (
        lambda w, n: _matrix(w, n, "full"),
        "there are rows for partial overlaps: only n - k + 1 rows hold the whole kernel",
        MATRIX,
    ),
    (_centred, "a row for each input: only n - k + 1 rows hold the whole kernel", MATRIX),
    (
        lambda w, n: np.pad(np.tile(w, (n - len(w) + 1, 1)), ((0, 0), (0, n - len(w)))),
        "the kernel stays where it is: each row has it one column further right",
        MATRIX,
    ),
    (
        _same_list,
        "the rows are one and the same list: [row] * m copies nothing, so all change at once",
        MATRIX,
    ),
    (
        lambda w, n: np.array([np.roll(row, -2 * i) for i, row in enumerate(_matrix(w, n))]),
        "the kernel moves to the left: each row has it one column further right",
        MATRIX,
    ),
    (lambda w, n: _matrix(w, n)[:-1], "the last row is missing: there are n - k + 1", MATRIX),
    (
        lambda w, n: _matrix(w, n)[::-1],
        "the rows are in reverse order: row 0 belongs to output 0, at the left end",
        MATRIX,
    ),
    (
        lambda w, n: np.trunc(_matrix(w, n)),
        "the fractions are cut off: start from zeros of type float",
        MATRIX,
    ),
    (
        lambda w, n: _matrix(w, n, "full")[len(w) - 1 : 1 - len(w)],
        "for a kernel of one the slice ends at -0, so no row is left",
        MATRIX,
    ),
    (
        lambda w, n: np.where(_matrix(np.ones(len(w)), n) > 0, np.resize(w, n), 0),
        "column j has the same weight in all rows: the kernel must move along with the row",
        TWO,
    ),
]


def _layers(rng):
    """Draw (kind, inputs, kernel) so that no two counts agree by chance."""
    n, k = int(rng.integers(14, 40)), int(rng.integers(3, 7))
    return {
        "dense": ("dense", n, k),
        "shared only": ("shared only", n, k),
        "local only": ("local only", n, k),
        "convolution": ("convolution", n, k),
        "kernel of one": ("convolution", n, 1),
        "one output": ("convolution", k, k),
    }


def _counts(kind, n, k):
    """Fill the layer's matrix with a number for each free weight, and count with NumPy."""
    m = n - k + 1
    numbers = 1 + np.arange(m * n).reshape(m, n)
    if kind in ("shared only", "convolution"):
        numbers = linalg.toeplitz(np.arange(m, 0, -1), np.arange(m, m + n))
    if kind in ("local only", "convolution"):
        numbers = numbers * linalg.toeplitz([1] + [0] * (m - 1), [1] * k + [0] * (n - k))
    return np.unique(numbers[numbers > 0]).size, np.count_nonzero(numbers)


def _but(**others):
    """Return `_counts` with another rule for the kinds of layer that are named."""
    return lambda kind, n, k: others.get(kind.split()[0], lambda n, k: _counts(kind, n, k))(n, k)


_COUNTS = [
    (
        _but(convolution=lambda n, k: (k * (n - k + 1), k * (n - k + 1))),
        "a shared weight counts once, at however many places it is used",
        TWO,
    ),
    (
        _but(local=lambda n, k: (k, k * (n - k + 1))),
        "without sharing each output has k weights of its own",
        TWO,
    ),
    (
        _but(dense=lambda n, k: (n * k, n * k)),
        "the dense layer has n - k + 1 outputs, not k",
        TWO,
    ),
    (
        _but(dense=lambda n, k: (n * n, n * n)),
        "the dense layer has as many outputs as the others: n - k + 1, not n",
        TWO,
    ),
    (
        _but(convolution=lambda n, k: (k, k)),
        "sharing saves no work: the convolution computes k products for each output",
        TWO,
    ),
    (
        _but(shared=lambda n, k: (n - k + 1 + n - 1,) * 2),
        "sharing alone leaves all connections, and each of them has to be computed",
        TWO,
    ),
    (
        _but(shared=lambda n, k: (n, n * (n - k + 1))),
        "there are diagonals below the main one, too: count them all",
        TWO,
    ),
    (
        _but(shared=lambda n, k: (2 * n - k + 1, n * (n - k + 1))),
        "the main diagonal was counted twice, with those above and those below it",
        TWO,
    ),
    (
        _but(shared=lambda n, k: (k, n * (n - k + 1))),
        "without locality a weight stands on every diagonal, not only on k of them",
        TWO,
    ),
    (
        _but(local=lambda n, k: (n * k, n * k), convolution=lambda n, k: (k, n * k)),
        "the kernel stops at n - k + 1 places, not at n",
        PLANE,
    ),
    (
        lambda kind, n, k: (
            _counts(kind, n, k)[0] + (1 if kind == "convolution" else n - k + 1),
            _counts(kind, n, k)[1],
        ),
        "biases are left out here",
        TWO,
    ),
    (
        lambda kind, n, k: _counts(kind, n, k)[::-1],
        "weights come first, then the multiply-adds",
        TWO,
    ),
    (
        lambda kind, n, k: _counts("local only" if kind == "shared only" else kind, n, k),
        "sharing alone makes no entry zero: only locality does",
        TWO,
    ),
    (
        lambda kind, n, k: (_counts(kind, n, k)[0], 2 * _counts(kind, n, k)[1]),
        "a multiplication and its addition are one multiply-add, not two",
        TWO,
    ),
]


def _convolutions(rng):
    """Draw (kernel height, kernel width, channels in, channels out), then the lecture's."""
    kh, kw, cin, cout = (int(number) for number in rng.permutation(np.arange(2, 9))[:4])
    return {
        "four numbers": (kh, kw, cin, cout),
        "one channel out": (kh, kw, cin, 1),
        "1 x 1": (1, 1, cin, cout),
        "the lecture's first layer": (3, 3, 1, 32),
        "the lecture's second layer": (3, 3, 32, 64),
        "its first dense layer": (11, 11, 64, 64),
        "its second dense layer": (1, 1, 64, 10),
    }


def _parameters(kh, kw, cin, cout):
    return np.zeros((kh, kw, cin, cout)).size + np.zeros(cout).size


_CONV_PARAMETERS = [
    (lambda a, b, i, o: a * b * i * o, "the biases are missing: one for each filter", NETWORK),
    (
        lambda a, b, i, o: a * b * i * o + 1,
        "one bias is too few: each filter has its own",
        NETWORK,
    ),
    (
        lambda a, b, i, o: a * b * o + o,
        "a filter has a kernel for each input channel: multiply by those, too",
        NETWORK,
    ),
    (
        lambda a, b, i, o: (a * b + 1) * i * o,
        "a bias for each kernel is too many: a filter has one, after its sum",
        NETWORK,
    ),
    (
        lambda a, b, i, o: a * b * i * o + i,
        "the biases belong to the filters, not to the input channels",
        NETWORK,
    ),
    (lambda a, b, i, o: a * b * i + 1, "this is one filter: there is one for each output", NETWORK),
    (
        lambda a, b, i, o: a * a * i * o + o,
        "the kernel need not be square: height times width",
        NETWORK,
    ),
    (
        lambda a, b, i, o: (a + b) * i * o + o,
        "a kernel has height times width weights, not height plus width",
        NETWORK,
    ),
    (
        lambda a, b, i, o: a * b * (i + o) + o,
        "every filter meets every input channel: multiply the channels, do not add them",
        NETWORK,
    ),
    (
        lambda a, b, i, o: i * o + o,
        "the size of the kernel is not used",
        NETWORK,
    ),
]


def _matrices(rng):
    """Draw matrices, some of which correlate; shuffled, so that no order can be learnt."""
    n, k = int(rng.integers(6, 8)), 3
    m = n - k + 1
    taps = _distinct(rng, k)
    local = _matrix(np.ones(k), n) * _distinct(rng, m * n).reshape(m, n)
    odd_one_out = _matrix(taps, n)
    odd_one_out[-1, -2] += 2
    above, below = _matrix(taps, n), _matrix(taps, n)
    above[np.arange(m - 1), np.arange(k, n)] = 20
    below[np.arange(1, m), np.arange(m - 1)] = 20
    tap_differs = _matrix(taps, n)
    tap_differs[2, 3] += 2
    cancel = _matrix(taps, n)
    cancel[1, [0, -1]] = 5, -5
    cancel[0, [-2, -1]] = 5, -5
    cases = {
        "three taps": _matrix(taps, n),
        "a zero inside": _matrix(taps * [1, 0, 1], n),
        "zeros at the ends": _matrix(taps * [0, 1, 0], n),
        "a single row": _distinct(rng, n)[None],
        "one number on the diagonal": np.eye(n) * taps[0],
        "different diagonals": linalg.toeplitz(_distinct(rng, m), _distinct(rng, n)),
        "different rows": local,
        "round the corner": _circulant(taps, n),
        "in from the right": np.roll(_matrix(taps, n), -1, axis=1),
        "one entry differs": odd_one_out,
        "a tap differs in a middle row": tap_differs,
        "nothing but zeros": np.zeros((4, 6)),
        "something above the band": above,
        "something below the band": below,
        "entries outside the band": cancel,
        "standing": _matrix(taps, n).T,
        "upwards": _matrix(taps, n)[::-1],
        "zeros, a row too many": np.zeros((n + 1, n)),
    }
    labels = rng.permutation(list(cases))
    return {str(label): (cases[label].astype(float),) for label in labels}


def _correlates(matrix):
    m, n = matrix.shape
    return m <= n and np.array_equal(matrix, _matrix(matrix[0, : n - m + 1], n))


def _is_toeplitz(matrix):
    return np.array_equal(matrix[1:, 1:], matrix[:-1, :-1])


def _outside(matrix, above=True, below=True):
    """Return whether there is anything outside the band, above or below it."""
    m, n = matrix.shape
    return (above and np.triu(matrix, n - m + 1).any()) or (below and np.tril(matrix, -1).any())


def _band(matrix):
    """Return the entries of the band, a row for each row."""
    m, n = matrix.shape
    return np.array([matrix[i, i : i + max(n - m + 1, 0)] for i in range(m)])


def _band_only(matrix):
    """Return whether the band repeats its first row, whatever stands outside it."""
    return len(matrix) <= matrix.shape[1] and bool(np.all(_band(matrix) == _band(matrix)[0]))


def _by_counting(matrix):
    m, n = matrix.shape
    weights = np.unique(matrix[matrix != 0]).size
    return weights == n - m + 1 and np.count_nonzero(matrix) == m * (n - m + 1)


def _ends_only(matrix):
    """Return whether the first and the last row hold the same kernel, each in its place."""
    ends = _matrix(matrix[0, : max(np.diff(matrix.shape)[0] + 1, 1)], matrix.shape[1])[[0, -1]]
    return len(matrix) <= matrix.shape[1] and np.array_equal(matrix[[0, -1]], ends)


def _second_row_only(matrix):
    return len(matrix) < 2 or (
        not _outside(matrix) and np.array_equal(matrix[1, 1:], matrix[0, :-1])
    )


_IS_CONVOLUTION = [
    (_is_toeplitz, "equal diagonals are sharing only: is everything zero outside the band?", TWO),
    (
        lambda x: not _outside(x),
        "a band of zeros and non-zeros is locality only: are the weights shared?",
        TWO,
    ),
    (
        lambda x: all(np.array_equal(row, np.roll(x[0], i)) for i, row in enumerate(x)),
        "np.roll brings the kernel in again at the other end: it must not come round",
        MATRIX,
    ),
    (
        lambda x: all(np.array_equal(sorted(row), sorted(x[0])) for row in x),
        "the same weights in every row are not enough: where do they stand?",
        TWO,
    ),
    (_by_counting, "counts do not tell where the weights stand, and a tap may be zero", TWO),
    (
        lambda x: _is_toeplitz(x) and not _outside(x, below=False),
        "the zeros below the band were not looked at: there are some on both sides",
        MATRIX,
    ),
    (
        lambda x: _is_toeplitz(x) and not _outside(x, above=False),
        "the zeros above the band were not looked at: there are some on both sides",
        MATRIX,
    ),
    (
        _band_only,
        "only the entries of the band were looked at: those outside must be zero",
        MATRIX,
    ),
    (
        lambda x: _band_only(x) and np.isclose(x.sum(), _band(x).sum()),
        "entries outside the band may cancel in a sum: each of them must be zero",
        MATRIX,
    ),
    (
        _second_row_only,
        "only the first two rows were compared: the kernel must be the same in all",
        MATRIX,
    ),
    (
        _ends_only,
        "only the first and the last row were compared: the kernel must be the same in all",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) or _correlates(x.T),
        "the transposed matrix is no correlation: it has more outputs than inputs",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) or (not x.any() and len(x) == x.shape[1] + 1),
        "with more rows than columns there is no kernel, not even for zeros: n - m + 1 is below 1",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) or _correlates(x[::-1]),
        "a kernel that moves to the left gives the outputs in reverse order",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) and x.shape[0] < x.shape[1],
        "a kernel of one tap is a kernel: its matrix is square",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) and len(x) > 1,
        "a kernel as long as the signal is a kernel: its matrix is a single row",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) and x[0, 0] != 0,
        "the kernel may begin with a zero: take its length from the shape, n - m + 1",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) and np.count_nonzero(x) == x.shape[0] * (np.ptp(x.shape) + 1),
        "a tap of the kernel may be zero",
        MATRIX,
    ),
    (
        lambda x: _correlates(x) and x.any(),
        "all the taps may be zero, too: a matrix of nothing but zeros is one",
        MATRIX,
    ),
    (lambda x: True, "this says True to every matrix", TWO),
]


def _gradients_and_signals(rng):
    """Draw (signal, gradient of the outputs); halves, so that two digits show all sums."""
    pixels = rng.permutation(np.arange(100, 250)).astype(np.uint8)[:6]
    return {
        "odd kernel": (_distinct(rng, 7) / 2, _distinct(rng, 5)),
        "even kernel": (_distinct(rng, 6) / 2, _distinct(rng, 3)),
        "kernel of one": (_distinct(rng, 4) / 2, _distinct(rng, 4)),
        "a single output": (_distinct(rng, 4) / 2, _distinct(rng, 1)),
        "bytes": (pixels, _distinct(rng, 4)),
    }


def _grad_kernel(signal, grad):
    return np.correlate(signal.astype(float), grad.astype(float), "valid")


def _grad_kernel_flipped(signal, grad):
    return np.convolve(signal.astype(float), grad.astype(float), "valid")


_GRAD_KERNEL = [
    (
        _grad_kernel_flipped,
        "the gradients were flipped: output i meets sample i + k, in the same order",
        MATRIX,
    ),
    (lambda x, g: _grad_kernel(x, g)[::-1], "the right numbers, but in reverse order", MATRIX),
    (
        lambda x, g: np.correlate(x.astype(float), g.astype(float), "full"),
        "too long: there is one number for each of the k = n - m + 1 weights",
        MATRIX,
    ),
    (
        lambda x, g: np.correlate(x.astype(float), g.astype(float), "same"),
        "there is one number for each weight, not for each sample",
        MATRIX,
    ),
    (
        lambda x, g: _grad_kernel(x, g) / len(g),
        "a shared weight collects the sum of what all its places say, not the mean",
        TWO,
    ),
    (
        lambda x, g: x[: len(x) - len(g) + 1].astype(float) * g[0],
        "only the first place was counted: a shared weight is used at all of them",
        TWO,
    ),
    (
        lambda x, g: x[len(g) - 1 :].astype(float) * g[-1],
        "only the last place is left: add to the result, do not overwrite it",
        TWO,
    ),
    (
        lambda x, g: [x[i : i + len(x) - len(g) + 1].astype(float) * g[i] for i in range(len(g))],
        "these are the gradients without sharing: add them up over the places",
        TWO,
    ),
    (
        lambda x, g: _grad_kernel(x, np.ones(len(g))),
        "the samples were added without `grad`: each counts as much as its output does",
        TWO,
    ),
    (lambda x, g: -_grad_kernel(x, g), "this is the step downhill: the gradient points up", MATRIX),
    (
        lambda x, g: _grad_kernel(x, g) % 256 if x.dtype == np.uint8 else _grad_kernel(x, g),
        "the result has the signal's dtype, and bytes hold no negative numbers: use floats",
        MATRIX,
    ),
    (lambda x, g: np.trunc(_grad_kernel(x, g)), "the fractions are cut off: use floats", MATRIX),
    (
        lambda x, g: np.full(len(x) - len(g) + 1, float(x[: len(g)] @ g)),
        "each weight has samples of its own: weight k meets sample i + k",
        MATRIX,
    ),
]


def _kernels_and_gradients(rng):
    """Draw (kernel, gradient of the outputs); halves, so that two digits show all sums."""
    return {
        "odd kernel": (_distinct(rng, 3) / 2, _distinct(rng, 5)),
        "even kernel": (_distinct(rng, 4) / 2, _distinct(rng, 3)),
        "kernel of one": (_distinct(rng, 1) / 2, _distinct(rng, 4)),
        "a single output": (_distinct(rng, 4) / 2, _distinct(rng, 1)),
    }


def _grad_signal(kernel, grad):
    return np.convolve(grad, kernel, "full")


def _one_place(kernel, grad):
    """Overwrite where the places overlap, instead of adding."""
    out = np.zeros(len(kernel) + len(grad) - 1)
    for i, g in enumerate(grad):
        out[i : i + len(kernel)] = g * kernel
    return out


def _negative_index(kernel, grad):
    """Let grad[j - k] read from the other end where it should be nothing."""
    n = len(kernel) + len(grad) - 1
    places = [(j, k) for j in range(n) for k in range(len(kernel)) if j - k < len(grad)]
    out = np.zeros(n)
    for j, k in places:
        out[j] += grad[(j - k) % len(grad)] * kernel[k]
    return out


def _any_index(kernel, grad):
    places, taps = range(len(kernel) + len(grad) - 1), range(len(kernel))
    return [sum(grad[j - k] * kernel[k] for k in taps) for j in places]


_GRAD_SIGNAL = [
    (
        lambda w, g: np.correlate(g, w, "full"),
        "the flip is missing: sample j meets weight k in output j - k",
        MATRIX,
    ),
    (
        lambda w, g: np.correlate(w, g, "full"),
        "the result is in reverse order: the gradients were flipped instead of the kernel",
        MATRIX,
    ),
    (
        lambda w, g: np.convolve(g, w, "valid"),
        "there is one number for each sample, at the ends as well: n = m + k - 1",
        MATRIX,
    ),
    (
        lambda w, g: np.convolve(g, w, "same"),
        "the ends are missing: there are more samples than outputs",
        MATRIX,
    ),
    (
        lambda w, g: np.convolve(g, w)[: len(g)],
        "the last samples are missing: n = m + k - 1",
        MATRIX,
    ),
    (_one_place, "a sample under several places adds up what they say: do not overwrite", MATRIX),
    (_negative_index, "a negative index read from the other end: there is no such output", MATRIX),
    (_any_index, "an index left its range: output j - k may not exist, skip it then", MATRIX),
    (
        lambda w, g: np.convolve(g, w) / len(w),
        "a sample collects the sum of what its outputs say, not the mean",
        MATRIX,
    ),
    (lambda w, g: -np.convolve(g, w), "this is the step downhill: the gradient points up", MATRIX),
    (lambda w, g: np.trunc(np.convolve(g, w)), "the fractions are cut off: use floats", MATRIX),
    (
        lambda w, g: np.convolve(np.ones(len(g)), w),
        "the gradients are not used: each output has its own",
        MATRIX,
    ),
]

_TOEPLITZ = "scipy.linalg.convolution_matrix"
EXERCISES = [
    Exercise("dense-to-convolution", *row)
    for row in [
        # name, library, oracle, inputs, mistakes
        ("correlation_matrix", _TOEPLITZ, _matrix, _kernels, _CORRELATION_MATRIX),
        ("layer_counts", "scipy.linalg.toeplitz", _counts, _layers, _COUNTS),
        ("is_convolution", _TOEPLITZ, _correlates, _matrices, _IS_CONVOLUTION),
        (
            "conv_parameters",
            "the sizes of NumPy's arrays",
            _parameters,
            _convolutions,
            _CONV_PARAMETERS,
        ),
        (
            "grad_kernel",
            "numpy.correlate",
            _grad_kernel,
            _gradients_and_signals,
            _GRAD_KERNEL,
        ),
        ("grad_signal", "numpy.convolve", _grad_signal, _kernels_and_gradients, _GRAD_SIGNAL),
    ]
]
