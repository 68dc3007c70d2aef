"""The digit pad: in the page the networks are those of Keras, and any hand can draw."""

import base64
import gzip
import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import VIEWS
from figures import digitpad as case
from PIL import Image
from test_figures import said, show

from convbook import data, figures, models, training
from convbook.figures import network
from convbook.training import keras

layers = keras.layers
IMAGES, LABELS = data.load_mnist()[1]
SOME = IMAGES[:1000]


@pytest.fixture(scope="session")
def trained():
    """Both networks after one epoch on 5,000 digits, by name."""
    (x, y), _ = data.load_mnist()
    x, y = x[:5000, ..., None], y[:5000]
    return {
        "dense": training.train_recipe(models.dense, x, y)[0],
        "cnn": training.train_recipe(models.small_cnn, x, y, rate=1e-2, cycle=True)[0],
    }


@pytest.fixture(scope="session")
def figure(trained):
    return figures.DigitPad(**trained, caption="What it means.")


@pytest.fixture
def tab(context, figure):
    tab = show(context, figure)
    yield tab
    assert tab.trouble == []
    tab.close()


@pytest.fixture(scope="module")
def blank(chromium, figure):
    context = chromium.new_context()
    yield show(context, figure)
    context.close()


def logits_in_page(tab, networks, images):
    """Return what both networks say to `images` in the page, and the milliseconds that it took."""
    run = """async ([networks, images]) => {
        const {forward, fromHex, unpack} = await import('/figures/network.js');
        const nets = unpack(networks), began = performance.now();
        const said = name => images.map(x => [...forward(nets[name], fromHex(x)).at(-1).values]);
        return [{dense: said('dense'), cnn: said('cnn')}, performance.now() - began]; }"""
    return tab.evaluate(run, [networks, [image.tobytes().hex() for image in images]])


# The networks


def test_logits_are_those_of_keras(blank, figure, trained):
    found, spent = logits_in_page(blank, figure.networks, SOME)
    for name, logits in found.items():
        precise, usual = (
            figure.model(name, dtype).predict(SOME[..., None], verbose=0)
            for dtype in ("float64", "float32")
        )
        np.testing.assert_allclose(logits, precise, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(logits, usual, atol=1e-4)
        assert (np.argmax(logits, axis=1) == usual.argmax(axis=1)).all()
        original = trained[name].predict(SOME[..., None], verbose=0)
        assert np.abs(original - usual).max() < 0.05  # what the rounding to 16 bits costs
        assert np.mean(np.argmax(logits, axis=1) == LABELS[:1000]) > 0.8
    assert spent < 30 * len(SOME)


def test_weights_have_16_bits(figure):
    for name in ("dense", "cnn"):
        for values in figure.model(name).get_weights():
            assert (values == values.astype(np.float16)).all()


def test_page_stays_light(figure):
    page = figure._repr_mimebundle_()[0]["text/html"]
    assert len(gzip.compress(page.encode())) < 300_000


def test_too_many_weights_are_refused():
    with pytest.raises(ValueError, match="KB, and a page bears 300"):
        figures.DigitPad(cnn=models.lecture_cnn())


def sequential(*middle):
    """Return a small network of random weights, with `middle` between its ends."""
    parts = [keras.Input((28, 28, 1)), layers.Rescaling(1 / 255), *middle]
    model = keras.Sequential([*parts, layers.Flatten(), layers.Dropout(0.5), layers.Dense(10)])
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 1, w.shape) - 0.4 * (w.ndim > 1) for w in model.weights])
    return model


