/* The desk, while it is looked at: a line that says how many new tips there are, and who else has a tip open.
   Rows never move by themselves. Neither look is activity: the session locks as without them.
   <p id="new-tips" data-new-url data-since data-seconds>, <p id="here" data-here-url data-seconds>. */
(() => {
  "use strict";

  const POLL = { "X-Casework-Poll": "1", "Accept": "application/json" };
  const options = { cache: "no-store", credentials: "same-origin", redirect: "manual" };
  const every = (seconds, look) => {
    const run = async () => {
      // Nobody reads a page in the background.
      if (document.visibilityState === "visible") {
        try { await look(); } catch { /* The next look tells. */ }
      }
      setTimeout(run, Number(seconds) * 1000);
    };
    return run;
  };

  const fresh = document.getElementById("new-tips");
  if (fresh) {
    const query = new URLSearchParams(window.location.search);
    query.set("since", fresh.dataset.since);
    const look = async () => {
      const answer = await fetch(`${fresh.dataset.newUrl}?${query}`, { headers: POLL, ...options });
      if (!answer.ok) return;
      const { words } = await answer.json();
      if (fresh.textContent === words) return;
      fresh.textContent = "";
      if (!words) return;
      const link = document.createElement("a");
      link.href = window.location.pathname + window.location.search;
      link.textContent = words;
      fresh.append(link);
    };
    setTimeout(every(fresh.dataset.seconds, look), Number(fresh.dataset.seconds) * 1000);
  }

  const here = document.getElementById("here");
  if (here) {
    const look = async () => {
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      const headers = { ...POLL, "X-CSRFToken": token ? token.value : "" };
      const answer = await fetch(here.dataset.hereUrl, { method: "POST", headers, ...options });
      if (!answer.ok) return;
      const { words } = await answer.json();
      if (here.textContent !== words) here.textContent = words;
    };
    every(here.dataset.seconds, look)();
  }
})();
