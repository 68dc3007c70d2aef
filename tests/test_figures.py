"""The figures that readers touch: right, by every way of input, and in every width and light."""

import contextlib
import functools
import importlib
import io
import json
import pkgutil
import re
from urllib.parse import parse_qs, quote, urlsplit

import figures as cases
import numpy as np
import pytest
from conftest import VIEWS, room
from traitlets import TraitError

from convbook import figures
from convbook.figures import base

CASES = {
    m.name: importlib.import_module(f"figures.{m.name}")
    for m in pkgutil.iter_modules(cases.__path__)
}
ALL = 300  # random cases for the arithmetic of each figure that does not say its own CASES
PAGE = """<!doctype html><html lang="en"><head><title>A figure</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/course.css"></head>
<body style="max-width: 44rem; margin: auto; padding: 24px; font: 16px/1.65 Arial, sans-serif">
<main><h1>A figure</h1>{}</main>
<script type="module" src="/figures/host.js"></script></body></html>"""


def test_every_figure_has_a_case():
    assert {case.CLASS for case in CASES.values()} == set(figures.__all__)
    shared = {"shared", "host", "pixels", "network"}
    assert {path.stem for path in base.HERE.glob("*.js")} == {*shared, *CASES}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture(scope="module")
def figure(case):
    return getattr(figures, case.CLASS)(caption="What it means.")