@pytest.fixture(scope="session")
def padded():
    """What the small network has not: padding, pooling, even kernels, an activation inside."""
    return sequential(
        layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.Conv2D(6, (2, 4), padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(2),
    )


def test_padding_and_pooling_are_those_of_keras(blank, padded):
    networks = network.pack(padded, padded)
    folded = network.build(network.unpack(networks)["cnn"], "float64")
    found, _ = logits_in_page(blank, networks, SOME[:20])
    wanted = folded.predict(SOME[:20, ..., None], verbose=0)
    assert np.abs(wanted).max() > 1
    np.testing.assert_allclose(found["cnn"], wanted, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(wanted, padded.predict(SOME[:20, ..., None], verbose=0), rtol=0.01)


def test_units_at_a_padded_border(chromium, padded, trained):
    figure = figures.DigitPad(dense=trained["dense"], cnn=padded)
    context = chromium.new_context()
    tab = show(context, figure)
    tab.get_by_label("Predict first").uncheck()
    for layer, name in enumerate(["Convolution 1", "Pooling 1", "Convolution 2", "Pooling 2"]):
        state = figure.state() | {"layer": layer, "row": 0, "column": 27, "map": 3}
        run = "state => import('/figures/digitpad.js').then(m => m.compute(state))"
        np.testing.assert_allclose(tab.evaluate(run, state)[-1], border(figure, layer), rtol=1e-9)
        slider = tab.get_by_label("Layer", exact=True)
        slider.fill(str(layer))
        assert name in said(tab)
        tab.get_by_role("button", name="Copy as NumPy").click()
        exec(tab.locator(".cb-figure pre").inner_text(), names := {})
        assert np.isfinite(names["result"]).all()
    assert tab.trouble == []
    context.close()


def test_no_sum_of_a_plane_is_cut(chromium):
    cnn = sequential(
        layers.Conv2D(8, 3, strides=2, activation="relu"), layers.Conv2D(2, 3, activation="relu")
    )
    first, bias, second, *rest = cnn.get_weights()
    cnn.set_weights([first, bias, -13 * np.abs(second), *rest])
    context = chromium.new_context(**VIEWS["phone"])
    tab = show(context, figures.DigitPad(cnn=cnn, layer=1, row=5, column=5))
    tab.add_style_tag(content="body { font-family: sans-serif }")
    planes = tab.locator(".cb-figure svg", has_text="Inputs, kernel and sum")
    seen = """x => [...x.querySelectorAll('text')].map(text => {
        const frame = getComputedStyle(x).overflow === 'visible' ? x.closest('.cb-figure') : x;
        const [inner, outer] = [text, frame].map(y => y.getBoundingClientRect());
        return [text.textContent, inner.left >= outer.left && inner.right <= outer.right]; })"""
    sums = planes.evaluate(seen)
    assert len(sums) == 8 and len(sums[-1][0]) > 4, "they are as wide as sums can be"
    assert [text for text, inside in sums if not inside] == []
    assert tab.evaluate("document.scrollingElement.scrollWidth") == 360
    context.close()


def border(figure, layer):
    described, outputs, _ = case.layers_of(figure.networks)
    index = [i for i, x in enumerate(described) if x["kind"] in ("conv", "pool")][layer]
    image = case.centred(figure.pixels)
    return outputs(image[None, ..., None])[index].numpy()[0, 0, -1, 3]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (layers.GlobalAveragePooling2D(), "GlobalAveragePooling2D"),
        (layers.Conv2D(4, 3), "each convolution needs a ReLU"),
        (layers.Conv2D(4, 3, activation="tanh"), "activation tanh"),
        (layers.Conv2D(4, 3, dilation_rate=2, activation="relu"), "Conv2D"),
    ],
)
def test_what_a_page_cannot_compute_is_refused(part, message):
    with pytest.raises(ValueError, match=message):
        network.pack(models.dense(), sequential(part))


def test_importing_the_figures_does_not_load_tensorflow():
    program = "import sys, convbook.figures; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_module_for_notebooks_is_whole(blank, figure):
    url = "data:text/javascript;base64," + base64.b64encode(figure._esm.encode()).decode()
    run = "([url, state]) => import(url).then(m => m.compute(state))"
    found = blank.evaluate(run, [url, figure.state()])
    np.testing.assert_allclose(found, case.expected(figure.state()), atol=1e-9)


