/* The contact page: finding codes by everyday words, the keys of its buttons, what a child has to be told. */
(() => {
  "use strict";
  const WAIT_AFTER_KEY = 120;
  const MINOR = new Set(["under_13", "13_to_17", "minor", "may_be_minor"]);
  const byId = (id) => document.getElementById(id);
  const say = (text) => { const live = byId("live"); if (live) live.textContent = text; };
  let count = 0;

  function make(name, attributes = {}, text = "") {
    const element = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    if (text) element.textContent = text;
    return element;
  }

  /* A combobox (WAI-ARIA) over checkboxes that the page has anyway: choosing ticks one, the list shows what is ticked. */
  class Codes {
    constructor(box) {
      this.box = box;
      this.url = box.dataset.codes;
      this.label = box.dataset.codesLabel;
      this.boxes = new Map([...box.querySelectorAll("input[type=checkbox]")].map((input) => [input.value, input]));
      this.found = [];
      this.at = -1;
      this.asked = 0;
      this.build();
      this.showChosen();
      box.addEventListener("change", () => this.showChosen());
    }

    build() {
      const id = `codes-${count += 1}`;
      this.input = make("input", {
        id, type: "text", class: "usa-input", role: "combobox", autocomplete: "off", spellcheck: "false",
        "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`,
      });
      this.list = make("ul", { id: `${id}-list`, class: "codes-list", role: "listbox", "aria-label": this.label, hidden: "" });
      this.chosen = make("ul", { class: "codes-chosen", "aria-label": `${this.label}: chosen` });
      this.box.prepend(make("label", { class: "usa-label", for: id }, this.label), this.input, this.list, this.chosen);
      this.box.querySelector("summary").textContent = `${this.label}: the whole list`;
      this.box.querySelector("details").open = false;
      // What is typed here is a search, not a word of the contact: it is not saved and changes nothing.
      this.input.addEventListener("input", (event) => { event.stopPropagation(); this.later(); });
      this.input.addEventListener("change", (event) => event.stopPropagation());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => setTimeout(() => this.close(), WAIT_AFTER_KEY));
      this.list.addEventListener("mousedown", (event) => {
        const option = event.target.closest("[role=option]");
        if (!option) return;
        event.preventDefault();
        this.choose(Number(option.dataset.at));
      });
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT_AFTER_KEY);
    }

    async ask() {
      const typed = this.input.value.trim();
      const number = this.asked += 1;
      if (!typed) { this.close(); return; }
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      try {
        const answer = await fetch(this.url, {
          method: "POST",
          credentials: "same-origin",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token ? token.value : "" },
          body: JSON.stringify({ typed }),
        });
        const { found } = await answer.json();
        if (number === this.asked && document.activeElement === this.input) this.show(found || []);
      } catch {
        this.close();
        say("Not available now. Open the whole list below.");
      }
    }

    show(found) {
      this.found = found;
      this.at = found.length ? 0 : -1;
      this.list.replaceChildren(...found.map((row, at) => {
        const option = make("li", { id: `${this.list.id}-${at}`, role: "option", "data-at": String(at) }, row.label);
        if (row.why) option.append(make("small", {}, ` ${row.why}`));
        return option;
      }));
      this.list.hidden = !found.length;
      this.input.setAttribute("aria-expanded", String(found.length > 0));
      say(found.length ? `${found.length} found` : "Nothing found. Open the whole list below.");
      this.mark();
    }

    mark() {
      [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
      if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
      else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    }

    key(event) {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (!this.list.hidden && this.at >= 0) this.choose(this.at);
        return;
      }
      if (this.list.hidden) return;
      if (event.key === "Escape") { event.preventDefault(); this.close(); return; }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    }

    choose(at) {
      const row = this.found[at];
      const box = row && this.boxes.get(row.code);
      this.input.value = "";
      this.close();
      this.input.focus();
      if (box) this.tick(box, true);
      if (row) say(`${row.label} chosen`);
    }

    tick(box, isOn) {
      box.checked = isOn;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }

    close() {
      this.list.hidden = true;
      this.at = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.mark();
    }

    showChosen() {
      const ticked = [...this.boxes.values()].filter((box) => box.checked);
      this.chosen.replaceChildren(...ticked.map((box) => {
        const label = box.labels[0].textContent;
        const item = make("li", {}, `${label} `);
        const remove = make("button", { type: "button", class: "usa-button usa-button--unstyled" }, "Remove");
        remove.append(make("span", { class: "usa-sr-only" }, ` ${label}`));
        remove.addEventListener("click", () => { this.tick(box, false); this.input.focus(); });
        item.append(remove);
        return item;
      }));
      this.chosen.hidden = !ticked.length;
    }
  }

  /* A child in contact: what must be said stands open at once, before anything is saved. */
  function watchMinors(form) {
    const part = form.querySelector("details[data-minor]");
    if (!part) return;
    const field = (number, name) => form.elements.namedItem(`person-${number}-${name}`);
    const isMinor = (number) => {
      const years = field(number, "years").value;
      const speaks = field(number, "is_in_contact").checked ||
        (form.elements.namedItem("caller_type").value === "potential_victim" &&
          ["", "potential_victim"].includes(field(number, "role").value));
      return speaks && (MINOR.has(field(number, "age").value) || (years !== "" && Number(years) < 18));
    };
    form.addEventListener("change", (event) => {
      const name = event.target.name || "";
      if (part.open || !(name.startsWith("person-") || name === "caller_type")) return;
      for (let number = 0; field(number, "age"); number += 1) {
        if (!isMinor(number)) continue;
        part.open = true;
        say("They may be under 18. Say what must be reported before you ask for a name.");
        return;
      }
    });
  }

  /* F8: may not be who they say. F9, then a digit: how a contact ends without a tip. */
  function watchKeys() {
    let waiting = false;
    // Before the page's own keys: those would only open the list, and not wait for a number.
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "F8" || event.key === "F9") {
        const button = document.querySelector(`[data-key=${event.key}]`);
        if (!button) return;
        event.preventDefault();
        if (event.key === "F9") {
          const ends = button.closest("details");
          ends.open = true;
          button.focus();
          waiting = true;
          say("Press the number of the way it ends.");
        } else {
          button.click();
        }
        return;
      }
      if (!waiting) return;
      waiting = false;
      const chosen = document.querySelector(`[data-digit="${event.key}"]`);
      if (!chosen) return;
      event.preventDefault();
      if (chosen.dataset.asks) chosen.focus(); else chosen.click();
    }, true);
  }

  /* The tray is asked for again: what a colleague handed over is said once. */
  function watchTray() {
    const hrefs = () => [...document.querySelectorAll("#tray a")].map((link) => link.getAttribute("href"));
    let known = hrefs();
    document.addEventListener("htmx:after:swap", () => {
      const now = hrefs();
      const here = window.location.pathname;
      if (now.some((href) => href !== here && !known.includes(href))) say("One more conversation is yours now. It stands above the page.");
      known = now;
    });
  }

  const form = byId("contact");
  if (!form) return;
  watchTray();
  form.querySelectorAll("[data-codes]").forEach((box) => new Codes(box));
  watchMinors(form);
  watchKeys();
})();
