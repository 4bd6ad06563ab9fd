"use strict";
// Shows what the server sends, piece by piece, and says so when nothing comes any more.
const signs = document.getElementById("signs");
const offline = document.getElementById("offline");
const shown = new Map();
let lastHeard = Date.now();

function show(state) {
  if (signs) signs.dataset.state = state;
  if (offline) offline.hidden = state !== "offline";
}

const events = new EventSource(document.body.dataset.events);
events.onmessage = (event) => {
  const message = JSON.parse(event.data);
  lastHeard = Date.now();
  show(message.state);
  for (const [id, html] of Object.entries(message.sections || {})) {
    const section = document.getElementById(id);
    if (section && shown.get(id) !== html) {
      section.innerHTML = html;
      shown.set(id, html);
    }
  }
  if (message.is_last) events.close();
  document.body.dataset.state = message.state;
};
events.onerror = () => { if (document.body.dataset.state !== "ended") show("offline"); };
setInterval(() => {
  if (document.body.dataset.state !== "ended" && Date.now() - lastHeard > 6000) show("offline");
}, 1000);
