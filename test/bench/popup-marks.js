/**
 * Put into a popup by the bench: notes when the heading has been painted and when Accept is live, tells both to the page
 * that watches, and closes the popup. Both popups that are compared carry it.
 */
/* global document, requestAnimationFrame, BroadcastChannel, MessageChannel, MutationObserver, close */
const marks = new Map();
const channel = new BroadcastChannel("bench");
const observer = new MutationObserver(look);

/** A frame's callbacks run before it is painted, a message that they send after. */
function markWhenPainted(name) {
  if (marks.has(name)) return;
  marks.set(name, undefined);
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => mark(name);
    port2.postMessage(undefined);
  });
}

function mark(name) {
  marks.set(name, Date.now());
  const content = marks.get("content");
  const armed = marks.get("armed");
  if (content === undefined || armed === undefined) return;
  observer.disconnect();
  channel.postMessage({ content, armed });
  close();
}

function look() {
  if (document.querySelector("[data-testid=heading]") !== null) markWhenPainted("content");
  const accept = document.querySelector("[data-testid=accept]");
  if (accept !== null && !accept.disabled) markWhenPainted("armed");
}

observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
