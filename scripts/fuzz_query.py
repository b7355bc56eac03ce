"""Parse and search for random strings, and report those that fail or are slow.

    python scripts/fuzz_query.py INDEX --count 100000 --seed 1

Half of the strings are random sequences of the pieces of the language. The others are examples of
``docs/query-language.md``, mutated: with characters inserted, deleted or replaced, or two examples joined. ``QueryError`` is
a valid answer. Any other exception is a finding, and so is a query that takes longer than ``--seconds``, or whose canonical
form parses to another tree. Ends with 1 if there was a finding.
"""

from __future__ import annotations

import argparse
import heapq
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import newssearch

PAGE = Path(__file__).parent.parent / "docs" / "query-language.md"
PIECES = [
    "iraq", "Austin", "US", "us", "São", "日本", "é", "\u0301", "🙂", "U.S.", "1,000", "don’t", '"a* b"', '"a * b"~5', '"a* b"~exact', "caps(A*)", "~exact", "~name", "~0", "~-1", "^-1", "AND", "OR", "NOT", "and",
    "-", "–", "(", ")", "((", '"', "“", "”", "'", "*", "?", "??", "[a-c]", "[", "]", "~", "~1", "~2", "~9", "^", "^2", "^0.5",
    "/", "/a.*/", "/(a+)+$/", "/[/", "/(?P<x>a)/", "w/5", "w/0", "w/9999", "pre/2", "w/s", "w/p", "W/3", "caps(", "caps(US)",
    "atleast2(", "atleast0(", "atleast99999999(", "hlead(", "title:", "outlet:", "source:", "byline:", "located:", "lang:",
    "section:", "id:", "date:", "date:2024", "date:2024-02-30", "date:>=2024", "date:..", "date:-7d", 'date:"last month"',
    "foo:", "http://a.b/c?d=e", "12:30", "\\", "\\*", " ", "  ", "\t", "\n", "\x00", "\x1b[31m", "\u200e", "\u202e", "\ufeff",
    "\ud800", "a" * 300, "*a*b*c*d*", "{", "}", "<", ">", "|", "&", "&&", "||", "+", "=", "%", "$", "#", "@", ";", ",", ".", "…",
]  # fmt: skip


def strings(seed: int) -> Iterator[str]:
    """Yield random queries without end."""
    chance = random.Random(seed)
    examples = [
        match.replace("\\|", "|") for match in re.findall(r"^\| `(.+?)` \|", PAGE.read_text("utf-8"), re.M)
    ]
    while True:
        if chance.random() < 0.5:
            pieces = chance.choices(PIECES, k=chance.randint(1, 12))
            yield "".join(p + chance.choice(["", " "]) for p in pieces)
            continue
        text = chance.choice(examples)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text) + 1)
            way = chance.randrange(5)
            if way == 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            elif way == 1:
                text = text[:at] + text[at + chance.randint(1, 3) :]
            elif way == 2:
                text = (
                    text[:at]
                    + chr(chance.choice([chance.randrange(32, 127), chance.randrange(0x3000)]))
                    + text[at + 1 :]
                )
            elif way == 3:
                text += " " + chance.choice(examples)
            else:
                text = text[:at] + text[max(0, at - 5) :]
        yield text


def main() -> int:
    """Run the queries, print a summary, and return the exit code."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("index", type=Path)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=2.0)
    chosen = options.parse_args()
    outcomes: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    findings = 0
    with newssearch.open(chosen.index) as index:
        for number, text in enumerate(strings(chosen.seed)):
            if number == chosen.count:
                break
            started = time.perf_counter()
            try:
                query = newssearch.parse(text)
                again = newssearch.parse(str(query))
                if again.tree != query.tree:
                    findings += 1
                    print(f"ANOTHER TREE {text!r}: {query} and {again}")
                outcomes["found" if index.search(query, limit=3).total_articles else "nothing found"] += 1
            except newssearch.QueryError as error:
                outcomes["refused: " + re.sub(r"['/].*['/]|\d[\d,]*|/.*", "…", error.reason)[:50]] += 1
            except Exception as error:
                findings += 1
                print(f"RAISED {error!r} for {text!r}")
            took = time.perf_counter() - started
            if took > chosen.seconds:
                findings += 1
                print(f"SLOW {took:.2f} s for {text!r}")
            heapq.heappush(slowest, (took, text))
            if len(slowest) > 10:
                heapq.heappop(slowest)
    for name, times in outcomes.most_common(25):
        print(f"{times:8,}  {name}")
    for took, text in sorted(slowest, reverse=True):
        print(f"{took * 1000:8.1f} ms  {text[:90]!r}")
    print(f"{chosen.count:,} strings, seed {chosen.seed}: {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
