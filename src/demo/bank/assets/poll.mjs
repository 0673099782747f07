/**
 * The waiting page looks once a second whether the payment's state has changed, and loads itself again when it has.
 * Without this script the page does so every three seconds.
 */
/* global document, location */

const LOOK_MS = 1000;
const waiting = document.querySelector("[data-poll]");

async function look() {
  try {
    const response = await fetch(waiting.dataset.poll, { headers: { accept: "application/json" } });
    const state = response.redirected ? "logged out" : (await response.json()).state;
    if (state !== waiting.dataset.state) return location.reload();
  } catch {
    // The bank does not answer: it is asked again.
  }
  setTimeout(look, LOOK_MS);
}

if (waiting !== null) setTimeout(look, LOOK_MS);
