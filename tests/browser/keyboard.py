"""Hands that know no mouse: Tab until something has the focus, then type."""

from typing import Any

# What a screen reader would call the element that has the focus, in short.
_NAME = """() => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return (label || e.getAttribute("aria-label") || e.textContent).trim().replace(/\\s+/g, " ");
}"""
_MOST_STOPS = 400


def focused(seen: Any) -> str:
    """The name of what has the focus."""
    return str(seen.page.evaluate(_NAME))


def tab_to(seen: Any, name: str, *, key: str = "Tab") -> None:
    """Press Tab until the focus stands on something whose name begins with `name`."""
    passed = []
    for _ in range(_MOST_STOPS):
        seen.page.keyboard.press(key)
        here = focused(seen)
        if here.startswith(name):
            return
        passed.append(here[:40])
    raise AssertionError(f"Tab never came to {name!r}. It passed {list(dict.fromkeys(passed))}")


def press(seen: Any, name: str, *, key: str = "Enter") -> None:
    """Tab to a button or link and press it."""
    tab_to(seen, name)
    seen.page.keyboard.press(key)


def tick(seen: Any, name: str) -> None:
    """Tab to a checkbox and tick it."""
    press(seen, name, key="Space")


def write(seen: Any, name: str, text: str) -> None:
    """Tab to a field, or to a list, and type into it; a list takes the choice that begins so."""
    tab_to(seen, name)
    seen.page.keyboard.type(text)


def page_is(seen: Any, heading: str) -> None:
    """Wait until the page with this main heading is there."""
    seen.page.wait_for_selector(f"h1:has-text('{heading}')")
