/* Casework's own script. Everything works without it; it saves drafts, listens for keys and looks after focus.
   Keeps nothing in the browser: what is typed goes to the server or stays in the page.

   Drafts: <form data-save-url="..." data-save-seq="3"> ... <p id="saved" class="saved">Saved 02:21:40</p>
     sends {"sequence": 4, "values": {"name": ["value", ...], ...}}   (never the csrf token or files)
     wants 200 {"saved_at": "02:21:44"}; 409 {"detail": "..."} when a later save was already kept or the draft has ended;
     413 {"detail": "..."} when it is longer than the server reads.
     With data-write-locked the server takes saves of a locked session too, from whoever it was: the lock then covers
     the page and leaves an empty box, whose words go on to textarea.tall, and a button that sends {"danger": true}.
   Forms: <body data-most-bytes="2621440">: a form that is longer is not sent; its text stays in the page.
   Keys: an element with data-key="F2" (or another function key) is clicked by it. Ctrl+Enter presses the [data-deed] of
     the [data-deeds] where the cursor stands, else the form's [data-primary], else its first filled button. Single keys
     only where <body data-keys="on">.
   Session: <body data-session-url data-login-url data-warn-minutes data-user>. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const SECOND = 1000;
  const AFTER_LAST_KEY = SECOND;
  // Nothing older than two seconds may be lost; half a second is for the way to the server.
  const AFTER_FIRST_UNSAVED = 1.5 * SECOND;
  const LONGEST_RETRY = 5 * SECOND;
  const SAY_SAVED_AFTER = 5 * SECOND;
  // Asking whether the session still lives must not keep it alive.
  const POLL = { "X-Casework-Poll": "1", "Accept": "application/json" };

  const clock = () => new Date().toTimeString().slice(0, 8);

  function say(text) {
    const live = byId("live");
    if (live) live.textContent = text;
  }

  /* --- The token of the session: it changes at sign-in, so a page that stayed open needs the new one --------- */
  const tokens = () => document.querySelectorAll("input[name=csrfmiddlewaretoken]");
  const token = () => (tokens()[0] ? tokens()[0].value : "");

  async function askSession() {
    const url = document.body.dataset.sessionUrl;
    if (!url) return null;
    try {
      const answer = await fetch(url, { headers: POLL, cache: "no-store", credentials: "same-origin" });
      const state = await answer.json();
      if (state.token) tokens().forEach((input) => { input.value = state.token; });
      return state;
    } catch {
      return null;
    }
  }

  /* --- Drafts ------------------------------------------------------------------------------------------------ */
  class Draft {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.saveUrl;
      this.sequence = Number(form.dataset.saveSeq || 0);
      this.line = byId(form.dataset.saveStatus || "saved");
      this.dirtySince = 0;
      this.dirtyClock = "";
      this.isSending = false;
      this.isOver = false;
      this.failures = 0;
      form.addEventListener("input", () => this.changed());
      form.addEventListener("change", () => this.changed());
      form.addEventListener("focusout", () => { if (this.dirtySince) this.save(); });
      form.addEventListener("submit", () => this.sent());
    }

    changed() {
      if (this.isOver) return;
      const now = Date.now();
      if (!this.dirtySince) {
        this.dirtySince = now;
        this.dirtyClock = clock();
      }
      if (this.isSending && !this.dirtyWhileSending) this.dirtyWhileSending = now;
      this.version = (this.version || 0) + 1;
      const latest = this.dirtySince + AFTER_FIRST_UNSAVED - now;
      this.later(Math.max(0, Math.min(AFTER_LAST_KEY, latest)));
    }

    /* The form itself goes: later than every save of this page, also one that is still on its way. */
    sent() {
      this.isOver = true;
      this.stop();
      const number = this.form.elements.namedItem("saves");
      if (number) number.value = String(this.sequence += 1);
    }

    later(wait) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), wait);
    }

    stop() {
      clearTimeout(this.timer);
      clearTimeout(this.sayTimer);
    }

    values() {
      const found = {};
      for (const [name, value] of new FormData(this.form)) {
        if (name === "csrfmiddlewaretoken" || typeof value !== "string") continue;
        (found[name] = found[name] || []).push(value);
      }
      return found;
    }

    show(text, isBad) {
      if (!this.line) return;
      this.line.textContent = text;
      this.line.classList.toggle("saved--not", isBad);
    }

    async save(isLast = false) {
      if (this.isOver || !this.dirtySince || (this.isSending && !isLast)) return;
      clearTimeout(this.timer);
      this.isSending = true;
      this.dirtyWhileSending = 0;
      const sent = this.version;
      const number = this.sequence += 1;
      if (!this.failures) this.show("Saving", false);
      let answer = null;
      try {
        answer = await fetch(this.url, {
          method: "POST",
          // A page that is being left may still finish this much.
          keepalive: isLast,
          credentials: "same-origin",
          redirect: "manual",
          headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token() },
          body: JSON.stringify({ sequence: this.sequence, values: this.values(), ...(this.isDanger ? { danger: true } : {}) }),
        });
      } catch {
        answer = null;
      }
      this.isSending = false;
      if (answer && answer.ok) return this.saved(answer, sent);
      if (answer && answer.status === 409) return this.lost(answer, number);
      if (answer && answer.status === 413) return this.tooMuch(answer);
      return this.failed(answer);
    }

    async saved(answer, sent) {
      let at = "";
      let isLocked = false;
      try {
        const told = await answer.json();
        at = told.saved_at || "";
        isLocked = Boolean(told.locked);
        if (told.danger) this.dangerRaised();
      } catch { /* The server's time is a courtesy. */ }
      const wasBad = this.failures > 0;
      this.failures = 0;
      if (isLocked) session.lock(); else session.active();
      if (this.version === sent) {
        this.dirtySince = 0;
        this.show(`Saved ${at || clock()}`, false);
        clearTimeout(this.sayTimer);
        this.sayTimer = setTimeout(() => say(`Saved ${at}`), wasBad ? 0 : SAY_SAVED_AFTER);
      } else {
        // What was typed while the answer was on its way has waited since then, not since now.
        this.dirtySince = this.dirtyWhileSending || Date.now();
        this.dirtyClock = clock();
        const wait = Math.min(AFTER_LAST_KEY, this.dirtySince + AFTER_FIRST_UNSAVED - Date.now());
        this.later(this.isDanger ? 0 : Math.max(0, wait));
      }
    }

    async lost(answer, number) {
      // Overtaken by a later save of this same page: nothing is lost.
      if (number < this.sequence) return;
      let detail = "";
      try {
        const told = await answer.json();
        detail = told.detail || "";
        if (told.danger) this.dangerRaised();
      } catch { /* The sentence below stands for it. */ }
      this.isOver = true;
      this.show(detail || "Changed in another window. Your text is still in this page. Copy it, then load the page again.", true);
      this.alarm();
    }

    // Sending the same again would change nothing: it waits for the next key.
    async tooMuch(answer) {
      let detail = "";
      try {
        detail = (await answer.json()).detail || "";
      } catch { /* The sentence below stands for it. */ }
      this.failures += 1;
      this.show(detail || "Not saved: too long. What was saved before is kept. Shorten the text.", true);
      this.alarm();
    }

    async failed(answer) {
      this.failures += 1;
      this.show(`Not saved since ${this.dirtyClock}, trying again`, true);
      if (this.failures === 2) this.alarm();
      // A redirect or a refusal means that the session or its token is gone: ask, and take the new token.
      if (answer && (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status))) {
        const state = await askSession();
        if (state && !session.isMine(state)) session.lock();
      }
      this.later(Math.min(LONGEST_RETRY, 2 * SECOND * this.failures));
    }

    danger() {
      this.isDanger = true;
      this.dirtySince = this.dirtySince || Date.now();
      // A save that is on its way does not carry it: the next one follows at once.
      this.version = (this.version || 0) + 1;
      if (this.isSending) this.dirtyWhileSending = this.dirtyWhileSending || Date.now();
      this.save();
    }

    dangerRaised() {
      this.isDanger = false;
      const text = "Danger is raised. The supervisors were told.";
      session.note(text);
      say(text);
    }

    alarm() {
      if (this.line) this.line.setAttribute("role", "alert");
    }
  }

  const drafts = [];

  function watchDrafts(root) {
    root.querySelectorAll("form[data-save-url]").forEach((form) => {
      if (!drafts.some((draft) => draft.form === form)) drafts.push(new Draft(form));
    });
  }

  const isUnsaved = () => drafts.some((draft) => draft.dirtySince && !draft.isOver);

  function saveAll(isLast) {
    drafts.forEach((draft) => draft.save(isLast));
  }

  /* --- A form that is longer than the server reads stays here, with its text ---------------------------------- */
  function bytesOf(form) {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value.replace(/\r?\n/g, "\r\n"));
    return sent.toString().length;
  }

  // In the capturing phase: before a draft takes the form for sent.
  document.addEventListener("submit", (event) => {
    const most = Number(document.body.dataset.mostBytes || 0);
    const over = most ? bytesOf(event.target) - most : 0;
    if (over <= 0) return;
    event.preventDefault();
    event.stopPropagation();
    const line = document.createElement("p");
    line.className = "usa-error-message";
    line.setAttribute("role", "alert");
    line.dataset.tooMuch = "";
    line.textContent = `Not sent: this page holds ${Math.ceil(over / 1000)} kB too much. Shorten the longest text, then send again.`;
    event.target.querySelectorAll("[data-too-much]").forEach((old) => old.remove());
    event.target.append(line);
    (event.submitter || line).scrollIntoView({ block: "center" });
  }, true);

  /* --- The session lock: warn in words, cover the page when it is over, never throw text away ----------------- */
  const session = {
    timer: 0,
    panel: null,

    start() {
      if (document.body.dataset.sessionUrl) this.check();
    },

    /* Another person may have signed in at this desk: what stands in this page is not theirs. */
    isMine(state) {
      const user = document.body.dataset.user;
      return state.signed_in && (!user || !state.user || state.user === user);
    },

    active() {
      this.close();
      this.uncover();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), 60 * SECOND);
    },

    async check() {
      const state = await askSession();
      clearTimeout(this.timer);
      if (!state) {
        this.timer = setTimeout(() => this.check(), 60 * SECOND);
        return;
      }
      if (!this.isMine(state)) return this.lock();
      const warnAt = Number(document.body.dataset.warnMinutes || 5) * 60;
      if (state.seconds_left > warnAt) {
        this.uncover();
        this.close();
        this.timer = setTimeout(() => this.check(), Math.min(state.seconds_left - warnAt, 3600) * SECOND);
      } else {
        this.warn(state.seconds_left);
        this.timer = setTimeout(() => this.check(), Math.max(5, Math.min(60, state.seconds_left + 1)) * SECOND);
      }
    },

    open(text, buttons) {
      this.close();
      this.panel = document.createElement("div");
      this.panel.className = "lock-warning";
      this.panel.setAttribute("role", "region");
      this.panel.setAttribute("aria-label", "Session");
      const line = document.createElement("p");
      line.textContent = text;
      this.panel.append(line, ...buttons);
      document.body.append(this.panel);
    },

    close() {
      if (this.panel) this.panel.remove();
      this.panel = null;
    },

    uncover() {
      if (!document.body.classList.contains("locked")) return;
      const box = byId("locked-box");
      document.body.classList.remove("locked");
      const told = drafts.length && drafts[0].form.querySelector("textarea.tall");
      if (box && told && box === document.activeElement) {
        told.focus();
        told.setSelectionRange(told.value.length, told.value.length);
      }
      drafts.forEach((draft) => { if (draft.dirtySince) draft.later(0); });
    },

    note(text) {
      const line = this.panel && this.panel.querySelector("p");
      if (line) line.textContent = text;
    },

    /* The words of the box go on behind what stands in the page, which stays covered. */
    box(draft) {
      const told = draft.form.querySelector("textarea.tall");
      const heading = document.createElement("h1");
      heading.textContent = "Locked";
      const label = document.createElement("label");
      label.htmlFor = "locked-box";
      label.textContent = "Go on typing. What you typed before is covered";
      const box = document.createElement("textarea");
      box.id = "locked-box";
      box.className = "usa-textarea";
      box.autocomplete = "off";
      const before = told.value ? `${told.value.replace(/\s+$/, "")}\n` : "";
      box.addEventListener("input", () => { told.value = before + box.value; draft.changed(); });
      const danger = document.createElement("button");
      danger.type = "button";
      danger.className = "usa-button usa-button--danger";
      danger.dataset.key = "F2";
      danger.textContent = "Raise danger now (F2)";
      danger.addEventListener("click", () => draft.danger());
      return [heading, label, box, danger];
    },

    warn(left) {
      saveAll(false);
      const text = `You will be signed out in ${Math.max(1, Math.ceil(left / 60))} min. ` +
        (isUnsaved() ? "Your text is being saved." : drafts.length ? "Your text is saved." : "");
      const line = this.panel && this.panel.querySelector("p");
      if (line) {
        line.textContent = text;
        return;
      }
      const stay = document.createElement("button");
      stay.type = "button";
      stay.className = "usa-button";
      stay.textContent = "Stay signed in";
      stay.addEventListener("click", () => this.stay());
      this.open(text, [stay]);
      say(text);
    },

    async stay() {
      try {
        const answer = await fetch(document.body.dataset.sessionUrl, {
          method: "POST",
          credentials: "same-origin",
          headers: { "X-CSRFToken": token(), "Accept": "application/json" },
        });
        if (answer.ok) {
          this.active();
          say("You stay signed in.");
          return;
        }
      } catch { /* The next check says what is true. */ }
      this.check();
    },

    lock() {
      clearTimeout(this.timer);
      if (document.body.classList.contains("locked")) {
        this.timer = setTimeout(() => this.check(), 15 * SECOND);
        return;
      }
      const here = window.location.pathname + window.location.search;
      const address = `${document.body.dataset.loginUrl}?next=${encodeURIComponent(here)}`;
      const open = drafts.find((draft) => !draft.isOver && "writeLocked" in draft.form.dataset);
      if (!open && !isUnsaved()) {
        window.location.assign(address);
        return;
      }
      document.body.classList.add("locked");
      const link = document.createElement("a");
      link.href = address;
      // The page stays open behind: what is not saved yet lives only in it.
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = "Sign in in a new tab";
      if (open) {
        this.open("This desk is locked. The conversation goes on: what you type here is saved, and nobody can read it back.", [...this.box(open), link]);
        byId("locked-box").focus();
        say("This desk is locked. Go on typing; sign in in a new tab to see the page again.");
      } else {
        this.open("You were signed out. The last words are not saved yet; they stay in this page, and go on by themselves once you have signed in again.", [link]);
        say("You were signed out. Sign in in a new tab; your last words are kept in this page.");
      }
      this.timer = setTimeout(() => this.check(), 15 * SECOND);
    },
  };

  /* --- Keys -------------------------------------------------------------------------------------------------- */
  const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]";
  let goPressed = 0;

  function pressPrimary(from) {
    const form = (from && from.closest("form")) || document.querySelector("main form");
    if (!form) return false;
    const deeds = from && from.closest("[data-deeds]");
    const button = (deeds && deeds.querySelector("[data-deed]")) || form.querySelector("[data-primary]") ||
      form.querySelector("button.usa-button:not(.usa-button--outline):not(.usa-button--unstyled):not([type=button])");
    if (!button) return false;
    form.requestSubmit(button);
    return true;
  }

  function follow(address) {
    const link = address && document.querySelector(`.cw-top a[href="${address}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  function moveRow(step) {
    const links = [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
    if (!links.length) return false;
    const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + step));
    links[next].focus();
    return true;
  }

  function singleKey(key) {
    const isGo = Date.now() - goPressed < SECOND;
    goPressed = 0;
    if (isGo && key === "q") return follow("/desk/");
    if (isGo && key === "r") return follow("/referrals/");
    if (key === "g") { goPressed = Date.now(); return true; }
    if (key === "?") return follow("/help/");
    if (key === "j") return moveRow(1);
    if (key === "k") return moveRow(-1);
    const target = key === "/" ? byId("find") : key === "n" ? byId("new-contact") : null;
    if (!target) return false;
    if (key === "/") target.focus(); else target.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (/^F\d+$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.shiftKey) {
      const where = document.body.classList.contains("locked") ? ".lock-warning " : "";
      const target = document.querySelector(`${where}[data-key=${event.key}]`);
      if (target) { event.preventDefault(); saveAll(false); target.click(); }
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (pressPrimary(event.target)) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      const open = event.target.closest("details.more[open], details.filters[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      return;
    }
    if (document.body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches(FIELD)) return;
    if (singleKey(event.key)) event.preventDefault();
  });

  /* --- A form is sent once: a second click changes nothing ------------------------------------------------------ */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    // After the other listeners: one of them may have stopped the sending.
    setTimeout(() => { if (!event.defaultPrevented) form.dataset.sent = "1"; }, 0);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    drafts.forEach((draft) => { draft.isOver = false; });
  });

  /* --- Swaps: focus stays where it was, else it goes to the heading of what is new ------------------------------ */
  let focusBefore = null;

  /* A fragment that is sent to the sign-in page must not take a conversation, or words not saved yet, along with it. */
  document.addEventListener("htmx:before:response", (event) => {
    const ctx = event.detail && event.detail.ctx;
    const isOpen = drafts.some((draft) => !draft.isOver && "writeLocked" in draft.form.dataset);
    if (!ctx || !ctx.hx || !ctx.hx.redirect || !(isOpen || isUnsaved())) return;
    event.preventDefault();
    session.check();
  });

  document.addEventListener("htmx:before:swap", () => { focusBefore = document.activeElement; });
  document.addEventListener("htmx:after:swap", (event) => {
    watchDrafts(document);
    const lost = focusBefore && !document.contains(focusBefore) && focusBefore !== document.body;
    if (!lost) return;
    const same = focusBefore.id && byId(focusBefore.id);
    const target = event.detail && event.detail.ctx && event.detail.ctx.target;
    const region = (target && (target.isConnected ? target : target.id && byId(target.id))) || byId("main");
    const heading = same || region.querySelector("h1, h2, h3") || region;
    if (!same && !heading.hasAttribute("tabindex")) heading.setAttribute("tabindex", "-1");
    heading.focus();
  });

  /* --- Somebody listens: every word of the page then keeps the subject to itself --------------------------------- */
  document.addEventListener("change", (event) => {
    const form = event.target.name === "safe_to_talk" && event.target.closest("form");
    if (form) form.toggleAttribute("data-listened", ["listened", "yes_or_no"].includes(event.target.value));
  });

  /* --- Start ---------------------------------------------------------------------------------------------------- */
  watchDrafts(document);
  session.start();
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") saveAll(true); });
  window.addEventListener("online", () => saveAll(false));
  window.addEventListener("pagehide", () => saveAll(true));
  window.addEventListener("beforeunload", (event) => {
    if (!isUnsaved()) return;
    saveAll(true);
    // What is saved while leaving needs no question; only where saving fails already the person is asked to stay.
    if (drafts.some((draft) => draft.failures && draft.dirtySince && !draft.isOver)) event.preventDefault();
  });
})();
