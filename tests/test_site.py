"""The built site works: in a real browser, on a desk and on a phone, by day and by night."""

import gzip
import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import VIEWS

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "_build" / "screenshots"
MISSING = "images => images.filter(image => !image.naturalWidth).map(image => image.src)"


# The files


def test_page_is_built(site, page):
    assert (site / f"{page}.html").exists()


def test_front_page_is_the_root_of_the_toc(site, pages):
    front = BeautifulSoup((site / "index.html").read_bytes(), "html.parser")
    title = re.search(r"^# (.+)", (ROOT / f"{pages[0]}.md").read_text(), re.MULTILINE)[1]
    assert front.h1.find(string=True) == title


def test_title_names_the_course_once(site, page):
    title = BeautifulSoup((site / f"{page}.html").read_bytes(), "html.parser").title.get_text()
    assert title.count("Seeing with Numbers") == 1


def test_no_link_is_broken(site):
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    soups = {path: BeautifulSoup(path.read_bytes(), "html.parser") for path in paths}
    anchors = {path: {"", *(t["id"] for t in soup.select("[id]"))} for path, soup in soups.items()}
    broken = []
    for path, soup in soups.items():
        for tag in soup.select("[href], [src]"):
            link = urlsplit(tag.get("href", tag.get("src")))
            if not link.scheme and not link.netloc:
                target = (path.parent / unquote(link.path)).resolve() if link.path else path
                if not target.is_file() or link.fragment not in anchors.get(target, link.fragment):
                    broken.append(f"{path.relative_to(site)}: {link.geturl()}")
    assert broken == []


# The browser


@pytest.fixture(scope="module")
def shown(context, page, origin):
    """The loaded page, with the `trouble` it had and the requests that it sent `outside`."""
    tab, trouble, outside, inside = context.new_page(), [], [], set()

    def is_ours(url):
        return url.startswith((origin, "data:", "blob:"))

    def guard(route, request):
        if is_ours(request.url):
            route.continue_()
        else:
            outside.append(request.url)
            route.abort()

    def said(message):
        if message.type == "error" and is_ours(message.location["url"] or origin):
            trouble.append(message.text)

    tab.route("**/*", guard)
    tab.on("console", said)
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.on("requestfailed", lambda r: is_ours(r.url) and trouble.append(f"failed: {r.url}"))
    tab.on("response", lambda r: r.status >= 400 and trouble.append(f"{r.status}: {r.url}"))
    tab.on("requestfinished", lambda r: inside.add(urlsplit(r.url.removeprefix(origin)).path))
    tab.goto(f"{origin}/{page}.html", wait_until="load")
    typeset = "window.MathJax?.startup.promise"
    tab.wait_for_function(f"() => {typeset} || !document.querySelector('.math')")
    tab.evaluate(f"Promise.all([{typeset}, document.fonts.ready]).then(() => 0)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(
        path=SCREENSHOTS / f"{page.replace('/', '-')}-{context.name}.png", full_page=True
    )
    tab.wait_for_function("() => !document.querySelector('[data-figure] > script')")
    yield SimpleNamespace(tab=tab, trouble=trouble, outside=outside, inside=inside)
    tab.close()


def test_page_loads_without_trouble(shown):
    assert shown.trouble == []


def test_page_needs_no_network(shown):
    assert shown.outside == []


def test_title_is_visible(shown):
    assert shown.tab.locator("article h1").is_visible()


def test_mathematics_is_typeset(shown):
    raw = "all => all.filter(x => !x.querySelector('mjx-container')).map(x => x.innerText)"
    assert shown.tab.eval_on_selector_all(".math", raw) == []
    assert shown.tab.locator("mjx-merror").count() == 0


def test_images_are_loaded(shown):
    assert shown.tab.eval_on_selector_all("img", MISSING) == []


def test_page_does_not_scroll_sideways(shown):
    """Nor with words that are enlarged by half."""
    width = """size => { document.documentElement.style.fontSize = size;
        return ['scrollWidth', 'clientWidth'].map(name => document.scrollingElement[name]); }"""
    for size in ("24px", ""):
        content, window = shown.tab.evaluate(width, size)
        assert content <= window, size


def test_page_is_dark_by_night_only(shown, context):
    colour = "['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name])"
    found = [re.findall(r"[\d.]+", css) for css in shown.tab.evaluate(colour)]
    back, ink = ([float(number) for number in numbers] for numbers in found)
    assert len(back) == 3  # a fourth number would be transparency
    assert (sum(back) < sum(ink)) == (context.name == "phone-dark")
    assert abs(sum(back) - sum(ink)) > 3 * 128


def test_page_is_accessible(shown):
    shown.tab.evaluate("document.querySelectorAll('details').forEach(x => { x.open = true; })")
    found = Axe().run(shown.tab).response["violations"]
    culprits = [(v["id"], node["html"][:200]) for v in found for node in v["nodes"]]
    assert culprits == []


def test_page_allows_no_script_but_its_own(shown):
    inject = """() => { const script = document.createElement('script');
        script.textContent = 'window.injected = true'; document.body.append(script);
        return window.injected === true; }"""
    assert shown.tab.evaluate(inject) is False
    before = [*shown.outside]
    ask = "fetch('https://example.org/').then(() => 'answered', () => 'refused')"
    assert shown.tab.evaluate(ask) == "refused"
    assert shown.outside == before  # refused before it was sent


