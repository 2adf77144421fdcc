"""Work done ahead of who uses it: in threads, results in order, never more than a few under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def worked_ahead(
    items: Iterable[Item], work: Callable[[Item], Result], most: int
) -> Generator[tuple[Item, Callable[[], Result]]]:
    """Each item, in order, with what gives the result of working on it, or raises what the work raised.

    Items are taken in the thread that iterates. What taking one raises comes after the items before it. Closed before
    its end, the iterator begins nothing more, and waits for what is under way.

    Args:
        items: what to work on.
        work: called in other threads, for several items at once; where ``most`` is 0, when a result is asked for.
        most: items that are worked on while an earlier result is used.
    """
    if not most:
        for item in items:
            yield item, partial(work, item)
        return
    under_way: deque[tuple[Item, Future[Result]]] = deque()
    iterator = iter(items)
    with ThreadPoolExecutor(most, thread_name_prefix="masdar-ahead") as threads:
        try:
            while True:
                try:
                    item = next(iterator)
                except StopIteration:
                    break
                except Exception:
                    yield from _earliest(under_way, 0)
                    raise
                under_way.append((item, threads.submit(work, item)))
                yield from _earliest(under_way, most)
            yield from _earliest(under_way, 0)
        finally:
            for _, future in under_way:
                future.cancel()


def _earliest(under_way: deque[tuple[Item, Future[Result]]], left: int) -> Iterator[tuple[Item, Callable[[], Result]]]:
    """The items that were begun first, until only so many are left under way."""
    while len(under_way) > left:
        item, future = under_way.popleft()
        yield item, future.result
