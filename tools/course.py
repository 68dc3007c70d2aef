"""The site's own Sphinx extension: what no package does for the pages of this course.

SITE_URL is the address at which the site will be published, GITHUB_REPOSITORY its owner/name.
Both are known where it is published (.github/workflows); without them there is no sitemap, and
no button that launches a page elsewhere.
"""

import base64
import hashlib
import html
import json
import os
import re
import shutil
from functools import partial
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

from bs4 import BeautifulSoup
from fontTools import subset
from sphinx.errors import ExtensionError

from convbook.figures import base

SITE = os.environ.get("SITE_URL", "").rstrip("/")
REPOSITORY = os.environ.get("GITHUB_REPOSITORY", "")


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("config-inited", add_launch_buttons)
    app.connect("source-read", show_exercises)
    app.connect("doctree-read", drop_widget_state)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_launch_buttons(app, config):
    """Let the theme offer Binder, if anybody knows where the notebooks are.

    Not Colab: it opens no MyST notebook, and has not installed the package that all of them need.
    """
    if REPOSITORY:
        config.html_theme_options |= {
            "repository_url": f"https://github.com/{REPOSITORY}",
            "repository_branch": "main",
            "launch_buttons": {
                "notebook_interface": "jupyterlab",
                "binderhub_url": "https://mybinder.org",
            },
        }


LINK = re.compile(r"\[([^]]+)\]\(<(\S+)\.md#(\w+)=(\{.*?\})>\)")


def link_states(text):
    """Link to the state of a figure by its address, where a notebook links to the chapter."""

    def link(found):
        words, page, name, state = found.groups()
        return f'<a href="{page}.html?{name}={quote(state)}#fig-touch-{name}">{words}</a>'

    return LINK.sub(link, text)