# The drawing


def framed_in_page(tab, images):
    run = """images => import('/figures/network.js')
        .then(m => images.map(x => [...m.centre(m.fromHex(x)).pixels]))"""
    inks = [image.tobytes().hex() for image in images]
    return np.reshape(tab.evaluate(run, inks), (-1, 28, 28))


def test_digits_of_mnist_lie_where_they_are_laid(blank):
    changed = (framed_in_page(blank, SOME) != SOME).any(axis=(1, 2))
    assert changed.mean() <= 0.002  # one in thousands has a centre of mass that rounds elsewhere


def test_scaling_is_that_of_pillow(blank):
    rng = np.random.default_rng(0)
    for height, width in [(28, 28), (24, 9), (7, 26), (5, 4), (13, 13), (1, 3)]:
        drawn = np.zeros((28, 28), np.uint8)
        drawn[:height, :width] = digit = rng.integers(1, 256, (height, width), np.uint8)
        fitted = [max(1, int(20 * n / max(height, width) + 0.5)) for n in (height, width)]
        image = Image.fromarray(digit.astype(np.float32), mode="F")
        wanted = np.array(image.resize(fitted[::-1], Image.Resampling.BILINEAR))
        wanted = 255 * wanted / wanted.max()
        found = framed_in_page(blank, [drawn])[0]
        rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
        found = found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_allclose(found, wanted, atol=0.51)


def ink(tab):
    """The pixels of ink, as the question states them."""
    question = tab.locator(".cb-predict label").inner_text()
    return float(question.split("(")[1].split(" ")[0])


def points(svg, *shares):
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]


def test_mouse_draws_and_erases(tab):
    tab.get_by_role("button", name="Clear").click()
    assert ink(tab) == 0
    assert "The dense network reads ?" in said(tab)
    drawn = []
    for erase in (False, True):
        tab.get_by_label("Erase").set_checked(erase)  # which may scroll
        start, end = points(tab.locator(".cb-drag").first, (0.5, 0.2), (0.5, 0.8))
        tab.mouse.move(*start)
        tab.mouse.down()
        tab.mouse.move(*end, steps=4)
        tab.mouse.up()
        drawn.append(ink(tab))
    assert 40 < drawn[0] < 60  # 17 pixels long, three wide
    assert drawn[1] == 0


def test_two_strokes_are_not_joined(tab):
    tab.get_by_role("button", name="Clear").click()
    one, other = points(tab.locator(".cb-drag").first, (0.1, 0.5), (0.9, 0.5))
    tab.mouse.click(*one)
    single = ink(tab)
    tab.mouse.click(*other)
    assert ink(tab) == pytest.approx(2 * single, rel=0.2)


@pytest.fixture
def touched(chromium, figure):
    context = chromium.new_context(**VIEWS["phone"])
    tab = show(context, figure)
    yield tab
    assert tab.trouble == []
    context.close()


def test_finger_draws_and_the_page_stays(touched):
    touched.get_by_role("button", name="Clear").click()
    pad = touched.locator(".cb-drag").first
    path = points(pad, (0.5, 0.15), (0.5, 0.4), (0.5, 0.65), (0.5, 0.9))
    before = touched.evaluate("scrollY")
    device = touched.context.new_cdp_session(touched)
    for kind, place in zip(["touchStart", *["touchMove"] * 3], path, strict=True):
        at = [{"x": place[0], "y": place[1]}]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    device.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert 50 < ink(touched) < 75  # 21 pixels long, three wide
    assert touched.evaluate("scrollY") == before


def test_finger_taps_a_map(touched):
    second = touched.locator(".cb-figure svg", has_text="All maps of Convolution 2.")
    side = second.bounding_box()["width"]
    second.tap(position={"x": 0.9 * side, "y": 0.2 * side})
    touched.locator(".cb-state", has_text="Convolution 2, map 11,").wait_for()


