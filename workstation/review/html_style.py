"""How the page of a review looks: one type scale, few lines, light and dark; every mark is a sign too."""

from __future__ import annotations

from typing import Final

HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Release diff</title>
<style>
:root { color-scheme: light dark; --line: #8885; --soft: #8882 }
:root { --high: #b3261e; --look: #8a5a00; --quiet: #767676 }
@media (prefers-color-scheme: dark) { :root { --high: #ff8a80; --look: #ffc266; --quiet: #9a9a9a } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem }
code, td.text, td.number, h3, summary.change { font-family: ui-monospace, monospace; font-size: .85rem }
code, td, h3, summary { overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
td, th { padding: .15rem .6rem; text-align: left; vertical-align: top }
tr { border-bottom: 1px solid var(--soft) }
td.text { white-space: pre-wrap; width: 100% }
td.number, p.soft, tr.skipped, summary { color: var(--quiet) }
td.number { text-align: right }
summary { cursor: pointer; padding: .2rem 0 }
summary.change { color: inherit; font-weight: 600; border-top: 1px solid var(--soft) }
tr.added { background: #2e7d3222 }
tr.removed { background: #b3261e22 }
mark { background: #ffb30066; color: inherit; border-radius: .15rem; text-decoration: underline }
td.rank + td { white-space: nowrap }
td.rank { font-variant-numeric: tabular-nums; white-space: nowrap }
.refused, tr.high td.rank { color: var(--high); font-weight: 600 }
tr.look td.rank { color: var(--look) }
.box { border: 1px solid var(--line); border-radius: .4rem; padding: .2rem 1rem 1rem; margin-top: 2rem }
</style></head><body>
"""
TAIL: Final = "</body></html>\n"
