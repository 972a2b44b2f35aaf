// Copies addresses, and follows live events. Everything else works without it.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

const live = document.getElementById("live");
if (live) {
  const state = document.getElementById("state");
  const pause = document.getElementById("pause");
  const waiting = [];
  let paused = false;

  const element = (name, text, parent) => {
    const it = document.createElement(name);
    it.textContent = text;
    parent.append(it);
    return it;
  };

  const listOf = (call) => {
    const found = [...live.querySelectorAll(".call")].find((it) => it.dataset.call === call);
    if (found) {
      live.prepend(found);
      return found.querySelector("ol");
    }
    for (const empty of live.querySelectorAll(".empty")) empty.remove();
    const section = document.createElement("section");
    section.className = "call";
    section.dataset.call = call;
    const title = element("h3", call ? "Call " : "Without a call", section);
    if (call) element("code", call, title);
    const list = document.createElement("ol");
    list.className = "events";
    list.reversed = true;
    section.append(list);
    live.prepend(section);
    return list;
  };

  const show = (event) => {
    const list = listOf(event.call_id || "");
    const item = document.createElement("li");
    const time = element("time", (event.at.split("T")[1] || event.at).replace("Z", ""), item);
    time.dateTime = event.at;
    item.append(" ");
    element("strong", event.kind, item);
    item.append(" ");
    const data = event.data || {};
    if (typeof data.function === "string") {
      element("code", data.function, item);
      item.append(" ");
    }
    if (typeof data.duration_ms === "number") {
      const meter = document.createElement("meter");
      meter.max = 2000;
      meter.value = data.duration_ms;
      meter.title = `${data.duration_ms} ms`;
      item.append(meter);
      element("small", ` ${data.duration_ms} ms`, item);
    }
    if (typeof data.response === "string") {
      item.append(document.createElement("br"));
      element("span", data.response, item).className = "text";
    }
    const details = document.createElement("details");
    element("summary", "Data", details);
    element("code", JSON.stringify(data), details);
    item.append(details);
    list.prepend(item);
    while (list.children.length > 500) list.lastChild.remove();
  };

  const query = new URLSearchParams({ after: live.dataset.after });
  if (live.dataset.call) query.set("call_id", live.dataset.call);
  const events = new EventSource(`/${live.dataset.agent}/events?${query}`);
  events.onopen = () => { state.textContent = "Live: events appear as they happen."; };
  events.onerror = () => { state.textContent = "The connection is lost; it is tried again."; };
  events.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (paused) waiting.push(event); else show(event);
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) waiting.splice(0).forEach(show);
  });
}