@pytest.fixture(scope="module", params=VIEWS)
def view(request, chromium):
    context = chromium.new_context(**VIEWS[request.param], reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


def serve(route):
    """Answer from the package's files, and from no network."""
    path = route.request.url.split("course.test")[1].split("?")[0]
    file = base.HERE / path.removeprefix("/figures/")
    if path == "/course.css":
        file = base.HERE.parents[1] / "book/_static/course.css"
    kind = "text/css" if path.endswith("css") else "text/javascript"
    route.fulfill(body=file.read_text(), content_type=kind) if file.exists() else route.abort()


def show(context, figure, address=""):
    """Open a page with the figure; what went wrong is in its list `trouble`."""
    tab = context.new_page()
    tab.trouble = []
    tab.on("pageerror", lambda error: tab.trouble.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and tab.trouble.append(said.text))
    tab.route("https://course.test/**", serve)
    body = PAGE.format(figure._repr_mimebundle_()[0]["text/html"])
    tab.route(
        f"https://course.test/{address}",
        lambda route: route.fulfill(body=body, content_type="text/html"),
    )
    tab.goto(f"https://course.test/{address}")
    tab.wait_for_selector(".cb-figure .cb-state:not(:empty)")
    return tab


@functools.cache
def every_figure():
    every = [getattr(figures, case.CLASS)(caption="What it means.") for case in CASES.values()]
    return "".join(figure._repr_mimebundle_()[0]["text/html"] for figure in every)


@contextlib.contextmanager
def gallery(chromium, column, css=""):
    """A page that is loaded anew, with all figures in a column of so many pixels."""
    window = {"width": column + 2 * 24, "height": 800}
    context = chromium.new_context(viewport=window)
    tab = context.new_page()
    tab.route("https://course.test/**", serve)
    body = PAGE.replace("44rem", "none").format(f"<style>{css}</style>{every_figure()}")
    tab.route(
        "https://course.test/",
        lambda route: route.fulfill(body=body, content_type="text/html"),
    )
    tab.goto("https://course.test/")
    tab.wait_for_function("() => !document.querySelector('[data-figure] > script')")
    yield tab
    context.close()


@pytest.fixture(scope="module")
def tab(view, figure):
    tab = show(view, figure)
    yield tab
    tab.close()


def said(tab):
    return tab.locator(".cb-state").first.inner_text()


# What it computes


@pytest.fixture(scope="module")
def plain(chromium):
    """A context for what is the same in every view."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture(scope="module")
def blank(plain, figure):
    tab = show(plain, figure)
    yield tab
    tab.close()


def test_arithmetic_is_that_of_the_library(blank, case, figure):
    rng = np.random.default_rng(1)
    cases = getattr(case, "CASES", ALL)
    whole, states = figure.state(), [case.random_state(rng) for _ in range(cases)]
    run = """([name, whole, states]) => import(`/figures/${name}.js`)
        .then(m => states.map(state => m.compute({...whole, ...state})))"""
    results = blank.evaluate(run, [figure.name, whole, states])
    for state, result in zip(states, results, strict=True):
        expected = case.expected(whole | state)
        np.testing.assert_allclose(result, expected, atol=1e-9, err_msg=str(state))


def is_in(shown, printed):
    """Whether words were printed, or a number that is rounded to the one shown."""
    if not re.fullmatch(r"[\d.]+", shown):
        return shown.split(": ")[1].rstrip(".") in printed
    numbers = np.array(re.findall(r"\d+\.?\d*", printed), float)
    step = 10.0 ** -len(shown.partition(".")[2])
    return np.isclose(numbers, float(shown), rtol=0, atol=0.51 * step).any()


def test_numpy_code_gives_the_numbers_shown(chromium, case):
    rng = np.random.default_rng(2)
    for _ in range(3):
        figure = getattr(figures, case.CLASS)(**case.random_state(rng))
        context = chromium.new_context()
        tab = show(context, figure)
        tab.get_by_label("Predict first").uncheck()
        sentence = said(tab)
        pictured = "\n".join(tab.locator(".cb-figure svg text").all_text_contents())
        tab.get_by_role("button", name="Copy as NumPy").click()
        code = tab.locator(".cb-figure pre").inner_text()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, names := {})
        context.close()
        np.testing.assert_allclose(
            np.asarray(names["result"], float), case.expected(figure.state()), atol=1e-6
        )
        for shown in re.findall(getattr(case, "SHOWN", "$^"), sentence):
            assert is_in(shown, printed.getvalue())
        for shown in re.findall(getattr(case, "PICTURED", "$^"), pictured):
            assert is_in(shown, code + printed.getvalue())


# How it is reached


def test_no_trouble_and_no_sideways_scroll(tab):
    width = "['scrollWidth', 'clientWidth'].map(name => document.scrollingElement[name])"
    content, window = tab.evaluate(width)
    assert content <= window
    assert tab.trouble == []


def test_enlarged_words_stay_in_their_column(chromium):
    widths = """all => all.map(x => [x.parentElement.parentElement.dataset.figure,
        Math.max(x.offsetWidth, x.scrollWidth), x.closest('.cb-host').clientWidth])"""
    with gallery(chromium, 312, "body { font-size: 1rem !important }") as tab:
        tab.eval_on_selector_all("label:has(+ form) input", "all => all.map(x => x.click())")
        for size in (20, 24, 32):
            tab.evaluate(f"document.documentElement.style.fontSize = '{size}px'")
            found = tab.eval_on_selector_all(".cb-figure", widths)
            assert len(found) == len(CASES)
            assert [figure for figure in found if figure[1] > figure[2]] == [], size


def test_figures_beside_others_keep_a_width(chromium):
    with gallery(chromium, 700, "main { display: flex }") as tab:
        widths = tab.eval_on_selector_all(".cb-host", "all => all.map(x => x.offsetWidth)")
        assert len(widths) == len(CASES) and min(widths) >= 250


def test_targets_are_large_enough(tab):
    small = """all => all.filter(x => x.offsetParent).map(x => x.closest('label') || x)
        .map(x => [x.outerHTML, x.getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < 44).map(([html]) => html)"""
    found = tab.eval_on_selector_all(".cb-figure :is(button, input, select)", small)
    assert found == []


COLUMNS = [312, 340, 389, 415, 445, 480, 540, 575, 601, 602, 608, 625, 655, 690, 704, 780]


@pytest.mark.parametrize("font", ["system-ui", "Arial"])
def test_room_is_kept(chromium, font):
    """What follows a figure stays where it is when the figure comes, in columns of every width."""
    for column in COLUMNS:
        with gallery(chromium, column, f"body {{ font-family: {font} !important }}") as tab:
            found = room(tab)
        assert len(found) == len(CASES)
        assert [f for f in found if not f[1] - 8 <= f[2] <= 1.2 * f[1]] == [], column


def test_prediction_hides_the_answer_until_it_is_committed(tab):
    before = said(tab)
    assert "?" in before
    field = tab.locator(".cb-predict :is(input, select)").first
    if field.evaluate("x => x.tagName") == "INPUT":
        field.fill("7")
    tab.get_by_role("button", name="Commit").click()
    assert "?" not in said(tab)
    assert "You said" in tab.locator(".cb-predict").inner_text()


def commit(tab, answer):
    tab.locator(".cb-predict input").fill(answer)
    tab.get_by_role("button", name="Commit").click()


def test_slide_shows_only_results_that_were_predicted(plain):
    tab = show(plain, figures.Slide(signal=[1, 2, 3, 4, 5], kernel=[1, 1]))

    def results():
        return tab.locator(".cb-figure svg g:has(rect[y='141']) text").all_text_contents()

    tab.get_by_label("Place i").fill("2")
    assert results() == ["", "", "?", ""]
    commit(tab, "7")
    assert results() == ["", "", "7", ""]
    tab.get_by_label("Place i").fill("3")
    assert results() == ["", "", "7", "?"]
    tab.get_by_label("Place i").fill("1")
    assert results() == ["", "?", "", ""]
    tab.get_by_label("Place i").fill("2")
    assert results() == ["", "", "7", ""] and "You said 7." in tab.inner_text(".cb-predict")
    tab.get_by_label("Predict first").uncheck()
    assert results() == ["3", "5", "7", ""]
    tab.close()


def test_slide_colours_by_the_results_that_are_seen(plain):
    fills = set()
    for last in (5, -5):  # which no window at place 2 or before it has seen
        tab = show(plain, figures.Slide(signal=[1, 2, 3, 4, last], kernel=[1, 1], place=2))
        commit(tab, "7")
        result = tab.locator(".cb-figure svg g:has(rect[y='141'])", has_text="7")
        fills.add(result.locator("rect").get_attribute("fill"))
        tab.close()
    assert len(fills) == 1


def test_leakage_draws_no_larger_or_smaller_before_the_answer(plain):
    drawn = set()
    for candidates in (2, 50):
        tab = show(plain, figures.LeakageSimulator(candidates=candidates))
        drawn.add(tab.locator(".cb-figure polyline").first.get_attribute("points"))
        tab.close()
    assert len(drawn) == 1


def test_edgelab_tells_as_many_outputs_as_its_slider(plain):
    tab = show(plain, figures.EdgeLab(stride=3))
    last = int(tab.get_by_label("Place").get_attribute("max"))
    assert f"? after, {last + 1} outputs" in said(tab)
    tab.close()


def test_tracer_shows_only_fields_that_were_predicted(plain):
    tab = show(plain, figures.FieldTracer(layers=[(3, 2), (3, 1), (5, 3), (5, 3)], level=2))

    def fields():
        return tab.locator(".cb-figure tbody td:nth-child(5)").all_text_contents()

    assert fields() == ["?", "?", "?", "no"]  # the fourth layer finds no room
    commit(tab, "7")
    assert fields() == ["?", "7", "?", "no"]
    for level in ("0", "1", "3"):
        tab.get_by_label("Layer", exact=True).fill(level)
        assert fields() == ["?", "7", "?", "no"]
    tab.get_by_label("Predict first").uncheck()
    assert fields() == ["3", "7", "15", "no"]
    tab.close()


def test_mixer_shows_no_map_before_the_answer(plain):
    tab = show(plain, figures.ChannelMixer(second=True))
    cells = tab.locator(".cb-figure svg", has_text="and map 0").locator("g:has(text.cb-number)")

    def seen():
        fills = cells.locator("rect").evaluate_all("all => all.map(x => x.getAttribute('fill'))")
        return "".join(cells.all_text_contents()), set(fills)

    assert seen() == ("??", {"none"})  # in the sum, and in the map after the ReLU
    tab.get_by_label("Predict first").uncheck()
    assert len(seen()[0]) >= 3 * 9 and "none" not in seen()[1]
    tab.close()


def test_mixer_remembers_what_was_said_of_a_place(plain):
    tab = show(plain, figures.ChannelMixer())
    tab.locator(".cb-predict input").fill("-3")
    tab.get_by_role("button", name="Commit").click()
    verdict = "You said -3."
    assert verdict in tab.inner_text(".cb-predict") and "?" not in said(tab)
    for row in ("1", "0"):
        tab.get_by_label("Row", exact=True).fill(row)
        assert (verdict in tab.inner_text(".cb-predict")) == ("?" not in said(tab)) == (row == "0")
    tab.close()


def test_keyboard_of_a_phone_has_a_minus(blank):
    """A keypad for decimal numbers has none on some phones; that of a number field has."""
    assert blank.locator("[inputmode=decimal], [inputmode=numeric]").count() == 0


def test_code_is_given_only_with_the_answer(plain, figure):
    tab = show(plain, figure)
    button = tab.get_by_role("button", name="Copy as NumPy")
    button.click()
    assert tab.get_by_text("Commit to your answer first.", exact=True).is_visible()
    assert not tab.locator(".cb-figure pre").is_visible()
    tab.get_by_label("Predict first").uncheck()
    button.click()
    assert tab.locator(".cb-figure pre").is_visible()
    tab.close()


def test_start_again_asks_again(plain, figure):
    tab = show(plain, figure)
    tab.get_by_role("button", name="Link to this").click()
    assert figure.name in tab.url.split("?")[-1]
    before = said(tab)
    field = tab.locator(".cb-predict :is(input, select)")
    empty = field.input_value()  # not where it is one with a marker
    if field.evaluate("x => x.localName") == "input":
        field.fill("3")
    tab.get_by_role("button", name="Commit").click()
    assert said(tab) != before and "You said" in tab.locator(".cb-predict").inner_text()
    tab.get_by_label("Predict first").uncheck()
    tab.get_by_role("button", name="Start again").click()
    assert tab.get_by_label("Predict first").is_checked()
    assert said(tab) == before and "You said" not in tab.locator(".cb-predict").inner_text()
    assert field.evaluate("x => x.localName") == "select" or field.input_value() == empty
    assert "?" not in tab.url
    tab.close()


def test_nothing_and_a_decimal_comma_are_understood(plain):
    tab = show(plain, figures.Slide(kernel=[1, 0.5]))
    commit(tab, "")
    assert "A number, please." in tab.locator(".cb-predict").inner_text()
    for field in (tab.locator(".cb-predict input"), tab.get_by_label("Kernel 0")):
        field.fill("")
        field.press_sequentially("2,5")
        assert field.input_value() == "2.5"
    tab.close()


def test_each_painted_image_asks_anew(plain):
    tab = show(plain, figures.KernelBench(image=np.zeros((8, 8)), touch="bright"))
    commit(tab, "0")
    assert "Right" in tab.locator(".cb-predict").inner_text()
    tab.get_by_role("button", name="Paint this pixel").click()
    assert "You said" not in tab.locator(".cb-predict").inner_text() and "?" in said(tab)
    tab.close()


def test_tracer_asks_for_the_width_and_names_no_neighbour_of_a_unit_alone(plain):
    tab = show(plain, figures.FieldTracer(layers=[[5, 3, 0], [5, 1, 0]], level=2, unit=0))
    assert "pixels wide is the field of a unit of layer 2?" in tab.locator("form").inner_text()
    assert "neighbour" not in said(tab)
    tab.close()


def test_every_control_answers_to_the_keyboard(tab):
    tab.get_by_role("button", name="Start again").click()
    ways = {"checkbox": [["Space"]], "number": [["ArrowUp", "Enter"], ["ArrowDown", "Enter"]]}
    for control in tab.locator(".cb-figure .cb-controls :is(input, select)").all():

        def seen(control=control):  # but for the time that the drawing took
            page = tab.locator(".cb-figure").evaluate("x => x.innerHTML")
            return re.sub('data-ms="[^"]*"', "", page), control.evaluate("x => x.value + x.checked")

        before = seen()
        control.focus()
        for keys in ways.get(
            control.get_attribute("type"), [["ArrowRight"], ["ArrowLeft"], ["ArrowDown"]]
        ):
            for key in keys:
                tab.keyboard.press(key)
            if seen() != before:
                break
        else:
            pytest.fail(control.evaluate("x => x.outerHTML"))
        assert control.evaluate("x => x === document.activeElement")
    assert tab.trouble == []


def test_no_button_loses_the_focus_when_it_is_used(tab):
    for button in tab.locator(".cb-figure button:not([type=submit])").all():
        button.focus()
        for _ in range(6):  # until the tracer has no layer to add or to remove
            tab.keyboard.press("Enter")
        assert button.evaluate("x => x === document.activeElement"), button.inner_text()
    assert tab.trouble == []


def uncovered(tab):
    """Start the figure again, with nothing to predict."""
    tab.get_by_role("button", name="Start again").click()
    if tab.get_by_label("Predict first").is_checked():
        tab.get_by_label("Predict first").uncheck()


def path(tab, case):
    """Yield the places of a drag over the figure, in pixels of the window."""
    svg = tab.locator(".cb-figure .cb-drag").first
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    x0, y0, x1, y1 = case.DRAG
    for step in range(9):
        x, y = x0 + (x1 - x0) * step / 8, y0 + (y1 - y0) * step / 8
        yield box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_dragging_changes_the_state(tab, case):
    uncovered(tab)
    states = {said(tab)}
    for n, (x, y) in enumerate(path(tab, case)):
        tab.mouse.move(x, y)
        if n == 0:
            tab.mouse.down()
        states.add(said(tab))
    tab.mouse.up()
    assert len(states) > 2, "it does not go on after the first change"
    assert tab.trouble == []


def touch(view, tab, places):
    """Put a finger on the first of the places, move it over the others, and yield at each."""
    if not tab.evaluate("navigator.maxTouchPoints"):
        pytest.skip("there is no touch screen")
    session = view.new_cdp_session(tab)
    for n, (x, y) in enumerate(places):
        event = {"type": "touchMove" if n else "touchStart", "touchPoints": [{"x": x, "y": y}]}
        session.send("Input.dispatchTouchEvent", event)
        yield
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_changes_the_state(tab, view, case):
    uncovered(tab)
    states = {said(tab)}
    for _ in touch(view, tab, path(tab, case)):
        states.add(said(tab))
    assert len(states) > 2, "it does not go on after the first change"
    assert tab.trouble == []


def address(tab):
    """The address that holds the state."""
    tab.locator(".cb-tools button").last.evaluate("x => x.click()")
    return tab.url


def test_a_finger_scrolls_over_the_figure_unless_it_paints(tab, view, case):
    uncovered(tab)
    svg = tab.locator(".cb-figure .cb-drag").first
    paints = svg.evaluate("x => getComputedStyle(x).touchAction") == "none"
    *_, (x, y) = path(tab, case)  # where a tap would change the state
    before, state = tab.evaluate("scrollY"), address(tab)
    way = 10 if before > 100 else -10
    for _ in touch(view, tab, [(x + step % 2, y + way * step) for step in range(8)]):
        tab.wait_for_timeout(20)  # a frame
    assert (tab.evaluate("scrollY") == before) == paints
    assert (address(tab) == state) == (not paints)
    assert tab.trouble == []


def test_a_tap_changes_the_state(tab, view, case):
    uncovered(tab)
    state = address(tab)
    *_, place = path(tab, case)
    for _ in touch(view, tab, [place]):
        pass
    assert address(tab) != state


def test_only_the_main_button_drags(tab, case):
    uncovered(tab)
    state = address(tab)
    *_, place = path(tab, case)
    tab.mouse.click(*place, button="right")
    tab.mouse.click(*place, button="middle")
    assert address(tab) == state
    tab.mouse.click(*place)
    assert address(tab) != state


def test_it_is_printed_as_its_picture(tab):
    tab.emulate_media(media="print")
    seen = [
        tab.locator(f"[data-figure] {part}").first.is_visible() for part in ("img", "svg", "button")
    ]
    tab.emulate_media(media="screen")
    assert seen == [True, False, False]


SMALL_WORDS = """all => all.filter(x => x.textContent.trim() && x.checkVisibility())
    .filter(x => parseFloat(getComputedStyle(x).fontSize) * x.getScreenCTM().a < 11)
    .map(x => [x.closest('[data-figure]').dataset.figure, x.textContent])"""


def test_words_in_drawings_are_large_enough(tab):
    uncovered(tab)
    assert tab.eval_on_selector_all(".cb-figure svg text", SMALL_WORDS) == []


@pytest.mark.parametrize("column", [312, 560, 602, 650])
def test_words_are_large_enough_in_each_layout(chromium, column):
    with gallery(chromium, column) as tab:
        tab.eval_on_selector_all("label:has(+ form) input", "all => all.map(x => x.click())")
        assert tab.eval_on_selector_all(".cb-figure svg text", SMALL_WORDS) == []


@pytest.mark.parametrize("count", range(1, 6))
def test_words_are_large_enough_beside_the_longest_rows(chromium, count):
    context = chromium.new_context(**VIEWS["phone"])
    figure = figures.Slide(signal=[1, 2, 3, 4, 5, 6], kernel=[1] * count, full=True, place=9)
    tab = show(context, figure)
    tab.get_by_label("Predict first").uncheck()
    assert tab.eval_on_selector_all(".cb-figure svg text", SMALL_WORDS) == []
    words = tab.inner_text(".cb-figure")
    assert all(name in words for name in ("signal", "kernel", "products", "results"))
    context.close()


DECIMALS = {  # as long as numbers with two decimals become
    "slide": {"signal": [9, -8.75, 7.25, -6.5, 9], "kernel": [-9, 8.75, -7.25], "place": 2},
    "edgelab": {"signal": [-8.75, 8.5, -7.25, 6.5, -5.75, 9, -9, -8.5], "size": 2},
    "kernelbench": {
        "image": [[0.55, 1, 0.25, 0.95, 0.05, 0, 0.75, 1]] * 8,
        "kernel": [[-8.75, 8.5, -7.25], [6.75, -9, 9], [-8.75, -8.75, -0.25]],
    },
    "findpattern": {"score": "zero-mean", "plus": 1, "block": 9, "ground": 9},
    "mixer": {"weights": [[[[-8.75, 8.5]] * 3] * 2] * 2, "bias": [-8.75, 8.75], "second": True},
}


@pytest.mark.parametrize("name", DECIMALS)
def test_numbers_fit_their_cells(plain, name):
    """They shrink to do so, below the size of other words: what is picked is in the sentence."""
    tab = show(plain, getattr(figures, CASES[name].CLASS)(**DECIMALS[name]))
    tab.get_by_label("Predict first").uncheck()
    tab.evaluate("document.body.style.fontFamily = 'system-ui'")  # as on the site
    widths = """all => all.map(x => [x.textContent, x.getBBox().width,
        x.previousElementSibling.getBBox().width])"""
    numbers = tab.eval_on_selector_all(".cb-figure svg g > rect + text.cb-number", widths)
    tab.close()
    assert max(len(text) for text, *_ in numbers) >= 5
    assert [number for number in numbers if number[1] > number[2] + 0.1] == []


def test_words_in_drawings_have_a_colour(tab):
    uncovered(tab)
    black = """all => all.filter(x => x.textContent && !x.getAttribute('fill'))
        .filter(x => getComputedStyle(x).fill === 'rgb(0, 0, 0)').map(x => x.outerHTML)"""
    assert tab.eval_on_selector_all(".cb-figure svg text", black) == []


def luminance(colour):
    share = np.array(colour, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_numbers_are_legible_on_every_colour(plain):
    tab = show(plain, figures.Slide())
    run = """() => import('/figures/shared.js').then(({bright, signed}) => [
        ...Array.from({length: 256}, (_, level) => bright(level, 255)),
        ...Array.from({length: 2001}, (_, n) => signed(n - 1000, 1000))])"""
    looks = tab.evaluate(run)
    tab.close()
    fills = luminance([re.findall(r"\d+", look["fill"]) for look in looks])
    inks = luminance([[int(digit * 2, 16) for digit in look["ink"][1:]] for look in looks])
    contrast = (np.maximum(fills, inks) + 0.05) / (np.minimum(fills, inks) + 0.05)
    assert len(looks) == 2257 and contrast.min() >= 4.5  # WCAG's AA


FAR = {
    "digitpad": {"layer": 1, "map": 99, "row": 27, "column": 27, "plane": 99},
    "curves": {"stop": 60},
    "edgelab": {"mode": "valid", "size": 7, "place": 7},
    "slide": {"kernel": [1, 2, 3, 4, 5], "place": 9},
    "switches": {"inputs": 4, "row": 5, "column": 7},
    "tracer": {"layers": [[3, 2, 0]], "level": 5, "unit": 22},
}


@pytest.mark.parametrize("name", FAR)
def test_a_slider_shows_the_number_that_is_in_use(plain, name):
    tab = show(plain, getattr(figures, CASES[name].CLASS)(**FAR[name]))
    seen = """all => all.map(x => [x.value, x.nextElementSibling.textContent])
        .filter(([value, text]) => !isNaN(text) && value !== text)"""
    assert tab.eval_on_selector_all(".cb-figure input[type=range]", seen) == []
    tab.close()


TWICE = """async ([name, state]) => {
    const listeners = new Set();
    const model = {get: key => state[key], set: (key, value) => { state[key] = value; },
        save_changes: () => listeners.forEach(listener => listener()),
        on: (_, listener) => listeners.add(listener),
        off: (_, listener) => listeners.delete(listener)};
    window.model = model;
    const {default: figure} = await import(`/figures/${name}.js`);
    const views = [1, 2].map(() => document.createElement('div'));
    document.querySelector('main').replaceChildren(...views);
    for (const el of views) await figure.render({model, el});
}"""


def test_two_views_of_one_figure_are_alike_and_uncovered_each_for_itself(plain, figure):
    tab = show(plain, figure)
    tab.evaluate(TWICE, [figure.name, figure.state()])
    first, second = tab.locator(".cb-figure").all()

    def sentences():
        return [view.locator(".cb-state").inner_text() for view in (first, second)]

    covered = sentences()[0]
    first.get_by_label("Predict first").uncheck()
    assert "?" not in sentences()[0] and sentences()[1] == covered
    second.get_by_label("Predict first").uncheck()
    for view in (first, second):
        before = sentences()
        control = view.locator(".cb-controls :is(input[type=range], select)").first
        control.focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
            tab.keyboard.press(key)
            if sentences() != before:
                break
        assert sentences()[0] == sentences()[1] != before[0]
    assert tab.trouble == []
    tab.close()


# Where its state comes from


def linked(tab, figure):
    """The state that the address holds."""
    return json.loads(parse_qs(urlsplit(address(tab)).query)[figure.name][0])


def test_address_holds_a_state(plain, case, figure):
    state = case.random_state(np.random.default_rng(3))
    tab = show(plain, figure, f"?{figure.name}={quote(json.dumps(state))}")
    other = show(plain, getattr(figures, case.CLASS)(**state))
    assert said(tab) == said(other)
    assert linked(tab, figure) == linked(other, figure)
    tab.get_by_role("button", name="Start again").click()
    assert "?" not in tab.url and linked(tab, figure).items() <= figure.state().items()
    for opened in (tab, other):
        opened.close()


UNREADABLE = ["{", "[]", "null", '"no"', "7"]


@pytest.mark.parametrize("text", [*UNREADABLE, '{"nothing": 1}', '{"toString": 1, "b": 2}'])
def test_bad_address_is_ignored_with_a_note(plain, figure, text):
    tab = show(plain, figure, f"?{figure.name}={quote(text)}")
    note = tab.locator("[data-figure] [role=status]").first.inner_text()
    assert note.endswith("shown as usual.")
    wrong = [] if text in UNREADABLE else [", ".join(json.loads(text))]
    assert re.findall(r"\((.*)\)", note) == wrong
    tab.get_by_role("button", name="Start again").click()
    assert "?" not in tab.url and "shown as usual" not in tab.inner_text("[data-figure]")
    assert tab.trouble == []
    tab.close()


@pytest.mark.parametrize("name", FAR)
def test_state_beyond_what_there_is_is_noted_and_not_linked_to(plain, name):
    figure = getattr(figures, CASES[name].CLASS)()
    tab = show(plain, figure, f"?{name}={quote(json.dumps(FAR[name]))}")
    note = tab.locator("[data-figure] > div > p[role=status]")
    assert note.inner_text().startswith("The address asks for more than there is here (")
    tab.get_by_role("button", name="Link to this").click()
    assert "The address now holds this state." in tab.inner_text(".cb-tools [role=status]")
    again = show(plain, figure, tab.url.removeprefix("https://course.test/").split("#")[0])
    assert said(again) == said(tab) and note.count() == 1
    assert again.locator("[data-figure] > div > p[role=status]").count() == 0
    for opened in (tab, again):
        opened.close()


def test_a_number_that_is_out_of_range_is_refused_with_words(tab):
    for field in tab.locator(".cb-figure .cb-grid input").all()[:1]:
        before = field.input_value()
        field.fill("99")
        field.press("Enter")
        told = tab.locator(".cb-control:has(> .cb-grid) [role=status]").first
        least, most = (field.get_attribute(end) for end in ("min", "max"))
        assert told.inner_text() == f"Only numbers from {least} to {most}.".replace("-", "−")
        assert field.input_value() == before
        field.press("ArrowUp" if before != most else "ArrowDown")
        field.press("Enter")
        assert told.inner_text() == ""


def test_bad_state_from_an_address_is_ignored(plain, case, figure):
    for bad in case.BAD:
        tab = show(plain, figure, f"?{figure.name}={quote(json.dumps(bad))}")
        assert "shown as usual" in tab.locator("[data-figure]").inner_text(), bad
        tab.close()


def test_bad_state_from_python_is_refused(case):
    for bad in [*case.BAD, *({name: object()} for state in case.BAD for name in state)]:
        with pytest.raises(TraitError, match=next(iter(bad))):
            getattr(figures, case.CLASS)(**bad)
    with pytest.raises(TypeError, match="has .* and no"):
        getattr(figures, case.CLASS)(nothing=1)


UNFIT = [
    ("KernelBench", {"image": np.full((8, 8), 255)}, r"shape \(8, 8\), of numbers from 0 to 1$"),
    ("Slide", {"signal": [10] * 5}, "expected a finite number from -9 to 9, not"),
    ("ShiftLab", {"digit": np.full((28, 28), 256)}, "expected a whole number from 0 to 255, not"),
    ("ArchitectureBench", {"layers": [[8, 0, 1, 1]]}, "expected a whole number from 1, not"),
    ("LeakageSimulator", {"claim": 3}, "expected a finite number from 0 to 2, not"),
]


@pytest.mark.parametrize(("name", "state", "message"), UNFIT)
def test_python_is_told_which_numbers_are_expected(name, state, message):
    with pytest.raises(TraitError, match=message):
        getattr(figures, name)(**state)


def test_python_may_give_arrays_and_numbers_of_numpy(case):
    state = case.random_state(np.random.default_rng(4))
    arrays = {name: np.array(value)[()] for name, value in state.items()}
    plain, same = (getattr(figures, case.CLASS)(**given) for given in (state, arrays))
    assert json.dumps(same.state()) == json.dumps(plain.state())
    for name, value in arrays.items():
        setattr(same, name, value)
    assert json.dumps(same.state()) == json.dumps(plain.state())


SMALL = {"layers": [], "average": True, "dense": 0}  # 10 multiply-adds
LARGE = {"layers": [[96, 7, 1, 1], [96, 7, 1, 1]]}


@pytest.mark.parametrize("state", [SMALL, {"layers": [[8, 5, 2, 1]], "dense": 0}, LARGE])
def test_bench_points_to_a_network_beyond_its_chart(plain, state):
    tab = show(plain, figures.ArchitectureBench(**state))
    chart = tab.locator(".cb-figure svg", has_text="Validation accuracy of recorded networks")
    assert not re.search("←|→", chart.text_content()), "the answer is still to come"
    tab.get_by_label("Predict first").uncheck()
    work = re.search(r"([\d,]+) multiply-adds", said(tab))[1]
    arrows = [f"← {work}"] if state is SMALL else [f"{work} →"] if state is LARGE else []
    assert re.findall(r"← [\d,]+|[\d,]+ →", chart.text_content()) == arrows
    tab.close()


SENTENCES = [
    ("edgelab", {"size": 2, "stride": 4}, "In no window: indices 2, 3, 6, 7."),
    ("edgelab", {"size": 3, "stride": 2, "mode": "valid"}, "In no window: index 7."),
    ("edgelab", {"size": 3, "mode": "zeros"}, "with 1 number put before and 1 after"),
    ("leakage", {"candidates": 1, "digits": 10000, "claim": 0.6}, "; < 0.1 % of such searches"),
    ("findpattern", {"score": "zero-mean", "plus": 5, "block": 5, "ground": 5}, "kinds of places;"),
    ("leakage", {"candidates": 1, "digits": 300}, "looks 0 points too good on average"),
    ("retina", {"shape": "uniform"}, "An ON-centre cell sees uniform light, at each place"),
    ("kernelbench", {"kernel": np.zeros((3, 3), int)}, "whose numbers are all 0."),
    ("kernelbench", {"kernel": [[-1 / 9] * 3] * 3}, "Kernel: [[−0.11,−0.11,−0.11],"),
    ("slide", {"signal": [-1 / 3] * 5}, "[−0.33,−0.33,−0.33,−0.33,−0.33] and [1,2,3]"),
    ("edgelab", {"signal": [-1 / 3] * 7, "size": 2}, "Signal [−0.33, −0.33, −0.33"),
    ("shiftlab", {"digit": np.full((28, 28), 255), "shift": 8}, "average is 78 and was 0. Read"),
    ("curves", {"stop": 1}, "uncovered: 20 of 20 epochs."),
]


@pytest.mark.parametrize(("name", "state", "words"), SENTENCES)
def test_special_cases_are_worded_for_themselves(plain, name, state, words):
    tab = show(plain, getattr(figures, CASES[name].CLASS)(**state))
    asked = tab.locator(".cb-predict").first.inner_text()
    tab.get_by_label("Predict first").uncheck()
    titles = " ".join(tab.locator(".cb-figure svg title").all_text_contents())
    assert words in f"{asked} {said(tab)} {titles}"
    assert tab.trouble == []
    tab.close()


@pytest.mark.parametrize(("name", "label"), [("bench", "Network"), ("digitpad", "Test digit")])
def test_a_menu_says_your_own_only_of_what_is(plain, name, label):
    tab = show(plain, getattr(figures, CASES[name].CLASS)())
    menu = tab.locator(f"label:has-text('{label}') select")
    before = menu.input_value()
    menu.select_option("your own")
    assert menu.input_value() == before != "-1"
    tab.close()


def test_accuracies_that_python_changes_are_shown(plain):
    tab = show(plain, figures.ShiftLab())
    tab.evaluate(TWICE, ["shiftlab", figures.ShiftLab().state()])
    tab.get_by_label("Predict first").first.uncheck()
    change = "([key, value]) => { window.model.set(key, value); window.model.save_changes(); }"
    tab.evaluate(change, ["accuracies", {"a_new_one": [0.25] * 9, "another": [0.75] * 9}])
    assert said(tab).endswith("Read of 100 digits: a new one 25, another 75.")
    field = tab.locator(".cb-predict").last
    assert field.locator("option").all_inner_texts() == ["a new one", "another"]
    field.locator("select").select_option("another")
    field.get_by_role("button", name="Commit").click()
    assert "You said another. Right." in field.inner_text()
    tab.evaluate(change, ["accuracies", {"a_new_one": [0.75] * 9, "another": [0.25] * 9}])
    assert "You said" not in field.inner_text()
    assert said(tab).endswith("a new one 75, another 25.")
    tab.close()
