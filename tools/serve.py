"""Serve the built book, and build it again whenever a source is saved."""

import sys

from livereload import Server, shell

server = Server()
for sources in ("*.md", "*.yml", "book/*", "solutions/*.md", "convbook/*", "tools/*"):
    server.watch(sources, shell("make book"))
server.serve(root="_build/html", port=int(sys.argv[1]), open_url_delay=1)