def test_keys_draw(tab):
    tab.get_by_role("button", name="Clear").click()
    tab.get_by_label("Pen row").focus()
    for _ in range(3):
        tab.keyboard.press("ArrowUp")
    for key in ("Tab", "Tab", "Enter"):
        tab.keyboard.press(key)
    dot = ink(tab)
    assert 5 < dot < 12
    assert tab.get_by_label("Pen row").input_value() == "17"
    tab.keyboard.press("Enter")
    assert ink(tab) == dot  # there is ink already


def test_every_test_digit_can_be_chosen(tab):
    tab.get_by_label("Predict first").uncheck()
    for digit in range(10):
        tab.get_by_label("Test digit").select_option(str(digit))
        image = IMAGES[LABELS.tolist().index(digit)]
        seen = """x => { const c = x.getContext('2d').getImageData(0, 0, 28, 28).data;
            return Array.from({length: 784}, (_, i) => c[4 * i]); }"""
        for canvas in tab.locator(".cb-figure canvas").all()[:2]:  # as drawn, and centred
            np.testing.assert_array_equal(canvas.evaluate(seen), image.ravel())


def test_answers_are_hidden_from_each_new_drawing(tab):
    charts = tab.locator(".cb-figure svg", has_text="convolutional").first
    assert charts.text_content().count("?") == 20 and "%" not in charts.text_content()
    tab.get_by_role("button", name="Commit").click()
    assert charts.text_content().count("%") == 20 and "?" not in said(tab)
    tab.get_by_label("Centre it").uncheck()
    assert charts.text_content().count("?") == 20 and "?" in said(tab)


def test_another_drawing_with_as_much_ink_asks_anew(tab):
    drawn = []
    for row in ("7", "20"):
        tab.get_by_role("button", name="Clear").click()
        tab.get_by_label("Pen row").fill(row)
        tab.get_by_role("button", name="Paint", exact=True).click()
        drawn.append(ink(tab))
        assert "?" in said(tab)
        tab.get_by_role("button", name="Commit").click()
        assert "?" not in said(tab)
    assert drawn[0] == drawn[1] > 0


def test_probabilities_are_those_of_keras(tab, figure):
    tab.get_by_label("Predict first").uncheck()
    image = figure.pixels[None, ..., None]
    for name, word in (("dense", "dense"), ("cnn", "convolutional")):
        p = keras.ops.softmax(figure.model(name)(image))[0].numpy()
        text = f"{100 * p.max():.1f}".replace(".0", "")
        assert f"the {word} network reads {p.argmax()} ({text} %)" in said(tab).replace(
            "The", "the"
        )


def test_tapping_shows_a_unit(tab, figure):
    second = tab.locator(".cb-figure svg", has_text="All maps of Convolution 2.")
    columns, width, (map_, row, column) = 6, 6 * 6 - 1, (14, 3, 1)
    x, y = map_ % columns * 6 + column + 0.5, map_ // columns * 6 + row + 0.5
    (at,) = points(second, (x / width, y / width))
    tab.mouse.click(*at)
    assert "Convolution 2, map 14, row 3, column 1:" in said(tab)
    state = figure.state() | {"layer": 1, "map": map_, "row": row, "column": column}
    *parts, bias, total, value = case.expected(state)[20:]  # behind the probabilities
    words = [sum(parts), total, value]
    told = re.findall(r" ([\d.-]+)(?=[,.])", said(tab).split(": ")[1].replace("−", "-"))
    np.testing.assert_allclose(np.array(told, float), words, atol=6e-4)
    (at,) = points(tab.locator(".cb-figure svg", has_text="Inputs, kernel and sum"), (0.3, 0.1))
    tab.mouse.click(*at)
    assert tab.get_by_label("Plane").input_value() == "2"
    (at,) = points(tab.locator(".cb-figure svg", has_text="The chosen map."), (0.9, 0.1))
    tab.mouse.click(*at)
    assert "row 0, column 4" in said(tab)
