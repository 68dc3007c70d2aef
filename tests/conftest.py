"""What the tests of pages and site share: the pages of the book, and the site built of them."""

import os
from pathlib import Path

import browsing
import pytest
from browsing import PAGES

ROOT = Path(__file__).parents[1]
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
}
VIEWS["phone-dark"] = VIEWS["phone"] | {"color_scheme": "dark"}

# `make test` runs these tests: a make that one of them starts is not a part of that make.
for name in ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"):
    os.environ.pop(name, None)


def room(tab):
    """Return the name of each figure of a page, the height it uses and the height kept for it."""
    tab.evaluate("new Promise(requestAnimationFrame)")  # after a change of the window's width
    measure = """all => all.map(x => [x.dataset.figure,
        x.firstElementChild.getBoundingClientRect().height,
        parseFloat(getComputedStyle(x).minHeight)])"""
    return tab.eval_on_selector_all("[data-figure]", measure)


@pytest.fixture(scope="session")
def pages():
    return PAGES


@pytest.fixture(scope="session", params=PAGES)
def page(request):
    return request.param


@pytest.fixture(scope="session")
def site():
    """The folder of the built book."""
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").exists():
        pytest.fail(f"There is no book in {folder}: run make first", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def origin(site):
    """The address of the site, below a path as on GitHub Pages."""
    with browsing.served(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    """The browser, one for all tests: there cannot be two at a time."""
    if not browsing.PATH:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("There is no Chromium on the PATH")
    with browsing.browser() as browser:
        yield browser


@pytest.fixture(scope="module", params=VIEWS)
def context(request, chromium):
    context = chromium.new_context(**VIEWS[request.param])
    context.name = request.param
    yield context
    context.close()