def test_page_is_light(shown, site):
    """Compressed and with an empty cache, as a phone loads it."""
    files = [site / unquote(path.lstrip("/")) for path in shown.inside]
    files = [file for file in files if file.is_file()]
    sizes = {file: len(gzip.compress(file.read_bytes())) / 1000 for file in files}
    text = next(size for file, size in sizes.items() if file.suffix == ".html")
    assert text <= 60, "the text waits for what should be apart"
    budget = 200
    for content, more in {".math, .cb-figure": 600, "[data-figure=digitpad]": 1000}.items():
        if shown.tab.query_selector(content):
            budget = more
    heaviest = sorted((size, file.name) for file, size in sizes.items())[-6:]
    assert sum(sizes.values()) <= budget, heaviest


PAPER = {"width": 718, "height": 1047}  # what the margins leave of A4, at 96 dots an inch
ON_PAPER = """() => {
    const open = {contentVisibilityAuto: true, opacityProperty: true};
    const visible = selector => [...document.querySelectorAll(selector)]
        .filter(x => x.checkVisibility(open) && x.getBoundingClientRect().height).length;
    const all = selector => document.querySelectorAll(selector).length;
    const contrast = colour => { // with white, as WCAG has it
        const linear = colour.match(/[\\d.]+/g).slice(0, 3).map(level => level / 255)
            .map(share => share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
        return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05);
    };
    const dark = ({backgroundColor: colour}) => !/, 0\\)$/.test(colour) && contrast(colour) > 2;
    return {
        controls: visible('button, input, select, form, .bd-sidebar, footer, .cb-figure'),
        figures: all('[data-figure]') - visible('[data-figure] img'),
        answers: all('article details') - visible('article details > :last-child'),
        overflow: document.scrollingElement.scrollWidth - innerWidth,
        cut: [...document.querySelectorAll('article pre')]
            .filter(x => x.scrollWidth > x.clientWidth).map(x => x.textContent.slice(0, 60)),
        pale: [...document.querySelectorAll('article *')]
            .filter(x => x.checkVisibility(open) && x.textContent.trim())
            .filter(x => contrast(getComputedStyle(x).color) < 4.5 || dark(getComputedStyle(x)))
            .map(x => x.outerHTML.slice(0, 60)),
    };
}"""


def test_page_prints(shown, context):
    """No controls, all answers open, each figure as its still picture, nothing cut off or pale."""
    shown.tab.emulate_media(media="print")
    shown.tab.set_viewport_size(PAPER)
    found = shown.tab.evaluate(ON_PAPER)
    shown.tab.set_viewport_size(VIEWS[context.name]["viewport"])
    shown.tab.emulate_media(media="screen")
    assert found == {
        "controls": 0,
        "figures": 0,
        "answers": 0,
        "overflow": 0,
        "cut": [],
        "pale": [],
    }


def test_missing_page_is_explained(site, context, origin):
    tab = context.new_page()
    tab.goto(f"{origin}/404.html")
    assert "no such page" in tab.inner_text("h1")
    assert Axe().run(tab).response["violations"] == []
    tab.close()


def test_exercises_link_to_states_of_figures(site, origin, chromium):
    tab = chromium.new_page()
    found = set()
    for path in sorted(site.glob("exercises/*.html")):
        for link in BeautifulSoup(path.read_bytes(), "html.parser").select('article a[href*="="]'):
            tab.goto(f"{origin}/exercises/{link['href']}")
            ((name, [state]),) = parse_qs(urlsplit(link["href"]).query).items()
            figure = tab.locator(f"#fig-touch-{name}")
            figure.get_by_role("button", name="Link to this").click()  # now the address has it all
            assert "shown as usual" not in figure.inner_text()
            now = json.loads(parse_qs(urlsplit(tab.url).query)[name][0])
            assert now == now | json.loads(state), path.name
            found.add(name)
    tab.close()
    assert len(found) > 10


def test_site_can_be_read_from_a_folder(site, chromium):
    """Without a server a browser loads no module, so the figures stay pictures."""
    tab = chromium.new_page()
    tab.goto((site / "book" / "edges.html").as_uri())
    tab.wait_for_function("() => !document.querySelector('.math:not(:has(mjx-container))')")
    assert tab.eval_on_selector_all("img", MISSING) == []
    assert tab.locator("[data-figure] img").is_visible()
    tab.locator(".right-next").click()
    assert tab.url.endswith("patterns.html")
    tab.goto((site / "search.html").as_uri() + "?q=equivariant")
    tab.locator("#search-results li a", has_text="Pooling").first.wait_for()
    tab.close()


@pytest.mark.parametrize("way", ["without a script", "from a folder"])
@pytest.mark.parametrize("name", ["mnist-cnn", "edges"])
def test_figure_that_cannot_come_has_no_room_kept(site, origin, chromium, way, name):
    context = chromium.new_context(**VIEWS["phone"], java_script_enabled=way == "from a folder")
    tab = context.new_page()
    start = site.as_uri() if way == "from a folder" else origin
    tab.goto(f"{start}/book/{name}.html")
    boxes = [tab.locator(f"[data-figure]{part}").bounding_box() for part in ("", " img")]
    room, picture = (box["height"] for box in boxes)
    assert 100 < picture <= room < picture + 20
    context.close()


def test_search_finds_a_word(context, origin):
    tab = context.new_page()
    tab.goto(f"{origin}/search.html?q=equivariant")
    tab.locator("#search-results li a").first.wait_for()
    assert "pooling" in tab.locator("#search-results").inner_html()
    tab.close()
