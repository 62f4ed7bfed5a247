/* Ticks in a worker: browsers slow the timers of a page in the background, and an alarm must not wait for that. */
let ticking = 0;
self.onmessage = (event) => {
  clearInterval(ticking);
  ticking = setInterval(() => self.postMessage(0), Number(event.data) * 1000);
};
