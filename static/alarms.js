/* Alarms on the screens of people on duty: a banner, the title, a sound where it is switched on.
   <body data-alarms-url data-alarms-seconds data-alarms-clock [data-sound="on"]> and <div id="alarms" role="alert">.
   The server's answer names what sounds in X-Casework-Alarms; the banner is changed only when that has changed, so that
   it is spoken once and keeps the focus. Looking is not activity: the session locks as without it. */
(() => {
  "use strict";

  const region = document.getElementById("alarms");
  const { alarmsUrl, alarmsSeconds, alarmsClock, sound } = document.body.dataset;
  if (!region || !alarmsUrl) return;
  const title = document.title;
  let known = null;
  let failures = 0;
  let isAsking = false;
  let clock = null;

  const names = (text) => (text === "none" || text === "off" || !text ? [] : text.split(" ").map((part) => part.split(":")[0]));

  function beep() {
    try {
      const context = new AudioContext();
      [0, 0.4, 0.8].forEach((start) => {
        const tone = context.createOscillator();
        const volume = context.createGain();
        tone.frequency.value = 880;
        volume.gain.value = 0.2;
        tone.connect(volume).connect(context.destination);
        tone.start(context.currentTime + start);
        tone.stop(context.currentTime + start + 0.2);
      });
      setTimeout(() => context.close(), 2000);
    } catch { /* Without sound the banner and the title are still there. */ }
  }

  function show(count) {
    document.title = count ? `(${count}) Alarm – ${title}` : title;
    region.classList.toggle("alarms--on", count > 0);
  }

  function lost(since) {
    known = null;
    region.textContent = "";
    const line = document.createElement("p");
    line.className = "alarm alarm--lost";
    line.textContent = `Alarms do not reach this page since ${since}. Look at the Duty page, or use the phone.`;
    region.append(line);
  }

  async function look() {
    if (isAsking) return;
    isAsking = true;
    try {
      const answer = await fetch(alarmsUrl, {
        headers: { "X-Casework-Poll": "1" }, cache: "no-store", credentials: "same-origin", redirect: "manual",
      });
      if (!answer.ok) throw new Error("no answer");
      const now = answer.headers.get("X-Casework-Alarms") || "none";
      const text = await answer.text();
      failures = 0;
      if (now !== known) {
        const before = known === null ? names(region.dataset.known) : names(known);
        const focused = document.activeElement && region.contains(document.activeElement) ? document.activeElement.id : "";
        region.innerHTML = text;
        if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
        if (sound === "on" && names(now).some((name) => !before.includes(name))) beep();
        known = now;
        region.dataset.known = now;
      }
      show(names(now).length);
      if (now === "off" && clock) clock.terminate();
    } catch {
      failures += 1;
      if (failures === 3) lost(new Date().toTimeString().slice(0, 5));
    }
    isAsking = false;
  }

  show(region.querySelectorAll("section.alarm").length);
  clock = new Worker(alarmsClock);
  clock.onmessage = look;
  clock.postMessage(alarmsSeconds);
  look();
})();
