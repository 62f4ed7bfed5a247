/* Reads the board again every few seconds, unless paused; says so when the numbers are old. Looking is not activity.
   <div id="board" data-seconds>, <button id="board-pause">, <p id="board-old">, <link id="board-icon">. */
(() => {
  "use strict";

  const pause = document.getElementById("board-pause");
  const old = document.getElementById("board-old");
  const OLD = 120 * 1000;
  let readAt = Date.now();
  let isPaused = false;

  async function read() {
    const options = { headers: { "X-Casework-Poll": "1" }, cache: "no-store", credentials: "same-origin", redirect: "manual" };
    const answer = await fetch(window.location.href, options);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const board = page.getElementById("board");
    const now = document.getElementById("board");
    if (!board) return;
    // Who is on a link or in the table stays there; the numbers come with the next look.
    if (!now.contains(document.activeElement)) {
      now.replaceWith(document.importNode(board, true));
      readAt = Date.now();
    }
    document.title = page.title;
    const icon = document.getElementById("board-icon");
    const next = page.getElementById("board-icon");
    if (icon && next && icon.getAttribute("href") !== next.getAttribute("href")) icon.setAttribute("href", next.getAttribute("href"));
  }

  async function turn() {
    if (!isPaused) {
      try { await read(); } catch { /* The line below says when it lasts. */ }
    }
    old.hidden = Date.now() - readAt < OLD;
    setTimeout(turn, Number(document.getElementById("board").dataset.seconds) * 1000);
  }

  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
  });
  setTimeout(turn, Number(document.getElementById("board").dataset.seconds) * 1000);
})();