def show_exercises(app, name, source):
    """Prepare the notebooks of exercises and solutions to be read as pages.

    An exercise stores what its checks print for a right answer, and says so below
    each of them: once is enough. A solution marks its answers for `make exercises`.
    """
    if name.startswith("exercises/"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
            else:
                cell["source"] = link_states("".join(cell["source"]))
        source[0] = json.dumps(notebook)
    elif name.startswith("solutions/"):
        unmarked = re.sub(r"^ *# (BEGIN|END) SOLUTION\n", "", source[0], flags=re.MULTILINE)
        source[0] = link_states(unmarked.replace("# Exercises:", "# Solutions:", 1))


def drop_widget_state(app, doctree):
    """Leave out what ipywidgets would need: the figures carry their state themselves."""
    kept = app.env.nb_metadata[app.env.docname].get("js_files", {})
    kept.pop("ipywidgets_state", None)


def finish(app, exception):
    """Complete the site once all its pages are written."""
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    modules = site / "_static" / "figures"
    modules.mkdir(parents=True, exist_ok=True)
    for source in base.HERE.glob("*.js"):
        shutil.copy(source, modules)
    pages = sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    new = [page for page, text in texts.items() if "Content-Security-Policy" not in text]
    if not new:  # this build wrote no page, so it brought no picture and no font either
        return
    for page in new:
        name = page.relative_to(site).as_posix()
        ours = name.removesuffix(".html") in app.env.all_docs
        apart = partial(put_apart, modules, "../" * name.count("/"))
        text = STATE.sub(apart, texts[page])
        page.write_text(improve(text, name, ours), encoding="utf-8")
    for picture in site.glob("_images/*.png"):
        picture.write_bytes(base.with_palette(picture.read_bytes()))
    subset_icons(site)
    write_not_found(site)
    if SITE:
        urls = "".join(f"<url><loc>{SITE}/{page.relative_to(site)}</loc></url>" for page in pages)
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        (site / "sitemap.xml").write_text(f'<urlset xmlns="{namespace}">{urls}</urlset>\n')


STATE = re.compile(r'<script type="application/json">([^<]{50000,})</script>')


def put_apart(folder, root, found):
    """Write a figure's large state into a file of its own: the text must not wait for it."""
    name = hashlib.sha256(found[1].encode()).hexdigest()[:16] + ".json"
    (folder / name).write_text(found[1])
    return f'<script type="application/json" data-src="{root}_static/figures/{name}"></script>'


# The theme's HTML, repaired

REPAIRS = [  # what the theme writes on our pages, what stands there instead
    ('<meta name="viewport" content="width=device-width, initial-scale=1"/>', ""),
    ('<meta name="viewport" content="width=device-width, initial-scale=1" />', ""),
    (
        '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar">',
        '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar" role="region"'
        ' aria-label="Sidebar">',
    ),
    (re.compile(r'<script defer src="[^"]*fontawesome\.js[^"]*"></script>'), ""),
]
SEARCH = re.compile(
    r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
# All scripts that keep the text waiting, but for the one that others within the page build upon.
WAITING = re.compile(r'<script (?=src="(?![^"]*documentation_options)|data-sd-)')
MATHJAX = re.compile(
    r"<script>(window\.MathJax = .*?)</script>\s*"
    r'<script [^>]*src="([^"]*mathjax/tex[^"]*)"></script>'
)
# Formula by formula, so that a reader who scrolls or touches need not wait for all of them.
MATHJAX_LATER = r"""<script>\1;
MathJax.startup = {pageReady: async () => {
  for (const formula of document.querySelectorAll(".math")) {
    await MathJax.typesetPromise([formula]);
    await new Promise(setTimeout);
  }
}};
addEventListener("load", () => {
  document.head.append(Object.assign(document.createElement("script"), {src: "\2"}));
});</script>"""
# Opened from a folder, a page has pictures where its figures would be: course.css wants to know.
PROTOCOL = "<script>document.documentElement.dataset.protocol = location.protocol;</script>"
TITLE = re.compile(r"<title>(.+?) (?:—|&#8212;) \1</title>")


def replaced(text, old, new, needed=True):
    """Replace `old`; fail if it is needed and not there, because then the theme has changed."""
    found = old.search(text) if isinstance(old, re.Pattern) else old in text
    if needed and not found:
        raise ExtensionError(f"the theme no longer writes {old}: adapt REPAIRS in tools/course.py")
    return old.sub(new, text) if isinstance(old, re.Pattern) else text.replace(old, new)


def improve(text, name, ours):
    """Return a page that loads what it needs, only from the site, and says what it is.

    The theme's own pages (search, index) lack some of what it writes on `ours`.
    """
    for old, new in REPAIRS:
        text = replaced(text, old, new, needed=ours)
    if name != "search.html":
        text = replaced(text, SEARCH, "", needed=ours)
        text = replaced(text, WAITING, "<script defer ", needed=ours)
    if "toctree-toggle" in text:
        toggle = '<summary><span class="toctree-toggle"'
        named = toggle.replace("<summary>", '<summary aria-label="The pages below">')
        text = replaced(text, toggle, named)
    for role in ("doc-biblioentry", "list"):  # of the bibliography: not allowed where they stand
        text = re.sub(rf'(<div\b(?=[^>]* class="citation)[^>]*) role="{role}"', r"\1", text)
    mathematics = 'class="math' in text
    text = replaced(text, MATHJAX, MATHJAX_LATER if mathematics else "", needed=mathematics)
    if "data-figure=" in text:
        text = text.replace("</title>", f"</title>\n{PROTOCOL}", 1)
    # A front page that is named as the course (a test asks for it, other courses need not).
    text = TITLE.sub(r"<title>\1</title>", text)
    soup = BeautifulSoup(text, "html.parser")
    return text.replace("</title>", f"</title>\n{card(soup, name)}\n{policy(soup)}", 1)


def policy(soup):
    """Return the Content-Security-Policy of a page: nothing from elsewhere, no unknown script."""
    inline = [
        s.string for s in soup("script") if s.string and not s.get("type", "").endswith("json")
    ]
    handlers = [v for tag in soup(True) for name, v in tag.attrs.items() if name.startswith("on")]
    codes = [hashlib.sha256(code.encode()).digest() for code in [*inline, *handlers]]
    hashes = sorted({f"'sha256-{base64.b64encode(code).decode()}'" for code in codes})
    scripts = " ".join(["'self'", *hashes, *(["'unsafe-hashes'"] if handlers else [])])
    rules = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    content = "; ".join(f"{rule} {sources}" for rule, sources in rules.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def card(soup, name):
    """Return what a link to the page shows elsewhere (Open Graph), and the page's icon."""
    first = soup.select_one("article p")
    words = " ".join(first.get_text().split()) if first else ""
    description = words if len(words) < 200 else words[:197].rsplit(" ", 1)[0] + " ..."
    root = "../" * name.count("/")
    tags = {
        "og:title": soup.title.get_text().split(" — ")[0],
        "og:description": description,
        "og:type": "article",
        "og:site_name": "Seeing with Numbers",
    }
    if SITE:
        tags |= {"og:url": f"{SITE}/{name}", "og:image": f"{SITE}/_static/preview.png"}
    lines = [f'<meta name="description" content="{html.escape(description)}">']
    lines += [f'<meta property="{k}" content="{html.escape(v)}">' for k, v in tags.items()]
    return "\n".join(
        [*lines, f'<link rel="icon" href="{root}_static/favicon.svg" type="image/svg+xml">']
    )


def subset_icons(site):
    """Keep of the icon fonts only the icons that the pages and the theme's scripts use."""
    styles = [path.read_text() for path in site.glob("_static/**/*.css")]
    rule = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"')
    codes = {}  # .fa-plus:before,.fa-add:before{content:"\2b"}
    for names, code in rule.findall("".join(styles)):
        codes |= dict.fromkeys(re.findall(r"fa-[\w-]+", names), code)
    sources = [*site.glob("*.html"), *site.glob("*/*.html"), *site.glob("_static/scripts/*.js")]
    used = {name for path in sources for name in re.findall(r"\bfa-[a-z0-9-]+", path.read_text())}
    direct = re.findall(r':\s*"\\(f[0-9a-f]{3})"', rule.sub("", "".join(styles)))
    direct += [f"{ord(c):x}" for c in "".join(styles) if 0xE000 <= ord(c) < 0xF900]
    points = {int(code, 16) for code in [*direct, *(codes[name] for name in used & set(codes))]}
    if not points:
        raise ExtensionError("no icon of the theme was recognised: adapt tools/course.py")
    for path in site.glob("_static/vendor/fontawesome/webfonts/*.woff2"):
        options = subset.Options(flavor="woff2", layout_features=[])
        font = subset.load_font(path, options)
        reduced = subset.Subsetter(options)
        reduced.populate(unicodes=points)
        reduced.subset(font)
        subset.save_font(font, out := BytesIO(), options)
        path.write_bytes(out.getvalue())


def write_not_found(site):
    """Write the page for addresses that do not exist; it may be shown at any depth."""
    start = f"{urlsplit(SITE).path}/" if SITE else ""
    (site / "404.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not found</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\"><style>body { font: 1.1rem/1.5 sans-serif; max-width: 34rem; "
        "margin: 15vh auto; padding: 1rem; color-scheme: light dark } "
        "a { color: inherit }</style></head><body><main>"
        "<h1>There is no such page</h1><p>The course may have been rearranged. Every page is "
        f'listed at <a href="{start}index.html">the beginning</a>.</p></main></body></html>\n'
    )
